import { invariant } from '../errors.ts';

/** SHA-256 of the parts, one after the other. @returns 32 bytes */
export type Sha256 = (...parts: readonly Uint8Array[]) => Uint8Array | Promise<Uint8Array>;

/** A manifest that was made for a stand-in file, and what it was made from. */
export interface BoundManifest {
  /** The C2PA box. */
  readonly box: Uint8Array;
  /** CBOR bytes of the claim inside it. */
  readonly claim: Uint8Array;
  /** COSE signature inside it. */
  readonly signature: Uint8Array;
  /** Hash of the stand-in, 32 bytes. */
  readonly assetHash: Uint8Array;
}

/** Label of the assertion that binds a manifest to an MP4. */
export const BMFF_BINDING = 'c2pa.hash.bmff.v3';

/**
 * Binds a manifest to another file without changing its length: replaces the asset's hash in the binding assertion, the
 * assertion's hash in the claim, and the signature over the claim. So a video of any length is signed in constant
 * memory, where c2pa-wasm itself holds the whole result (460 MB for a video of 107 MB).
 * @param assetHash hash of the file the manifest will stand in or beside, as its binding wants it
 * @param sign makes a signature of the same length as before
 * @returns the C2PA box, new memory
 */
export async function rebindManifest(
  manifest: BoundManifest,
  assetHash: Uint8Array,
  sha256: Sha256,
  sign: (claim: Uint8Array) => Promise<Uint8Array>,
  binding: string = BMFF_BINDING,
): Promise<Uint8Array> {
  const box = manifest.box.slice();
  const assertion = findAssertion(box, binding);
  const assertionHash = await sha256(assertion);
  replaceOnce(assertion, manifest.assetHash, assetHash);
  const claimStart = findOnce(box, manifest.claim);
  const claim = box.subarray(claimStart, claimStart + manifest.claim.length);
  replaceOnce(claim, assertionHash, await sha256(assertion));
  replaceOnce(box, manifest.signature, await sign(claim));
  return box;
}

/**
 * Content of the JUMBF superbox of a binding assertion, a view: description box (16 bytes of type, toggles, label)
 * and the boxes after it. A hashed URI covers exactly this. @source C2PA 2.2 §8.4.2.3, ISO/IEC 19566-5 §A
 */
export function findAssertion(box: Uint8Array, binding: string): Uint8Array {
  const label = Uint8Array.from(`${binding}\0`, (c) => c.charCodeAt(0));
  const description = findOnce(box, label) - 17 - 8;
  const superbox = description - 8;
  const size = new DataView(box.buffer, box.byteOffset).getUint32(superbox);
  const types = [superbox, description].map((at) => String.fromCharCode(...box.subarray(at + 4, at + 8)));
  invariant(types.join() === 'jumb,jumd', `the binding assertion is not a JUMBF superbox but ${types}`);
  return box.subarray(superbox + 8, superbox + size);
}

function replaceOnce(within: Uint8Array, old: Uint8Array, fresh: Uint8Array): void {
  invariant(old.length === fresh.length, `a manifest part of ${old.length} bytes cannot become ${fresh.length}`);
  within.set(fresh, findOnce(within, old));
}

function findOnce(within: Uint8Array, part: Uint8Array): number {
  const first = find(within, part, 0);
  invariant(first >= 0, 'a part of the manifest is not where it was made');
  invariant(find(within, part, first + 1) < 0, 'a part of the manifest stands in it twice');
  return first;
}

function find(within: Uint8Array, part: Uint8Array, from: number): number {
  for (let at = within.indexOf(part[0]!, from); at >= 0; at = within.indexOf(part[0]!, at + 1)) {
    let n = 1;
    while (n < part.length && within[at + n] === part[n]) n++;
    if (n === part.length) return at;
  }
  return -1;
}
