/** Articulation editing: more or less of one lip movement, by projection on its direction. */
import { inverse, Matrix } from 'ml-matrix';
import { ARTICULATIONS, type Articulation } from '../emotions.ts';
import { LIP_KEYPOINTS } from './keypoints.ts';

/** One edit; scale 1 leaves the lips as they are, 0 takes the movement out. */
export interface ArticulationEdit {
  readonly articulation: Articulation;
  readonly scale: number;
}

const Y = 1;
const Z = 2;

/**
 * Directions of the movements in LivePortrait's expression space: [keypoint, axis, value].
 *
 * @source PC-Talk release, `motion_controls.py`
 */
export const ARTICULATION_DIRECTIONS: Readonly<Record<Articulation, readonly (readonly [number, number, number])[]>> = {
  pursing: [
    [14, Y, 0.001],
    [17, Z, -0.0005],
  ],
  widening: [
    [20, Z, -0.001],
    [20, Y, -0.001],
    [14, Y, -0.001],
  ],
  opening: [
    [19, Y, 0.001],
    [19, Z, 0.0001],
    [17, Y, -0.0001],
  ],
};

/**
 * D_l ← D_l + (scale − 1) · ⟨D_l, v⟩ / |v|² · v for each edit in order; edits that share a keypoint do not commute.
 * @param lips D_l of one frame `[6 × 3]` in the order of `LIP_KEYPOINTS`; changed in place.
 */
export function editArticulation(lips: Float32Array, edits: readonly ArticulationEdit[]): void {
  for (const { articulation, scale } of edits) {
    const direction = ARTICULATION_DIRECTIONS[articulation];
    let product = 0;
    let length = 0;
    for (const [keypoint, axis, value] of direction) {
      product += lips[lipIndex(keypoint, axis)]! * value;
      length += value * value;
    }
    const change = ((scale - 1) * product) / length;
    for (const [keypoint, axis, value] of direction) lips[lipIndex(keypoint, axis)]! += change * value;
  }
}

/** v_j `[18]` in the order of ARTICULATIONS, over the lips `[6 × 3]`. */
const VECTORS: readonly (readonly number[])[] = ARTICULATIONS.map((name) => {
  const vector = new Array<number>(LIP_KEYPOINTS.length * 3).fill(0);
  for (const [keypoint, axis, value] of ARTICULATION_DIRECTIONS[name]) vector[lipIndex(keypoint, axis)] = value;
  return vector;
});
/** V (Vᵀ V)⁻¹ as rows `[3 × 18]`: ⟨w_i, v_j⟩ = 1 if i = j, else 0. */
const DUALS: readonly (readonly number[])[] = dualVectors();

/**
 * The same without overlap, about rest: each edit scales what its vector measures and leaves what the two others do, in
 * any order. The release's pursing and widening overlap (cosine −0.52).
 *
 *     D_l ← D_l + Σ_j (s_j − 1) ⟨D_l − rest, v_j⟩ w_j,   w = V (Vᵀ V)⁻¹
 *
 * @param lips D_l of one frame `[6 × 3]`; changed in place. @param rest the lips in silence `[6 × 3]`.
 */
export function editArticulationApart(
  lips: Float32Array,
  edits: readonly ArticulationEdit[],
  rest: Float32Array,
): void {
  const from = lips.map((value, i) => value - rest[i]!);
  for (const { articulation, scale } of edits) {
    const j = ARTICULATIONS.indexOf(articulation);
    const change = (scale - 1) * from.reduce((sum, value, i) => sum + value * VECTORS[j]![i]!, 0);
    for (let i = 0; i < lips.length; i++) lips[i]! += change * DUALS[j]![i]!;
  }
}

function dualVectors(): number[][] {
  const rows = new Matrix(VECTORS.map((vector) => [...vector]));
  return inverse(rows.mmul(rows.transpose())).mmul(rows).to2DArray();
}

function lipIndex(keypoint: number, axis: number): number {
  return LIP_KEYPOINTS.indexOf(keypoint as (typeof LIP_KEYPOINTS)[number]) * 3 + axis;
}
