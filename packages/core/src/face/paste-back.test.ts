import { describe, expect, it } from 'vitest';
import type { RgbaImage } from '../image.ts';
import { cropImage } from './crop-image.ts';
import { createPasteBack } from './paste-back.ts';
import { pictureToCrop } from './region-transform.ts';

const PICTURE = texture(700, 500);
const REGIONS = [
  { centerX: 340, centerY: 260, size: 300, rotation: 0 },
  { centerX: 620, centerY: 80, size: 400, rotation: 0.6 },
  { centerX: 300, centerY: 250, size: 900, rotation: 0 },
];

describe('paste back', () => {
  it('leaves the picture exactly as it is when nothing moves', () => {
    for (const region of REGIONS) {
      const crop = cropImage(PICTURE, region, 512);
      const out = PICTURE.data.slice();
      createPasteBack(PICTURE, crop, region).paste(crop.data, out);
      expect(out.findIndex((value, i) => value !== PICTURE.data[i])).toBe(-1);
    }
  });

  it('shows the frame inside and changes nothing outside', () => {
    for (const region of REGIONS) {
      const crop = cropImage(PICTURE, region, 512);
      const frame = new Uint8ClampedArray(crop.data.length).fill(255);
      const out = PICTURE.data.slice();
      createPasteBack(PICTURE, crop, region).paste(frame, out);
      let inside = 0;
      let wrong = 0;
      const place = new Float32Array(3);
      for (let i = 0; i < 700 * 500; i++) {
        place.set([(i % 700) + 0.5, Math.floor(i / 700) + 0.5]);
        pictureToCrop(place, region, 512, place);
        const depth = Math.min(place[0]!, place[1]!, 512 - place[0]!, 512 - place[1]!);
        if (depth <= 0 && out[i * 4] !== PICTURE.data[i * 4]) wrong++;
        if (depth <= 0.09 * 512) continue;
        inside++;
        if (out[i * 4] !== 255) wrong++;
      }
      expect(wrong).toBe(0);
      expect(inside).toBeGreaterThan(10_000);
    }
  });
});

/** Smooth enough that every pixel differs from white by more than the threshold of movement. */
function texture(width: number, height: number): RgbaImage {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    data.set([100 + 60 * Math.sin(x / 7), 100 + 60 * Math.cos(y / 5), (x * y) % 200, 255], i * 4);
  }
  return { width, height, data };
}
