/** Taking the motion of a driving clip over to a source: absolute, or relative to the clip's first frame. */
import { type ImplicitMotion, multiplyRotations } from './transform.ts';

const X = 0;
const Y = 1;
const Z = 2;
const ALL_AXES = [X, Y, Z];

/**
 * Axes that absolute motion takes from the driving expression; keypoints 0, 7 and 10 and the other axes stay the source's.
 *
 * @source KwaiVGI/LivePortrait src/live_portrait_pipeline.py (absolute motion)
 */
const ABSOLUTE_AXES: ReadonlyMap<number, readonly number[]> = new Map([
  ...[1, 2, 6, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20].map((keypoint) => [keypoint, ALL_AXES] as const),
  [3, [Y]],
  [4, [Y]],
  [5, [Z]],
  [8, [Z]],
  [9, [Y, Z]],
]);

/** Expression and pose of the driving frame, scale of the source; its expression as far as absolute motion takes it. */
export function absoluteMotion(source: ImplicitMotion, driving: ImplicitMotion): ImplicitMotion {
  const expression = source.expression.slice();
  for (const [keypoint, axes] of ABSOLUTE_AXES) {
    for (const axis of axes) expression[keypoint * 3 + axis] = driving.expression[keypoint * 3 + axis]!;
  }
  return { scale: source.scale, rotation: driving.rotation, expression, translation: driving.translation };
}

/**
 * What the driving frame changed since the clip's first frame, on the source:
 * δ = δ_s + (δ_i − δ_0), R = (R_i R_0ᵀ) R_s, s = s_s · s_i / s_0, t = t_s + t_i − t_0.
 */
export function relativeMotion(source: ImplicitMotion, driving: ImplicitMotion, first: ImplicitMotion): ImplicitMotion {
  const change = multiplyTransposed(driving.rotation, first.rotation);
  return {
    scale: (source.scale * driving.scale) / first.scale,
    rotation: multiplyRotations(change, source.rotation),
    expression: source.expression.map((value, i) => value + driving.expression[i]! - first.expression[i]!),
    translation: source.translation.map((value, i) => value + driving.translation[i]! - first.translation[i]!),
  };
}

/** x_s + (x − x_s) · multiplier. @returns new memory. */
export function multiplyMotion(sourceKeypoints: Float32Array, driven: Float32Array, multiplier: number): Float32Array {
  return driven.map((value, i) => sourceKeypoints[i]! + (value - sourceKeypoints[i]!) * multiplier);
}

/** a · bᵀ. */
function multiplyTransposed(a: Float32Array, b: Float32Array): Float32Array {
  return Float32Array.from({ length: 9 }, (_, i) => {
    const row = i - (i % 3);
    const other = (i % 3) * 3;
    return a[row]! * b[other]! + a[row + 1]! * b[other + 1]! + a[row + 2]! * b[other + 2]!;
  });
}
