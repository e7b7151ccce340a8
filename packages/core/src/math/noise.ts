import { normalAt } from './random.ts';

/**
 * Smooth random curve with zero mean and about unit deviation: normal values on a lattice of `rate` a second, joined by
 * cubic B-splines, so that velocity and acceleration are continuous.
 * @param time seconds, ≥ 0.
 * @param rate lattice points a second; motion is slower than about a third of it.
 */
export function smoothNoise(seed: number, stream: number, time: number, rate: number): number {
  const x = time * rate;
  const cell = Math.floor(x);
  const f = x - cell;
  const g = 1 - f;
  const sum =
    (g * g * g * normalAt(seed, stream, cell) +
      (3 * f * f * f - 6 * f * f + 4) * normalAt(seed, stream, cell + 1) +
      (3 * g * g * g - 6 * g * g + 4) * normalAt(seed, stream, cell + 2) +
      f * f * f * normalAt(seed, stream, cell + 3)) /
    6;
  return sum * 1.444; // a cubic B-spline of white lattice values has variance 151/315 on average
}
