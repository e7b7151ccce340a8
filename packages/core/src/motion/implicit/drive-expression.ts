/** How predicted lips and emotions become the expression of driven frames, in the order of the release. */
import type { Region } from '../emotions.ts';
import { type ArticulationEdit, editArticulation, editArticulationApart } from './articulation-edit.ts';
import { LIP_KEYPOINTS, REGION_KEYPOINTS } from './keypoints.ts';
import type { ImplicitMotion } from './transform.ts';
import { transformKeypoints } from './transform.ts';

const LIPS = LIP_KEYPOINTS.length;

/** What is done to the lips of one frame after prediction; a word-level edit is a run of frames with its own. */
export interface LipControls {
  /** 1 leaves the lips as predicted. */
  readonly lipScale: number;
  /** Edits in order. */
  readonly articulation: readonly ArticulationEdit[];
}

/** Lips as predicted. */
export const LIP_CONTROLS_DEFAULTS: LipControls = Object.freeze({ lipScale: 1, articulation: [] });

/** [3 × 6], all x first, as [6 × 3], point by point. @returns new memory. */
export function pointMajorLips(lips: Float32Array): Float32Array {
  return Float32Array.from({ length: 3 * LIPS }, (_, i) => lips[(i % 3) * LIPS + Math.floor(i / 3)]!);
}

/** r `[3 × 6]`: where the lip keypoints of a frame would be without expression. */
export function lipReference(canonical: Float32Array, motion: ImplicitMotion): Float32Array {
  const still = transformKeypoints(canonical, { ...motion, expression: new Float32Array(canonical.length) });
  return Float32Array.from({ length: 3 * LIPS }, (_, i) => still[LIP_KEYPOINTS[i % LIPS]! * 3 + Math.floor(i / LIPS)]!);
}

/**
 * D_l scaled, then edited: rest + scale · (D_l − rest). With `rest` the edits are about it and leave each other alone; without,
 * they are the release's, in order.
 * @param lips `[6 × 3]`, not changed. @param rest the lips in silence `[6 × 3]`; without it the scale is about 0.
 * @returns new memory.
 */
export function controlLips(lips: Float32Array, controls: LipControls, rest?: Float32Array): Float32Array {
  const { lipScale, articulation } = controls;
  const out = lips.map((value, i) => {
    const middle = rest?.[i] ?? 0;
    return middle + lipScale * (value - middle);
  });
  if (rest === undefined) editArticulation(out, articulation);
  else editArticulationApart(out, articulation, rest);
  return out;
}

/** δ of a frame with its lips replaced by D_l / s. @param lips `[6 × 3]`. @returns `[21 × 3]`, new memory. */
export function replaceLips(motion: ImplicitMotion, lips: Float32Array): Float32Array {
  const expression = motion.expression.slice();
  LIP_KEYPOINTS.forEach((keypoint, k) => {
    for (let axis = 0; axis < 3; axis++) expression[keypoint * 3 + axis] = lips[k * 3 + axis]! / motion.scale;
  });
  return expression;
}

/** δ ← δ + D_e · intensity / s on the keypoints of a region. @param expression `[21 × 3]`, changed in place. */
export function addEmotion(
  expression: Float32Array,
  deformation: Float32Array,
  region: Region,
  intensity: number,
  scale: number,
): void {
  for (const keypoint of REGION_KEYPOINTS[region]) {
    for (let i = keypoint * 3; i < keypoint * 3 + 3; i++) expression[i]! += (deformation[i]! * intensity) / scale;
  }
}
