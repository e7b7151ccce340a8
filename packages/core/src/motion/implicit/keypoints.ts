/** The 21 implicit keypoints of LivePortrait's motion space, by what they move. */
import type { Region } from '../emotions.ts';

/** K of the implicit space; each keypoint has x (right), y (down), z (inward). */
export const IMPLICIT_KEYPOINT_COUNT = 21;

/** The keypoints LAC predicts, in its order. @source PC-Talk release, `motion_controls.py` */
export const LIP_KEYPOINTS = [6, 12, 14, 17, 19, 20] as const;
const EYES = [11, 13, 15, 16, 18] as const;
const BROWS = [0, 1, 2] as const;

/** Keypoints of each region an emotion can be confined to. @source PC-Talk release, `motion_controls.py` */
export const REGION_KEYPOINTS: Readonly<Record<Region, readonly number[]>> = Object.freeze({
  all: Array.from({ length: IMPLICIT_KEYPOINT_COUNT }, (_, k) => k),
  lips: LIP_KEYPOINTS,
  lower_face: LIP_KEYPOINTS,
  eyes: EYES,
  brows: BROWS,
  upper_face: [...EYES, ...BROWS],
});
