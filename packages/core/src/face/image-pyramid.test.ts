import { expect, it } from 'vitest';
import type { I420Image, RgbaImage } from '../image.ts';
import { uniformAt } from '../math/random.ts';
import { cutPicture, rectAround, toRgba } from './cut-picture.ts';
import { ImagePyramid, QUICK_STEP } from './image-pyramid.ts';

const plane = 210 * 150;
const planar: I420Image = {
  format: 'i420',
  matrix: 'bt709',
  width: 210,
  height: 150,
  data: Uint8Array.from({ length: (plane * 3) / 2 }, (_, i) => (i < plane ? 80 + 60 * uniformAt(5, i) : 128)),
};
const picture: RgbaImage = toRgba(planar);
const input = { size: 32, border: 'replicate', range: [0, 255] } as const;

const regions = [
  { centerX: 90, centerY: 70, size: 40, rotation: 0.2 },
  { centerX: 90, centerY: 70, size: 110, rotation: -0.1 },
  { centerX: 190, centerY: 20, size: 120, rotation: 0.3 }, // beyond the picture
  { centerX: 300, centerY: -80, size: 30, rotation: 0 }, // outside it
];

for (const region of regions) {
  const name = `${region.size} pixels at ${region.centerX}`;
  it(`sees a part as it sees the whole: ${name}`, () => {
    const whole = new ImagePyramid(picture, { maxStep: QUICK_STEP }).sample(region, input);
    const part = new ImagePyramid(picture, { maxStep: QUICK_STEP, part: region }).sample(region, input);
    expect(part).toEqual(whole);
  });

  it(`sees a planar picture as it sees the same in RGBA: ${name}`, () => {
    const whole = new ImagePyramid(picture, { maxStep: QUICK_STEP }).sample(region, input);
    const part = new ImagePyramid(planar, { maxStep: QUICK_STEP, part: region }).sample(region, input);
    for (const [i, value] of part.entries()) expect(Math.abs(value - whole[i]!)).toBeLessThanOrEqual(1.5);
  });
}

it('cuts on the grid, and never outside the picture', () => {
  expect(rectAround(picture, regions[0]!, 8, 16)).toEqual({ left: 48, top: 32, width: 80, height: 80 });
  const corner = rectAround(picture, regions[2]!, 8, 16);
  expect([corner.left + corner.width, corner.top]).toEqual([210, 0]);
  const outside = rectAround(picture, regions[3]!, 8, 16);
  expect(cutPicture(picture, outside).data.length).toBeGreaterThan(0);
});
