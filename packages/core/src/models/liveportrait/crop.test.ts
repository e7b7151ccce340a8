import { describe, expect, it } from 'vitest';
import { fill } from '../../../test/helpers/formula.ts';
import { maxDifference } from '../../../test/helpers/run-network.ts';
import type { RgbaImage } from '../../image.ts';
import {
  averageRegion,
  drawCrop,
  planesToImage,
  portraitRegion,
  portraitTensor,
  SOURCE_REGION,
  sourceSize,
} from './crop.ts';
import { pastePortrait } from './paste-portrait.ts';

/** 203 landmarks on a face 100 wide and 120 high around (300, 200), tilted by `angle`. */
function face(angle: number): Float32Array {
  const points = new Float32Array(203 * 2);
  const spread = fill('test/landmarks', [203, 2], -1, 1);
  const place = (index: number, x: number, y: number) => {
    points[index * 2] = 300 + Math.cos(angle) * x - Math.sin(angle) * y;
    points[index * 2 + 1] = 200 + Math.sin(angle) * x + Math.cos(angle) * y;
  };
  for (let i = 0; i < 203; i++) place(i, spread[i * 2]! * 40, spread[i * 2 + 1]! * 50);
  for (const i of [0, 6, 12, 18]) place(i, -25, -20);
  for (const i of [24, 30, 36, 42]) place(i, 25, -20);
  for (const i of [48, 66]) place(i, 0, 30);
  place(100, -50, 0);
  place(101, 50, 0);
  place(102, 0, -60);
  place(103, 0, 60);
  return points;
}

const picture: RgbaImage = {
  width: 640,
  height: 480,
  data: Uint8ClampedArray.from({ length: 640 * 480 * 4 }, (_, i) => {
    const x = (i >> 2) % 640;
    const y = Math.floor((i >> 2) / 640);
    return [128 + 100 * Math.sin(x / 30), 128 + 100 * Math.cos(y / 25), (x + y) / 5, 255][i & 3]!;
  }),
};

describe('portraitRegion', () => {
  it('squares the larger extent, scales it and moves it towards the hair', () => {
    const { centerX, centerY, size, rotation } = portraitRegion(face(0));
    expect(size).toBeCloseTo(2.3 * 120, 3);
    expect([centerX, rotation]).toEqual([expect.closeTo(300, 3), expect.closeTo(0, 6)]);
    expect(centerY).toBeCloseTo(200 - 0.125 * 2.3 * 120, 3);
  });

  it('turns with the face, and only when it is to set it upright', () => {
    for (const angle of [0.4, -0.7]) {
      const { rotation, size, centerX, centerY } = portraitRegion(face(angle));
      expect(rotation).toBeCloseTo(angle, 4);
      expect(size).toBeCloseTo(276, 2);
      expect(centerX).toBeCloseTo(300 + Math.sin(angle) * 34.5, 2);
      expect(centerY).toBeCloseTo(200 - Math.cos(angle) * 34.5, 2);
      expect(portraitRegion(face(angle), { ...SOURCE_REGION, upright: false }).rotation).toBe(0);
    }
  });

  it('refuses other landmarks, and averages boxes', () => {
    expect(() => portraitRegion(new Float32Array(136))).toThrow(/106 or 203 landmarks, got 68/);
    const one = { centerX: 1, centerY: 2, size: 3, rotation: 0.5 };
    expect(averageRegion([one, { ...one, centerX: 3, size: 5 }])).toEqual({
      centerX: 2,
      centerY: 2,
      size: 4,
      rotation: 0,
    });
  });
});

describe('crop and paste-back', () => {
  const region = { centerX: 300, centerY: 220, size: 300, rotation: 0.3 };

  it('draws the pixels themselves where crop and picture coincide', () => {
    const crop = drawCrop(picture, { centerX: 256, centerY: 256, size: 512, rotation: 0 });
    expect([...crop.data.subarray(0, 12)]).toEqual([...picture.data.subarray(0, 12)]);
    expect(crop.data[(500 * 512 + 100) * 4]).toBe(0); // below the picture
  });

  it('gives the picture back when the crop is pasted as it was', () => {
    const out = picture.data.slice();
    pastePortrait(drawCrop(picture, region), picture, region, out);
    expect(maxDifference(out, picture.data)).toBeLessThanOrEqual(6); // twice interpolated
    expect(out).not.toEqual(picture.data);
  });

  it('writes inside the mask alone, fading at its edge', () => {
    const white: RgbaImage = { width: 512, height: 512, data: new Uint8ClampedArray(512 * 512 * 4).fill(255) };
    const upright = { centerX: 300, centerY: 240, size: 256, rotation: 0 };
    const out = picture.data.slice();
    pastePortrait(white, picture, upright, out);
    const at = (x: number) => out[(240 * 640 + x) * 4 + 2]!;
    const before = (x: number) => picture.data[(240 * 640 + x) * 4 + 2]!;
    expect(at(171)).toBe(before(171));
    expect(at(181)).toBe(255);
    const middle = (at(176) - before(176)) / (255 - before(176)); // 8 of 16 pixels inside
    expect(middle).toBeCloseTo(0.5, 1);
  });
});

describe('tensors', () => {
  it('halves by means of four pixels and keeps RGB order', () => {
    const crop: RgbaImage = { width: 512, height: 512, data: new Uint8ClampedArray(512 * 512 * 4) };
    crop.data.set([10, 20, 30, 255, 20, 30, 40, 255]);
    crop.data.set([30, 40, 50, 255, 41, 50, 60, 255], 512 * 4);
    const planes = portraitTensor(crop);
    expect([0, 65536, 131072].map((i) => Math.round(planes[i]! * 255))).toEqual([25, 35, 45]);
    const { data } = planesToImage(Float32Array.of(0.5, 0.999, 1.2), 1);
    expect([...data]).toEqual([127, 254, 255, 255]);
  });

  it('limits pictures to 1280 with even sides', () => {
    expect(sourceSize(2561, 1281)).toEqual({ width: 1280, height: 640 });
    expect(sourceSize(1283, 2000)).toEqual({ width: 820, height: 1280 }); // 821.12 is cut, then made even
    expect(sourceSize(401, 303)).toEqual({ width: 400, height: 302 });
  });
});
