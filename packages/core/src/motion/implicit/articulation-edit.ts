/** Articulation editing: more or less of one lip movement, by projection on its direction. */
import type { Articulation } from '../emotions.ts';
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

function lipIndex(keypoint: number, axis: number): number {
  return LIP_KEYPOINTS.indexOf(keypoint as (typeof LIP_KEYPOINTS)[number]) * 3 + axis;
}
