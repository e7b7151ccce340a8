import type { HeadPose } from '../motion/motion-space.ts';

/**
 * x_image = M · x_head + t as 12 numbers, rows of [M | t]. M = scale · Rz(roll) · Ry(yaw) · Rx(pitch); positive yaw turns
 * the nose (−z) to the image right, so Ry carries −sin where the textbook has +sin.
 * @param out `[12]`.
 */
export function writeHeadTransform(pose: HeadPose, out: Float64Array): void {
  const cp = Math.cos(pose.pitch);
  const sp = Math.sin(pose.pitch);
  const cy = Math.cos(pose.yaw);
  const sy = Math.sin(pose.yaw);
  const cr = Math.cos(pose.roll);
  const sr = Math.sin(pose.roll);
  const s = pose.scale;
  out[0] = s * cr * cy;
  out[1] = s * (-sr * cp - cr * sy * sp);
  out[2] = s * (sr * sp - cr * sy * cp);
  out[3] = pose.translation[0];
  out[4] = s * sr * cy;
  out[5] = s * (cr * cp - sr * sy * sp);
  out[6] = s * (-cr * sp - sr * sy * cp);
  out[7] = pose.translation[1];
  out[8] = s * sy;
  out[9] = s * cy * sp;
  out[10] = s * cy * cp;
  out[11] = pose.translation[2];
}

/**
 * Carries image points back into the head frame: x_head = Mᵀ (x_image − t) / scale².
 * @param points `[count × 3]` pixels.
 * @param out `[count × 3]` U.
 */
export function toHeadFrame(
  transform: Float64Array,
  scale: number,
  points: Float32Array,
  count: number,
  out: Float32Array,
): void {
  const k = 1 / (scale * scale);
  for (let i = 0; i < count * 3; i += 3) {
    const x = points[i]! - transform[3]!;
    const y = points[i + 1]! - transform[7]!;
    const z = points[i + 2]! - transform[11]!;
    out[i] = k * (transform[0]! * x + transform[4]! * y + transform[8]! * z);
    out[i + 1] = k * (transform[1]! * x + transform[5]! * y + transform[9]! * z);
    out[i + 2] = k * (transform[2]! * x + transform[6]! * y + transform[10]! * z);
  }
}
