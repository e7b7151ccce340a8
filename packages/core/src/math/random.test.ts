import { describe, expect, it } from 'vitest';
import { normalAt, uniformAt } from './random.ts';

const COUNT = 20_000;

describe('counter-based random numbers', () => {
  it('depend on seed, stream and index alone', () => {
    expect(uniformAt(7, 1, 42)).toBe(uniformAt(7, 1, 42));
    expect(uniformAt(7, 1, 42)).not.toBe(uniformAt(8, 1, 42));
    expect(uniformAt(7, 1, 42)).not.toBe(uniformAt(7, 2, 42));
    expect(uniformAt(7, 1, 42)).not.toBe(uniformAt(7, 1, 43));
  });

  it('are uniform on [0, 1) and uncorrelated from one index to the next', () => {
    const draws = Array.from({ length: COUNT }, (_, i) => uniformAt(3, 0, i));
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    const mean = draws.reduce((a, b) => a + b) / COUNT;
    expect(mean).toBeCloseTo(0.5, 2);
    const lag = draws.slice(1).reduce((sum, x, i) => sum + (x - mean) * ((draws[i] ?? 0) - mean), 0) / COUNT;
    expect(Math.abs(lag)).toBeLessThan(0.003);
  });

  it('have the moments of a normal distribution', () => {
    const draws = Array.from({ length: COUNT }, (_, i) => normalAt(3, 9, i));
    const mean = draws.reduce((a, b) => a + b) / COUNT;
    const variance = draws.reduce((a, b) => a + (b - mean) ** 2, 0) / COUNT;
    expect(mean).toBeCloseTo(0, 1);
    expect(variance).toBeCloseTo(1, 1);
  });
});
