import { uniformAt } from '@pctalk/core';
import { describe, expect, it } from 'vitest';
import { frechetDistance, gaussianOf } from './frechet.ts';

const diagonal = (...variances: number[]) =>
  Float64Array.from({ length: variances.length ** 2 }, (_, i) =>
    i % (variances.length + 1) === 0 ? variances[i / (variances.length + 1)]! : 0,
  );

describe('frechetDistance', () => {
  it('is the squared distance of means and of standard deviations where axes are independent', () => {
    const a = { mean: Float64Array.of(0, 1), covariance: diagonal(4, 1) };
    const b = { mean: Float64Array.of(3, 1), covariance: diagonal(1, 9) };
    expect(frechetDistance(a, b)).toBeCloseTo(9 + 1 + 4, 9);
  });

  it('is 0 between the same rows, does not change when both are turned, and is symmetric', () => {
    const rows = (stream: number) =>
      Array.from({ length: 60 }, (_, i) =>
        Array.from({ length: 5 }, (_, k) => uniformAt(stream, i, k) * (k + stream) + 0.5 * uniformAt(stream, i, 0)),
      );
    const [a, b] = [rows(1), rows(2)];
    expect(frechetDistance(gaussianOf(a), gaussianOf(a))).toBeLessThan(1e-9);
    const turn = (row: number[]) => [
      row[1]!,
      -row[0]!,
      0.6 * row[2]! - 0.8 * row[3]!,
      0.8 * row[2]! + 0.6 * row[3]!,
      row[4]!,
    ];
    const distance = frechetDistance(gaussianOf(a), gaussianOf(b));
    expect(distance).toBeGreaterThan(0.1);
    expect(frechetDistance(gaussianOf(a.map(turn)), gaussianOf(b.map(turn)))).toBeCloseTo(distance, 9);
    expect(frechetDistance(gaussianOf(b), gaussianOf(a))).toBeCloseTo(distance, 9);
  });
});
