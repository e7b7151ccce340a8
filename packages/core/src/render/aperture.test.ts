import { describe, expect, it } from 'vitest';
import { createAperture, measureAperture, widenAperture } from './aperture.ts';

const COLUMNS = 7;
const ROWS = {
  upper: Array.from({ length: COLUMNS }, (_, i) => i),
  lower: [0, ...Array.from({ length: COLUMNS - 2 }, (_, i) => COLUMNS + i), COLUMNS - 1],
};

/** A lens 60 pixels wide and 2 · height high, turned by `angle`. */
function lens(height: number, angle: number): Float32Array {
  const points: number[] = [];
  const place = (i: number, side: number) => {
    const x = 60 * (i / (COLUMNS - 1) - 0.5);
    const y = side * height * (1 - (x / 30) ** 2);
    points.push(100 + x * Math.cos(angle) - y * Math.sin(angle), 80 + x * Math.sin(angle) + y * Math.cos(angle));
  };
  for (let i = 0; i < COLUMNS; i++) place(i, -1);
  for (let i = 1; i < COLUMNS - 1; i++) place(i, 1);
  return Float32Array.from(points);
}

describe('widenAperture', () => {
  it('moves the rims apart and leaves the corners, however the head is tilted', () => {
    for (const angle of [0, 0.3, -0.5]) {
      const aperture = createAperture(COLUMNS);
      measureAperture(ROWS, lens(8, angle), 2, aperture);
      const before = aperture.outline.slice();
      widenAperture(aperture, 1);
      const moved = Array.from({ length: aperture.pointCount }, (_, i) =>
        Math.hypot(aperture.outline[2 * i]! - before[2 * i]!, aperture.outline[2 * i + 1]! - before[2 * i + 1]!),
      );
      const half = aperture.pointCount / 2;
      expect(moved[0]).toBeLessThan(1e-5);
      expect(moved[half]).toBeLessThan(1e-5);
      expect(moved[half / 2]).toBeCloseTo(1, 4);
      expect(moved[half + half / 2]).toBeCloseTo(1, 4);
      const upper = half / 2;
      const way = (aperture.outline[2 * upper + 1]! - before[2 * upper + 1]!) * Math.cos(angle);
      expect(way).toBeLessThan(0);
    }
  });
});
