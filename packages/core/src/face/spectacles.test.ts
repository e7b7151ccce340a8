import { expect, test } from 'vitest';
import { SPECTACLES_BAR, spectaclesBar } from './spectacles.ts';

const SIDE = 400;
const points = new Float32Array(478 * 3);
points.set([100, 200], 33 * 3);
points.set([300, 200], 263 * 3);
points.set([200, 195], 168 * 3);

/** Skin that darkens downwards, with brows, and whatever `paint` puts over it. */
function face(paint: (x: number, y: number) => number | undefined) {
  const data = new Uint8ClampedArray(SIDE * SIDE * 4);
  for (let i = 0; i < SIDE * SIDE; i++) {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    const brow = Math.abs(y - 150) < 6 && Math.abs(Math.abs(x - 200) - 60) < 40;
    const value = paint(x, y) ?? (brow ? 60 : 190 - y / 8);
    data.set([value, value, value, 255], i * 4);
  }
  return { width: SIDE, height: SIDE, data };
}

test('a bare nose, and the edge of a shadow, are no bridge', () => {
  expect(
    spectaclesBar(
      face(() => undefined),
      points,
    ),
  ).toBeLessThan(0.05);
  expect(
    spectaclesBar(
      face((_, y) => (y < 190 ? 110 : undefined)),
      points,
    ),
  ).toBeLessThan(0.05);
});

test.each([40, 245])('a bar of brightness %i across the nose root is a bridge', (value) => {
  const bar = face((x, y) => (Math.abs(y - 200) < 4 && Math.abs(x - 200) < 25 ? value : undefined));
  expect(spectaclesBar(bar, points)).toBeGreaterThan(SPECTACLES_BAR);
});
