import {
  CANONICAL_TRIANGLES,
  CANONICAL_VERTICES,
  FACE_OVAL,
  LIP_ROWS,
  OUTER_LIPS,
  VERTEX_COUNT,
} from '../face/canonical-mesh.ts';

/** Half the width of the chin, U. */
const HALF_WIDTH = 0.4;
/** Relaxations; the region is six vertices deep. */
const ROUNDS = 40;

const chin = chinSkin();
const neighbours = chin.map(neighboursOf);

/**
 * Spreads the landmarks between the lower lip and the jaw as skin would lie: their way from the neutral face becomes the
 * mean of their neighbours' ways, lips and jaw held. Landmark networks crowd them under a mouth that is wide open.
 * @param head `[478 × 3]`, head frame, U, changed in place. @param neutral the same face at rest.
 */
export function settleChin(head: Float32Array, neutral: Float32Array): void {
  for (let round = 0; round < ROUNDS; round++) {
    for (let c = 0; c < chin.length; c++) {
      const around = neighbours[c]!;
      for (let axis = 0; axis < 2; axis++) {
        let way = 0;
        for (const v of around) way += head[v * 3 + axis]! - neutral[v * 3 + axis]!;
        const i = chin[c]! * 3 + axis;
        head[i] = neutral[i]! + way / around.length;
      }
    }
  }
}

function chinSkin(): number[] {
  const held = new Set([...FACE_OVAL, ...LIP_ROWS.upper.flat(), ...LIP_ROWS.lower.flat()]);
  const top = CANONICAL_VERTICES[OUTER_LIPS.lower[5]! * 3 + 1]! - 0.02;
  return Array.from({ length: VERTEX_COUNT }, (_, v) => v).filter(
    (v) => !held.has(v) && CANONICAL_VERTICES[v * 3 + 1]! > top && Math.abs(CANONICAL_VERTICES[v * 3]!) < HALF_WIDTH,
  );
}

function neighboursOf(vertex: number): readonly number[] {
  const found = new Set<number>();
  for (let t = 0; t < CANONICAL_TRIANGLES.length; t += 3) {
    const corners = CANONICAL_TRIANGLES.subarray(t, t + 3);
    if (corners.includes(vertex)) for (const v of corners) if (v !== vertex) found.add(v);
  }
  return [...found];
}
