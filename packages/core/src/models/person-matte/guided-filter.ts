/** How `guidedFilter` fits. */
export interface GuidedFilterOptions {
  /** Half the side of the windows, pixels. */
  readonly radius: number;
  /** Variance of colour below which a window counts as flat, of values 0–1. */
  readonly epsilon: number;
}

/**
 * A map that follows the edges of a picture: in every window p ≈ a · I + b by least squares, a three numbers.
 *
 *     a_w = (Σ_w + ε)⁻¹ cov_w(I, p),   b_w = p̄_w − a_w · Ī_w,   q(x) = ā(x) · I(x) + b̄(x)
 *
 * @source He, Sun & Tang 2013, "Guided image filtering", IEEE TPAMI 35(6), equations 19–21; a and b may be enlarged and
 * put to a larger picture (He & Sun 2015, "Fast guided filter").
 * @param guide `[3, side, side]`, 0–1. @param input p `[side²]`.
 * @returns ā and b̄ `[4, side²]`.
 */
export function guidedFilter(
  guide: Float32Array,
  input: Float32Array,
  side: number,
  { radius, epsilon }: GuidedFilterOptions,
): Float32Array {
  const count = side * side;
  const mean = (values: Float32Array) => boxMean(values, side, radius);
  const product = (x: Float32Array, y: Float32Array) => mean(x.map((value, i) => value * y[i]!));
  const channels = [0, 1, 2].map((c) => guide.subarray(c * count, (c + 1) * count));
  const [red, green, blue] = channels as [Float32Array, Float32Array, Float32Array];
  const [meanR, meanG, meanB, meanP] = [mean(red), mean(green), mean(blue), mean(input)];
  const [rp, gp, bp] = [product(red, input), product(green, input), product(blue, input)];
  const [rr, rg, rb] = [product(red, red), product(red, green), product(red, blue)];
  const [gg, gb, bb] = [product(green, green), product(green, blue), product(blue, blue)];
  const out = new Float32Array(4 * count);
  for (let i = 0; i < count; i++) {
    const [r, g, b, p] = [meanR[i]!, meanG[i]!, meanB[i]!, meanP[i]!];
    const [x, y, z] = [rp[i]! - r * p, gp[i]! - g * p, bp[i]! - b * p];
    const [a00, a01, a02] = [rr[i]! - r * r + epsilon, rg[i]! - r * g, rb[i]! - r * b];
    const [a11, a12, a22] = [gg[i]! - g * g + epsilon, gb[i]! - g * b, bb[i]! - b * b + epsilon];
    const [c00, c01, c02] = [a11 * a22 - a12 * a12, a02 * a12 - a01 * a22, a01 * a12 - a02 * a11];
    const [c11, c12, c22] = [a00 * a22 - a02 * a02, a01 * a02 - a00 * a12, a00 * a11 - a01 * a01];
    const determinant = a00 * c00 + a01 * c01 + a02 * c02;
    const ar = (c00 * x + c01 * y + c02 * z) / determinant;
    const ag = (c01 * x + c11 * y + c12 * z) / determinant;
    const ab = (c02 * x + c12 * y + c22 * z) / determinant;
    out[i] = ar;
    out[count + i] = ag;
    out[2 * count + i] = ab;
    out[3 * count + i] = p - ar * r - ag * g - ab * b;
  }
  for (let k = 0; k < 4; k++) out.set(mean(out.subarray(k * count, (k + 1) * count)), k * count);
  return out;
}

/** Mean over (2 radius + 1)² pixels, fewer at the borders. @returns new memory `[side²]`. */
export function boxMean(values: Float32Array, side: number, radius: number): Float32Array {
  const across = new Float32Array(side * side);
  for (let y = 0; y < side; y++) meanAlong(values, across, y * side, 1, side, radius);
  const out = new Float32Array(side * side);
  for (let x = 0; x < side; x++) meanAlong(across, out, x, side, side, radius);
  return out;
}

function meanAlong(from: Float32Array, to: Float32Array, start: number, step: number, length: number, radius: number) {
  let sum = 0;
  for (let i = 0; i < Math.min(radius, length); i++) sum += from[start + i * step]!;
  for (let i = 0; i < length; i++) {
    if (i + radius < length) sum += from[start + (i + radius) * step]!;
    if (i > radius) sum -= from[start + (i - radius - 1) * step]!;
    to[start + i * step] = sum / (Math.min(length - 1, i + radius) - Math.max(0, i - radius) + 1);
  }
}
