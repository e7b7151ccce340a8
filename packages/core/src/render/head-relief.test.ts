import { expect, test } from 'vitest';
import { canonicalNeutral } from '../motion/canonical-source.ts';
import { dampRelief } from './head-relief.ts';

const VERTICES = 468;
const FRONTAL = Float64Array.from([140, 0, 0, 256, 0, 140, 0, 300, 0, 0, 140, 0]);

test('no place is steeper than the limit, and no place moves toward the back or sideways', () => {
  const points = canonicalNeutral();
  const relief = dampRelief(points, FRONTAL, 140, VERTICES);
  for (let v = 0; v < VERTICES * 3; v += 3) {
    expect(relief[v]).toBeCloseTo(points[v]!, 5);
    expect(relief[v + 1]).toBeCloseTo(points[v + 1]!, 5);
    expect(relief[v + 2]).toBeLessThanOrEqual(0.72 * points[v + 2]! + 1e-5);
    for (let u = 0; u < v; u += 3) {
      const run = Math.hypot(relief[u]! - relief[v]!, relief[u + 1]! - relief[v + 1]!);
      expect(Math.abs(relief[u + 2]! - relief[v + 2]!) <= 1.6 * run + 1e-4).toBe(true);
    }
  }
});
