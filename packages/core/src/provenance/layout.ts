/** Label of our assertion over what the BMFF hash of C2PA leaves out. */
export const LAYOUT_LABEL = 'pctalk.layout';

/**
 * SHA-256 over an MP4's top-level boxes other than the manifest's own, in order: of each its type (4 bytes) and size
 * (8 bytes, big-endian), and where the BMFF hash leaves the box out, all its bytes. What no box begins counts as a box of
 * type 0. So file type, padding and appended bytes are signed too, which C2PA itself does not do.
 */
export interface FileLayout {
  readonly alg: 'sha256';
  /** Hex. */
  readonly hash: string;
}

/** What stands before the bytes of a box in the layout hash. */
export function layoutBytes(type: string, size: number): Uint8Array {
  const bytes = new Uint8Array(12);
  for (let i = 0; i < 4; i++) bytes[i] = type.charCodeAt(i) || 0;
  new DataView(bytes.buffer).setBigUint64(4, BigInt(size));
  return bytes;
}

/** Whether JSON of the assertion is one we can check. */
export function isFileLayout(data: unknown): data is FileLayout {
  const { alg, hash } = (data ?? {}) as Partial<FileLayout>;
  return alg === 'sha256' && typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash);
}
