import { createPersonSegmenter, cropImage, type FaceRegion, type PersonSegmenter, type RgbaImage } from '@pctalk/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadMatteModel } from '../src/face-models.ts';
import { decodeImage } from '../src/image.ts';
import { createNodeRuntime } from '../src/onnx-runtime.ts';
import { sampleFiles } from '../src/sample.ts';

let segmenter: PersonSegmenter;
let portrait: RgbaImage;
beforeAll(async () => {
  segmenter = await createPersonSegmenter(createNodeRuntime(), await loadMatteModel());
  portrait = await decodeImage(sampleFiles().source);
});
afterAll(() => segmenter.dispose());

/** The square in the middle of a picture. */
function middleOf({ width, height }: RgbaImage): FaceRegion {
  return { centerX: width / 2, centerY: height / 2, size: Math.min(width, height), rotation: 0 };
}

/** The sample's person by its own matte, hardened to a cut-out, over a grid of lines. */
function cutOut(crop: RgbaImage, alpha: Uint8Array, period: number): RgbaImage {
  const data = crop.data.slice();
  for (let i = 0; i < alpha.length; i++) {
    if (alpha[i]! >= 128) continue;
    const [x, y] = [i % crop.width, Math.floor(i / crop.width)];
    const value = x % period < 2 || y % period < 2 ? 40 : 205;
    data.set([value, value, 0.9 * value], i * 4);
  }
  return { ...crop, data };
}

it.each([16, 48])('finds a cut-out of known alpha over a grid of %i pixels', async (period) => {
  const region = middleOf(portrait);
  const crop = cropImage(portrait, region, 512);
  const truth = (await segmenter.segment(portrait, region, crop)).alpha;
  const picture = cutOut(crop, truth, period);
  const { alpha } = await segmenter.segment(picture, middleOf(picture), picture);
  let [missed, added, person] = [0, 0, 0];
  for (let i = 0; i < truth.length; i++) {
    if (truth[i]! >= 128) person++;
    if (truth[i]! >= 128 && alpha[i]! < 128) missed++;
    if (truth[i]! < 128 && alpha[i]! >= 128) added++;
  }
  expect(person / truth.length).toBeGreaterThan(0.25);
  expect(person / truth.length).toBeLessThan(0.9);
  expect(missed / person).toBeLessThan(0.03);
  expect(added / person).toBeLessThan(0.04);
});

it('leaves out before another background what it is unsure of', async () => {
  const region = middleOf(portrait);
  const crop = cropImage(portrait, region, 512);
  const [kept, cut] = [
    await segmenter.segment(portrait, region, crop),
    await segmenter.segment(portrait, region, crop, 'cut'),
  ];
  const count = (alpha: Uint8Array) => alpha.reduce((sum, a) => sum + a / 255, 0);
  expect(count(cut.alpha)).toBeLessThan(count(kept.alpha));
  expect(count(cut.alpha)).toBeGreaterThan(0.85 * count(kept.alpha));
});
