import type { LipCurves } from '@pctalk/core';
import { expect, test } from 'vitest';
import { lipAgreement } from './lip-figures.ts';
import { lipStillness } from './lip-stillness.ts';
import { scaleFigures } from './scale-figures.ts';

function wave(frames: number, phase: number, size = 1): LipCurves {
  const curve = (rate: number) =>
    Float32Array.from({ length: frames }, (_, t) => size * (0.2 + 0.1 * Math.sin((t + phase) / rate)));
  return { opening: curve(2), outer: curve(2), width: curve(3), protrusion: curve(5) };
}

test('a clip whose lips lead its sound agrees at its own offset, not at the lag of the group', () => {
  const real = [wave(100, 0), wave(100, 0), wave(100, 0), wave(100, 3)];
  const pairs = real.map((curves, i) => ({ id: `${i}`, real: curves, ours: wave(100, 0), offset: i === 3 ? 3 : 0 }));
  const { lag, r, ownOffset, amplitude } = lipAgreement(pairs);
  expect(Math.abs(lag)).toBeLessThanOrEqual(1);
  expect(r.opening).toBeLessThan(0.9);
  expect(ownOffset.opening).toBeGreaterThan(0.99);
  expect(amplitude.opening).toBeCloseTo(1, 1);
});

test('lips that move while nothing is heard are told from lips that rest', () => {
  const samples = Float32Array.from({ length: 100 * 640 }, (_, n) => (n < 50 * 640 ? 0.3 * Math.sin(n / 5) : 0));
  const restless = wave(100, 0);
  const calm = {
    ...restless,
    opening: restless.opening.map((x, t) => (t < 50 ? x : 0)),
    width: restless.width.map((x, t) => (t < 50 ? x : 0.8)),
  };
  expect(lipStillness([{ samples, curves: restless }]).moving).toBeGreaterThan(0.8);
  const still = lipStillness([{ samples, curves: calm }]);
  expect(still.frames).toBeGreaterThan(30);
  expect(still.moving).toBe(0);
  expect(still.speed).toBe(0);
});

test('lips that scale in proportion are straight, rising and of one shape', () => {
  const scales = [0.5, 1, 1.5];
  const figures = scaleFigures(
    scales,
    scales.map((scale) => wave(80, 0, scale)),
  );
  expect(figures.linearity).toBeCloseTo(1, 6);
  expect(figures.rising).toBe(1);
  expect(figures.shape).toBeCloseTo(1, 6);
});
