import type { HeadPose } from '../motion/motion-space.ts';
import { writeHeadFrame, writePoseMatrix } from '../motion/pose-matrix.ts';

/** A head pose ready for use: x_image = M · x_head + t. */
export interface HeadTransform {
  /** Rows of [M | t] `[12]`. */
  readonly rows: Float64Array;
  /** M alone `[9]`. */
  readonly matrix: Float64Array;
}

/** The transform from the head frame, U, to pixels of the picture. */
export function createHeadTransform(): HeadTransform {
  return { rows: new Float64Array(12), matrix: new Float64Array(9) };
}

/**
 * Sets the transform to a pose and carries K into the head frame with it.
 * @param keypoints K `[478 × 3]`, pixels.
 * @param inHead `[478 × 3]`, U, overwritten.
 */
export function enterHeadFrame(
  pose: HeadPose,
  keypoints: Float32Array,
  transform: HeadTransform,
  inHead: Float32Array,
): void {
  const { rows, matrix } = transform;
  writePoseMatrix(pose, matrix);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) rows[row * 4 + column] = matrix[row * 3 + column]!;
    rows[row * 4 + 3] = pose.translation[row]!;
  }
  writeHeadFrame(keypoints, pose, matrix, inHead);
}
