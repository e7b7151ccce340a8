/** Crop and paste-back against the bytes that OpenCV gives (test/golden/opencv-warp.json). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fnv1a, uniform } from '../../../test/helpers/formula.ts';
import { maxDifference } from '../../../test/helpers/run-network.ts';
import type { RgbaImage } from '../../image.ts';
import { cropMatrix, drawCrop, portraitTensor } from './crop.ts';
import { pastePortrait } from './paste-portrait.ts';

interface Expected {
  readonly sum: number;
  readonly samples: readonly number[];
}
const { cases } = JSON.parse(
  readFileSync(new URL('../../../test/golden/opencv-warp.json', import.meta.url), 'utf8'),
) as {
  cases: readonly (Record<'crop' | 'small' | 'pasted', Expected> & {
    readonly region: readonly [number, number, number, number];
    readonly matrix: readonly number[];
  })[];
};

function formulaPicture(name: string, width: number, height: number): RgbaImage {
  const hash = fnv1a(name);
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height * 3; i++) {
    data[Math.floor(i / 3) * 4 + (i % 3)] = Math.floor(256 * uniform(hash, i));
  }
  return { width, height, data };
}
const picture = formulaPicture('test/warp_picture', 120, 90);
const drawn = formulaPicture('test/warp_drawn', 512, 512);
const withoutAlpha = (data: Uint8ClampedArray) => data.filter((_, i) => i % 4 !== 3);

function expectBytes(data: ArrayLike<number>, { sum, samples }: Expected): void {
  const listed = samples.map((_, k) => data[Math.floor((k * data.length) / samples.length)]!);
  expect(listed).toEqual(samples);
  expect(Array.from(data).reduce((a, b) => a + b, 0)).toBe(sum);
}

describe.each(cases)('region $region', ({ region, matrix, crop, small, pasted }) => {
  const [centerX, centerY, size, rotation] = region;
  const place = { centerX, centerY, size, rotation };

  it('is cropped to the byte', () => {
    expect(maxDifference(cropMatrix(place), matrix)).toBeLessThan(1e-4);
    const cut = drawCrop(picture, place);
    expectBytes(withoutAlpha(cut.data), crop);
    const planes = portraitTensor(cut);
    const plane = planes.length / 3;
    expectBytes(
      Array.from(planes, (_, i) => Math.round(planes[(i % 3) * plane + Math.floor(i / 3)]! * 255)),
      small,
    );
  });

  it('is pasted back to the byte', () => {
    const out = picture.data.slice();
    pastePortrait(drawn, picture, place, out);
    expectBytes(withoutAlpha(out), pasted);
  });
});
