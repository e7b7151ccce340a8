import type { HeadPose } from './motion-space.ts';

/**
 * M = scale · Rz(roll) · Ry(yaw) · Rx(pitch) of a pose, row by row, with the signs of `HeadPose`.
 * @param out `[9]`, overwritten.
 */
export function writePoseMatrix(pose: Pick<HeadPose, 'pitch' | 'yaw' | 'roll' | 'scale'>, out: Float64Array): void {
  const cp = Math.cos(pose.pitch);
  const sp = Math.sin(pose.pitch);
  const cy = Math.cos(pose.yaw);
  const sy = Math.sin(pose.yaw);
  const cr = Math.cos(pose.roll);
  const sr = Math.sin(pose.roll);
  const s = pose.scale;
  out[0] = s * cr * cy;
  out[1] = -s * (sr * cp + cr * sy * sp);
  out[2] = s * (sr * sp - cr * sy * cp);
  out[3] = s * sr * cy;
  out[4] = s * (cr * cp - sr * sy * sp);
  out[5] = -s * (cr * sp + sr * sy * cp);
  out[6] = s * sy;
  out[7] = s * cy * sp;
  out[8] = s * cy * cp;
}

/**
 * Head-frame points of image points: Mᵀ (x − t) / scale².
 * @param points `[K × 3]` pixels.
 * @param out `[K × 3]` U, overwritten; may be `points`.
 */
export function writeHeadFrame(points: Float32Array, pose: HeadPose, matrix: Float64Array, out: Float32Array): void {
  const [tx, ty, tz] = pose.translation;
  const k = 1 / (pose.scale * pose.scale);
  for (let i = 0; i < points.length; i += 3) {
    const x = k * (points[i]! - tx);
    const y = k * (points[i + 1]! - ty);
    const z = k * (points[i + 2]! - tz);
    out[i] = matrix[0]! * x + matrix[3]! * y + matrix[6]! * z;
    out[i + 1] = matrix[1]! * x + matrix[4]! * y + matrix[7]! * z;
    out[i + 2] = matrix[2]! * x + matrix[5]! * y + matrix[8]! * z;
  }
}

/** Image points of head-frame points: M · x + t. @param points `[K × 3]` U. @param out `[K × 3]` pixels, overwritten. */
export function writeImageFrame(points: Float32Array, pose: HeadPose, matrix: Float64Array, out: Float32Array): void {
  const [tx, ty, tz] = pose.translation;
  for (let i = 0; i < points.length; i += 3) {
    const x = points[i]!;
    const y = points[i + 1]!;
    const z = points[i + 2]!;
    out[i] = matrix[0]! * x + matrix[1]! * y + matrix[2]! * z + tx;
    out[i + 1] = matrix[3]! * x + matrix[4]! * y + matrix[5]! * z + ty;
    out[i + 2] = matrix[6]! * x + matrix[7]! * y + matrix[8]! * z + tz;
  }
}
