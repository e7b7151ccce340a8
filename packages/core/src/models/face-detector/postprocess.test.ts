import { describe, expect, it } from 'vitest';
import { decodeDetections, mergeDetections } from './postprocess.ts';
import { searchRounds } from './search.ts';

const NOTHING = -50;

describe('decodeDetections', () => {
  it('places an anchor in the picture, turned with its region', () => {
    const boxes = new Float32Array(896 * 16);
    const logits = new Float32Array(896).fill(NOTHING);
    // Anchor 512 is the first of the coarse grid: centre (1/16, 1/16). Box 32 wide, 64 high; first key point 8 right of it.
    boxes.set([0, 0, 32, 64, 8, 0], 512 * 16);
    logits[512] = 2;
    const region = { centerX: 500, centerY: 300, size: 256, rotation: Math.PI / 2 };
    const [found, ...others] = decodeDetections(boxes, logits, region, 0.5);
    expect(others).toEqual([]);
    expect(found!.score).toBeCloseTo(1 / (1 + Math.exp(-2)), 5);
    // (1/16 − 1/2) · 256 = −112 along both axes, turned by 90°: (112, −112).
    expect([...found!.values.subarray(0, 4)]).toEqual([612 - 32, 188 - 64, 612 + 32, 188 + 64]);
    expect(found!.values[4]).toBeCloseTo(612, 3);
    expect(found!.values[5]).toBeCloseTo(188 + 16, 3);
  });
});

describe('mergeDetections', () => {
  it('averages what overlaps, by score, and keeps what does not', () => {
    const at = (left: number, score: number) => ({
      values: Float32Array.of(left, 0, left + 100, 100, ...new Array<number>(12).fill(left)),
      score,
    });
    const merged = mergeDetections([at(300, 0.6), at(10, 0.3), at(0, 0.9)]);
    expect(merged.map(({ score }) => score)).toEqual([0.9, 0.6]);
    expect(merged[0]!.values[0]).toBeCloseTo(2.5, 5);
    expect(merged[1]!.values[0]).toBe(300);
  });
});

describe('searchRounds', () => {
  it('covers the picture in every round, each face up to 0.4 of the side whole in one square', () => {
    for (const [width, height] of [
      [6000, 4000],
      [700, 2100],
      [64, 64],
    ] as const) {
      for (const { regions } of searchRounds(width, height)) {
        const face = 0.4 * regions[0]!.size;
        for (let k = 0; k < 200; k++) {
          const left = ((k * 0.618) % 1) * Math.max(0, width - face);
          const top = ((k * 0.414) % 1) * Math.max(0, height - face);
          const isWhole = regions.some(
            ({ centerX, centerY, size }) =>
              left >= centerX - size / 2 - 1e-6 &&
              top >= centerY - size / 2 - 1e-6 &&
              Math.min(left + face, width) <= centerX + size / 2 + 1e-6 &&
              Math.min(top + face, height) <= centerY + size / 2 + 1e-6,
          );
          expect(isWhole).toBe(true);
        }
      }
    }
  });
});
