import { expect, it } from 'vitest';
import type { RgbaImage } from '../image.ts';
import { SceneCuts } from './scene-cuts.ts';

/** A checkered picture, shifted, of one brightness. */
function picture(shift: number, light: number): RgbaImage {
  const [width, height] = [160, 96];
  const data = new Uint8ClampedArray(width * height * 4);
  for (let p = 0; p < width * height; p++) {
    const x = (p % width) + shift;
    const y = Math.floor(p / width);
    data.fill(light + (((x >> 5) + (y >> 5)) & 1) * 60, p * 4, p * 4 + 4);
  }
  return { width, height, data };
}

it('finds a new scene, and neither motion nor a slow change of light', () => {
  const cuts = new SceneCuts();
  const found = Array.from({ length: 30 }, (_, f) => cuts.next(picture(f, f < 20 ? 40 + f : 190)));
  expect(found.flatMap((is, f) => (is ? [f] : []))).toEqual([20]);
});
