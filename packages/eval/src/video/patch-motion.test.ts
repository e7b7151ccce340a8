import type { I420Image } from '@pctalk/core';
import { expect, it } from 'vitest';
import { patchMotion, patchTrembling } from './patch-motion.ts';

/** Smooth spots, moved by (u, v); a square in the corner blinks. */
function spots(u: number, v: number, blinks: boolean): I420Image {
  const [width, height] = [80, 60];
  const data = new Uint8Array((width * height * 3) / 2).fill(128);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const spot = Math.sin((x - u) / 4) * Math.sin((y - v) / 5) + 0.5 * Math.sin((x - u + 2 * (y - v)) / 6);
      data[y * width + x] = blinks && x < 20 && y < 20 ? 230 : Math.round(120 + 50 * spot);
    }
  }
  return { format: 'i420', matrix: 'bt709', width, height, data };
}

it('measures the way of a patch to a fraction of a pixel, whatever changes elsewhere', () => {
  const found = patchMotion(spots(0, 0, false), spots(0.7, -1.3, true), 45, 35, 9)!;
  expect(found[0]).toBeCloseTo(0.7, 1);
  expect(found[1]).toBeCloseTo(-1.3, 1);
  expect(patchMotion(spots(0, 0, false), spots(0, 0, true), 45, 35, 9)).toEqual([0, 0]);
});

it('gives no way where there is nothing to hold on to, or no room', () => {
  const flat = { ...spots(0, 0, false), data: new Uint8Array(7200).fill(90) };
  expect(patchMotion(flat, flat, 45, 35, 9)).toBeUndefined();
  expect(patchMotion(spots(0, 0, false), spots(0, 0, false), 3, 35, 9)).toBeUndefined();
});

it('compares trembling over the same places', () => {
  const steady = [
    [[1, 0], undefined],
    [
      [1, 0],
      [0, 0],
    ],
    [
      [1, 0],
      [0, 0],
    ],
  ] as const;
  const shaking = [
    [
      [1, 0],
      [5, 5],
    ],
    [
      [2, 0],
      [0, 1],
    ],
    [
      [1, 0],
      [0, -1],
    ],
  ] as const;
  expect(patchTrembling([steady, shaking])).toEqual([0, Math.sqrt(1 + 1 + 4)]);
});
