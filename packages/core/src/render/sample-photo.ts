import type { RgbaImage } from '../image.ts';
import type { Rgb } from './photo-tone.ts';

/** Bilinear sample of a picture, 0–255; outside the nearest pixel of its border. @param x pixels, 0.5 the middle of the first. */
export function samplePhoto(photo: RgbaImage, x: number, y: number): Rgb {
  const sx = Math.min(photo.width - 1.001, Math.max(0, x - 0.5));
  const sy = Math.min(photo.height - 1.001, Math.max(0, y - 0.5));
  const p = (Math.floor(sy) * photo.width + Math.floor(sx)) * 4;
  const [fx, fy] = [sx % 1, sy % 1];
  const at = (c: number): number => {
    const upper = photo.data[p + c]! * (1 - fx) + photo.data[p + 4 + c]! * fx;
    const row = p + photo.width * 4;
    return upper * (1 - fy) + (photo.data[row + c]! * (1 - fx) + photo.data[row + 4 + c]! * fx) * fy;
  };
  return [at(0), at(1), at(2)];
}
