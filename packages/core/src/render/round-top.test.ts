import { expect, test } from 'vitest';
import { TEXTURE_MARGIN, TEXTURE_SIZE } from './photo-texture.ts';
import { FRAME_SIZE } from './renderer.ts';
import { roundTop } from './round-top.ts';

test('hair cut by the upper border ends in a crown, and the photo below stays', () => {
  const alpha = new Uint8Array(FRAME_SIZE * FRAME_SIZE);
  for (let x = 200; x < 300; x++) alpha[x] = 255;
  const texture = new Int32Array(TEXTURE_SIZE * TEXTURE_SIZE).fill(-1);
  roundTop(texture, alpha);
  const alphaAt = (x: number, above: number) =>
    texture[2 * (TEXTURE_MARGIN - above) * TEXTURE_SIZE + 2 * (x + TEXTURE_MARGIN)]! >>> 24;
  expect([alphaAt(250, 1), alphaAt(250, 15), alphaAt(250, 22)]).toEqual([255, 255, 0]);
  // Narrower the higher: 50 · √(1 − (15 / 20)²) = 33 pixels to each side.
  expect([alphaAt(220, 15), alphaAt(214, 15)]).toEqual([255, 0]);
  expect([alphaAt(100, 15), alphaAt(100, -10)]).toEqual([0, 255]);
});
