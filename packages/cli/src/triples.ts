/**
 * Points as plain JSON.
 * @param points `[K × 3]`
 * @param steps numbers are rounded to 1 / steps
 */
export function triples(points: Float32Array, steps: number): number[][] {
  return Array.from({ length: points.length / 3 }, (_, k) =>
    [0, 1, 2].map((axis) => Math.round(points[k * 3 + axis]! * steps) / steps),
  );
}
