/** Share of the landmarks' depth that head rotation sees: networks exaggerate it. */
const DEPTH_SHARE = 0.72;

/**
 * Steepest depth over the picture, both in U: a turn by θ stretches a slope k by 1 + k tan θ and folds it where
 * k tan θ > 1. At 1.6 nothing folds up to 32°, and what a turn of 12° uncovers is stretched by at most a third.
 */
const STEEPEST = 1.6;

/**
 * Depth as head rotation shall see it: damped, then the highest relief below it that is nowhere steeper, seen from where
 * the photo was taken, than STEEPEST. What the photo shows edge-on (a far cheek, an ear) goes with what is before it
 * instead of unrolling.
 *
 *     z'_v = min over u of z_u + STEEPEST · |xy_u − xy_v|
 *
 * @param points `[count × 3]` head frame, U.
 * @param transform head frame to the source picture, rows of [M | t] `[12]`.
 * @returns `[count × 3]` head frame, U.
 */
export function dampRelief(points: Float32Array, transform: Float64Array, scale: number, count: number): Float32Array {
  const seen = new Float32Array(count * 3);
  for (let v = 0; v < count * 3; v += 3) {
    const [x, y, z] = [points[v]!, points[v + 1]!, DEPTH_SHARE * points[v + 2]!];
    for (let row = 0; row < 3; row++) {
      const m = row * 4;
      seen[v + row] = (transform[m]! * x + transform[m + 1]! * y + transform[m + 2]! * z) / scale;
    }
  }
  const out = new Float32Array(count * 3);
  for (let v = 0; v < count * 3; v += 3) {
    let depth = seen[v + 2]!;
    for (let u = 0; u < count * 3; u += 3) {
      const reach = (depth - seen[u + 2]!) / STEEPEST;
      if (reach <= 0) continue;
      const dx = seen[u]! - seen[v]!;
      const dy = seen[u + 1]! - seen[v + 1]!;
      const square = dx * dx + dy * dy;
      if (square < reach * reach) depth = seen[u + 2]! + STEEPEST * Math.sqrt(square);
    }
    for (let axis = 0; axis < 3; axis++) {
      out[v + axis] =
        (transform[axis]! * seen[v]! + transform[4 + axis]! * seen[v + 1]! + transform[8 + axis]! * depth) / scale;
    }
  }
  return out;
}
