import { PcTalkError } from '../errors.ts';
import { VERTEX_COUNT } from '../face/canonical-mesh.ts';
import { COEFFICIENT_COUNT } from './coefficients.ts';

/** Displacement of every vertex for every articulation coefficient at 1. */
export interface MeshBasis {
  /** `[C × 468 × 3]`, head frame, U. */
  readonly displacements: Float32Array;
}

const MAGIC = 0x42_4d_54_50; // "PTMB"
const VERSION = 1;
const HEADER_BYTES = 16;

/**
 * Reads a basis: "PTMB", version, C and V as 32-bit little-endian integers, then `[C × V × 3]` 32-bit floats.
 * @param bytes contents of assets/mesh-basis.bin.
 * @throws PcTalkError `model-invalid` when the header or the length does not fit this version's coefficients.
 */
export function readMeshBasis(bytes: Uint8Array): MeshBasis {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = COEFFICIENT_COUNT * VERTEX_COUNT * 3;
  const header = bytes.length >= HEADER_BYTES ? [0, 4, 8, 12].map((at) => view.getUint32(at, true)) : [];
  const expected = [MAGIC, VERSION, COEFFICIENT_COUNT, VERTEX_COUNT];
  if (!expected.every((value, i) => header[i] === value) || bytes.length !== HEADER_BYTES + values * 4) {
    throw new PcTalkError(
      'model-invalid',
      `mesh basis: expected version ${VERSION} with ${COEFFICIENT_COUNT} coefficients × ${VERTEX_COUNT} vertices, got ` +
        `${bytes.length} bytes with header [${header.join(', ')}], try the file shipped with this version`,
    );
  }
  const displacements = new Float32Array(values);
  for (let i = 0; i < values; i++) displacements[i] = view.getFloat32(HEADER_BYTES + i * 4, true);
  return { displacements };
}

/** Writes a basis in the form `readMeshBasis` reads. */
export function writeMeshBasis({ displacements }: MeshBasis): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + displacements.length * 4);
  const view = new DataView(bytes.buffer);
  const header = [MAGIC, VERSION, COEFFICIENT_COUNT, VERTEX_COUNT];
  for (const [i, value] of header.entries()) view.setUint32(i * 4, value, true);
  for (const [i, value] of displacements.entries()) view.setFloat32(HEADER_BYTES + i * 4, value, true);
  return bytes;
}
