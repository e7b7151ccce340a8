import { expect, test } from 'vitest';
import { lipManner, lipRest, loudnessCorrelation } from './lip-manner.ts';

function curves(opening: readonly number[], width: readonly number[] = opening.map(() => 0.5)) {
  const curve = Float32Array.from(opening);
  return { opening: curve, outer: curve, width: Float32Array.from(width), protrusion: curve };
}

test('counts closures of one frame, not those of two', () => {
  const open = new Array<number>(12).fill(0.3);
  expect(lipManner(curves([...open, 0, ...open])).snaps).toBe(1);
  expect(lipManner(curves([...open, 0, 0, ...open.slice(1)])).snaps).toBe(0);
  expect(lipManner(curves([...open, 0, ...open])).jumps).toBe(2);
  expect(lipManner(curves([...open, 0.2, 0.1, 0, 0.1, 0.2, ...open.slice(4)])).jumps).toBe(0);
});

test('measures ranges of gap and width', () => {
  const width = Array.from({ length: 101 }, (_, t) => 0.4 + 0.001 * t);
  const { gap, widthRange } = lipManner(
    curves(
      width.map(() => 0.2),
      width,
    ),
  );
  expect(gap).toBeCloseTo(0.2 * 0.495, 4);
  expect(widthRange).toBeCloseTo(0.09, 4);
});

test('lips that follow loudness are told from lips that do not', () => {
  const samples = Float32Array.from(
    { length: 100 * 640 },
    (_, n) => (Math.floor(n / 6400) % 2 ? 0.5 : 0.05) * Math.sin(n),
  );
  const following = Float32Array.from({ length: 100 }, (_, t) => (Math.floor(t / 10) % 2 ? 0.3 : 0.1));
  const others = Float32Array.from({ length: 100 }, (_, t) => (t % 2 ? 0.3 : 0.1));
  expect(loudnessCorrelation(following, samples)).toBeGreaterThan(0.95);
  expect(Math.abs(loudnessCorrelation(others, samples))).toBeLessThan(0.05);
  const silent = Array.from({ length: 100 }, (_, t) => t < 40);
  const shut = { ...curves([...following].map((x, t) => (t < 10 ? 0 : x))), width: following.map(() => 0.5) };
  const { closedPauses, pauses } = lipRest([{ samples, curves: shut, silent }]);
  expect(pauses).toBe(40);
  expect(closedPauses).toBeCloseTo(0.25, 6);
});
