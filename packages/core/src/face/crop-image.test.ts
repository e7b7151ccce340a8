import { describe, expect, it } from 'vitest';
import type { RgbaImage } from '../image.ts';
import { cropImage, cropSizeFor } from './crop-image.ts';
import { cropToPicture, pictureToCrop } from './region-transform.ts';

const REGION = { centerX: 210.5, centerY: 180, size: 260, rotation: 0 };

describe('crop transform', () => {
  it('comes back to where it began', () => {
    const region = { ...REGION, rotation: 0.7 };
    const points = Float32Array.from({ length: 30 }, (_, i) => (i * 37) % 400);
    const crop = new Float32Array(30);
    const back = new Float32Array(30);
    pictureToCrop(points, region, 512, crop);
    cropToPicture(crop, region, 512, back);
    for (let i = 0; i < 30; i++) expect(back[i]).toBeCloseTo(points[i]!, 3);
  });

  it('agrees with the pixels of the crop', () => {
    const image = draw(420, 380, (x, y) => (Math.hypot(x - 230, y - 150) < 6 ? 255 : 30));
    for (const rotation of [0, 0.6]) {
      const region = { ...REGION, rotation };
      const place = Float32Array.of(230.5, 150.5, 0);
      pictureToCrop(place, region, 512, place);
      const [x, y] = centreOfMass(cropImage(image, region, 512));
      expect(x).toBeCloseTo(place[0]!, 0);
      expect(y).toBeCloseTo(place[1]!, 0);
    }
  });
});

describe('cropImage', () => {
  it('copies exactly when pixel falls on pixel', () => {
    const image = draw(300, 300, (x, y) => (x * 31 + y * 17) % 256);
    const crop = cropImage(image, { centerX: 150, centerY: 140, size: 128, rotation: 0 }, 128);
    for (let y = 0; y < 128; y++) {
      const row = image.data.subarray(((y + 76) * 300 + 86) * 4, ((y + 76) * 300 + 86 + 128) * 4);
      expect(crop.data.subarray(y * 512, (y + 1) * 512)).toEqual(row);
    }
  });

  it('keeps a gradient when enlarging and reducing', () => {
    const image = draw(900, 900, (x, y) => (x + y) / 8);
    for (const size of [97, 400, 700]) {
      const crop = cropImage(image, { centerX: 450, centerY: 450, size: 600, rotation: 0 }, size);
      const step = 600 / size;
      for (const [x, y] of [
        [5, 9],
        [size >> 1, size >> 2],
        [size - 9, size - 4],
      ] as const) {
        const expected = (150 + (x + 0.5) * step - 0.5 + 150 + (y + 0.5) * step - 0.5) / 8;
        expect(Math.abs(crop.data[(y * size + x) * 4]! - expected)).toBeLessThan(1.2);
      }
    }
  });

  it('does not alias: fine stripes become grey', () => {
    const image = draw(1200, 1200, (x) => (x % 2 === 0 ? 0 : 255));
    for (const rotation of [0, 0.8]) {
      const crop = cropImage(image, { centerX: 600, centerY: 600, size: 800, rotation }, 200);
      const middle = crop.data.filter((_, i) => i % 4 === 0);
      expect(Math.max(...middle) - Math.min(...middle)).toBeLessThan(12);
    }
  });

  it('goes on beyond the picture, opaque and ever smoother', () => {
    const image = draw(200, 200, (x, y) => (((x >> 2) + (y >> 2)) % 2 === 0 ? 40 : 200));
    const crop = cropImage(image, { centerX: 100, centerY: 60, size: 400, rotation: 0 }, 256);
    expect(crop.data.every((value, i) => i % 4 !== 3 || value === 255)).toBe(true);
    const contrast = (row: number) => {
      const values = Array.from({ length: 100 }, (_, x) => crop.data[(row * 256 + 78 + x) * 4]!);
      return Math.max(...values) - Math.min(...values);
    };
    expect(contrast(132)).toBeGreaterThan(120);
    expect(contrast(40)).toBeLessThan(60);
  });

  it('keeps the detail of large faces', () => {
    expect(cropSizeFor(REGION)).toBe(512);
    expect(cropSizeFor({ ...REGION, size: 1500 })).toBe(1024);
  });
});

function draw(width: number, height: number, value: (x: number, y: number) => number): RgbaImage {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const v = value(i % width, Math.floor(i / width));
    data.set([v, v, v, 255], i * 4);
  }
  return { width, height, data };
}

function centreOfMass(image: RgbaImage): [number, number] {
  let [sum, sumX, sumY] = [0, 0, 0];
  for (let i = 0; i < image.width * image.height; i++) {
    const weight = Math.max(0, image.data[i * 4]! - 60);
    sum += weight;
    sumX += weight * ((i % image.width) + 0.5);
    sumY += weight * (Math.floor(i / image.width) + 0.5);
  }
  return [sumX / sum, sumY / sum];
}
