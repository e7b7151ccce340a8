/**
 * Projected Gauss–Seidel for min ½ cᵀ N c − rᵀ c with low ≤ c ≤ high, starting from the c given.
 * @param normal N `[n × n]`, symmetric positive definite. @param right r `[n]`. @param c `[n]`, changed in place.
 */
export function solveBounded(
  normal: Float64Array,
  right: Float64Array,
  c: Float32Array,
  bounds: { readonly low: number; readonly high: number; readonly sweeps: number },
): void {
  const n = c.length;
  for (let sweep = 0; sweep < bounds.sweeps; sweep++) {
    for (let k = 0; k < n; k++) {
      const row = k * n;
      let rest = right[k]! + normal[row + k]! * c[k]!;
      for (let j = 0; j < n; j++) rest -= normal[row + j]! * c[j]!;
      c[k] = Math.min(bounds.high, Math.max(bounds.low, rest / normal[row + k]!));
    }
  }
}
