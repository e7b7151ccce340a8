import { expect, it } from 'vitest';
import { halveImage } from './halve-image.ts';

it('gives the rounded mean of four pixels, also at odd borders and odd addresses', () => {
  const [width, height] = [7, 5];
  const memory = new Uint8ClampedArray(width * height * 4 + 1).map((_, i) => (i * 73) % 256);
  const data = memory.subarray(1);
  const half = halveImage({ width, height, data });
  expect([half.width, half.height]).toEqual([4, 3]);
  const at = (x: number, y: number, k: number) =>
    data[(Math.min(y, height - 1) * width + Math.min(x, width - 1)) * 4 + k]!;
  for (let i = 0; i < 4 * 3 * 4; i++) {
    const [k, x, y] = [i % 4, 2 * (Math.floor(i / 4) % 4), 2 * Math.floor(i / 16)];
    const sum = at(x, y, k) + at(x + 1, y, k) + at(x, y + 1, k) + at(x + 1, y + 1, k);
    expect(half.data[i]).toBe(Math.floor((sum + 2) / 4));
  }
});
