/** Pose and expression of the implicit keypoints: x = s · (K_c · R + δ) + t, row vectors, t in x and y only. */

/** Motion of one frame in the implicit space. */
export interface ImplicitMotion {
  readonly scale: number;
  /** R `[3 × 3]`, row-major, for row vectors. */
  readonly rotation: Float32Array;
  /** δ `[K × 3]`. */
  readonly expression: Float32Array;
  /** t `[3]`; its third number is not used. */
  readonly translation: Float32Array;
}

/**
 * Driven or source keypoints x `[K × 3]` from canonical ones.
 * @param canonical K_c `[K × 3]`. @param out written and returned; new memory unless given.
 * @source KwaiVGI/LivePortrait src/live_portrait_wrapper.py (transform_keypoint)
 */
export function transformKeypoints(
  canonical: Float32Array,
  motion: ImplicitMotion,
  out: Float32Array = new Float32Array(canonical.length),
): Float32Array {
  const { scale, rotation: r, expression, translation: t } = motion;
  for (let i = 0; i < canonical.length; i += 3) {
    const x = canonical[i]!;
    const y = canonical[i + 1]!;
    const z = canonical[i + 2]!;
    out[i] = scale * (x * r[0]! + y * r[3]! + z * r[6]! + expression[i]!) + t[0]!;
    out[i + 1] = scale * (x * r[1]! + y * r[4]! + z * r[7]! + expression[i + 1]!) + t[1]!;
    out[i + 2] = scale * (x * r[2]! + y * r[5]! + z * r[8]! + expression[i + 2]!);
  }
  return out;
}

/** Pitch, yaw and roll in degrees. */
export interface HeadAnglesDeg {
  readonly pitchDeg: number;
  readonly yawDeg: number;
  readonly rollDeg: number;
}

/**
 * R = (Rz(roll) · Ry(yaw) · Rx(pitch))ᵀ `[3 × 3]`, right-handed rotations, for row vectors.
 * @source KwaiVGI/LivePortrait src/utils/camera.py (get_rotation_matrix)
 */
export function rotationMatrix({ pitchDeg, yawDeg, rollDeg }: HeadAnglesDeg): Float32Array {
  const radians = Math.PI / 180;
  const [sx, cx] = [Math.sin(pitchDeg * radians), Math.cos(pitchDeg * radians)];
  const [sy, cy] = [Math.sin(yawDeg * radians), Math.cos(yawDeg * radians)];
  const [sz, cz] = [Math.sin(rollDeg * radians), Math.cos(rollDeg * radians)];
  // Columns of Rz · Ry · Rx, written as rows.
  return Float32Array.of(
    cz * cy, sz * cy, -sy,
    cz * sy * sx - sz * cx, sz * sy * sx + cz * cx, cy * sx,
    cz * sy * cx + sz * sx, sz * sy * cx - cz * sx, cy * cx,
  ); // biome-ignore format: a matrix
}

const BINS = 66;
const BIN_DEG = 3;
const FIRST_BIN_DEG = -97.5;

/** An angle in degrees from logits over 66 bins of 3°: the mean bin under their softmax. */
export function angleFromBins(logits: ArrayLike<number>): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < BINS; i++) largest = Math.max(largest, logits[i]!);
  let weight = 0;
  let sum = 0;
  for (let i = 0; i < BINS; i++) {
    const share = Math.exp(logits[i]! - largest);
    weight += share;
    sum += share * i;
  }
  return (sum / weight) * BIN_DEG + FIRST_BIN_DEG;
}

/** a · b of row-major `[3 × 3]`; for row vectors a comes first. @returns new memory. */
export function multiplyRotations(a: Float32Array, b: Float32Array): Float32Array {
  return Float32Array.from({ length: 9 }, (_, i) => {
    const row = i - (i % 3);
    const column = i % 3;
    return a[row]! * b[column]! + a[row + 1]! * b[3 + column]! + a[row + 2]! * b[6 + column]!;
  });
}
