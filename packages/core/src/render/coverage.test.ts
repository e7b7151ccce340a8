import { expect, test } from 'vitest';
import { coverPolygon, createCoverage } from './coverage.ts';

/** Clockwise on screen, with slopes, a vertical edge and fractions of pixels. */
const SHAPE = Float32Array.from([10.3, 20.7, 18.2, 15.1, 33.9, 22.4, 33.9, 30.25, 14.6, 35.8]);

function area(points: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < points.length; i += 2) {
    const j = (i + 2) % points.length;
    sum += points[i]! * points[j + 1]! - points[j]! * points[i + 1]!;
  }
  return Math.abs(sum) / 2;
}

test('coverage sums to the area and matches point counting', () => {
  const coverage = createCoverage(4096);
  expect(coverPolygon(SHAPE, 5, coverage)).toBe(true);
  const covered = coverage.values.subarray(0, coverage.width * coverage.height);
  expect(covered.reduce((sum, value) => sum + value, 0)).toBeCloseTo(area(SHAPE), 3);
  for (let k = 0; k < covered.length; k += 7) {
    const x = coverage.left + (k % coverage.width);
    const y = coverage.top + Math.floor(k / coverage.width);
    let inside = 0;
    for (let s = 0; s < 400; s++)
      if (contains(x + ((s % 20) + 0.5) / 20, y + (Math.floor(s / 20) + 0.5) / 20)) inside++;
    expect(Math.abs(covered[k]! - inside / 400)).toBeLessThan(0.04);
  }
});

test('an outline that has turned over covers nothing', () => {
  const reversed = new Float32Array(10);
  for (let i = 0; i < 5; i++) reversed.set(SHAPE.subarray(i * 2, i * 2 + 2), (4 - i) * 2);
  expect(coverPolygon(reversed, 5, createCoverage(4096))).toBe(false);
});

/** The slow way: on the right of every edge (the shape is convex). */
function contains(x: number, y: number): boolean {
  for (let i = 0; i < SHAPE.length; i += 2) {
    const j = (i + 2) % SHAPE.length;
    const side = (SHAPE[j]! - SHAPE[i]!) * (y - SHAPE[i + 1]!) - (SHAPE[j + 1]! - SHAPE[i + 1]!) * (x - SHAPE[i]!);
    if (side < 0) return false;
  }
  return true;
}
