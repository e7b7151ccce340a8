/** Signs as ES256 with a certificate chain. */
export interface ManifestSigner {
  /** DER certificates, the signer's own first; P-256. */
  readonly chain: readonly Uint8Array[];
  /** ECDSA with SHA-256 over `data`. @returns r ‖ s, 64 bytes */
  sign(data: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

const SIGNATURE_BYTES = 64;
/** COSE header labels and algorithm: alg, x5chain, ES256. */
const ALG = 1;
const X5CHAIN = 33;
const ES256_ENCODED = 6; // −7 as the argument of a CBOR negative integer.

/**
 * COSE_Sign1 over a detached payload, tagged, with the chain in its protected header, as C2PA wants a claim signed.
 * @param claim CBOR bytes of the claim
 * @returns new memory, always `coseLength(signer)` bytes
 * @source RFC 9052 §4.2 and §4.4, RFC 9360 (x5chain), C2PA 2.2 §13.2
 */
export async function signCose(claim: Uint8Array, signer: ManifestSigner): Promise<Uint8Array> {
  const header = protectedHeader(signer.chain);
  const toBeSigned = concat([head(4, 4), text('Signature1'), bytes(header), bytes(new Uint8Array()), bytes(claim)]);
  return coseSign1(header, await signer.sign(toBeSigned));
}

/** Length of every signature `signCose` makes for this signer, bytes. */
export function coseLength(signer: ManifestSigner): number {
  return coseSign1(protectedHeader(signer.chain), new Uint8Array(SIGNATURE_BYTES)).length;
}

function coseSign1(header: Uint8Array, signature: Uint8Array): Uint8Array {
  const empty = Uint8Array.of(0xa0);
  const nil = Uint8Array.of(0xf6);
  return concat([head(6, 18), head(4, 4), bytes(header), empty, nil, bytes(signature)]);
}

function protectedHeader(chain: readonly Uint8Array[]): Uint8Array {
  return concat([
    ...[head(5, 2), head(0, ALG), head(1, ES256_ENCODED)],
    ...[head(0, X5CHAIN), head(4, chain.length), ...chain.map(bytes)],
  ]);
}

/** First bytes of a CBOR item: major type 0–7 and argument. @source RFC 8949 §3 */
function head(major: number, value: number): Uint8Array {
  const type = major << 5;
  if (value < 24) return Uint8Array.of(type | value);
  if (value < 0x100) return Uint8Array.of(type | 24, value);
  if (value < 0x1_0000) return Uint8Array.of(type | 25, value >> 8, value & 255);
  return Uint8Array.of(type | 26, value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

function bytes(data: Uint8Array): Uint8Array {
  return concat([head(2, data.length), data]);
}

function text(ascii: string): Uint8Array {
  return concat([head(3, ascii.length), Uint8Array.from(ascii, (c) => c.charCodeAt(0))]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
