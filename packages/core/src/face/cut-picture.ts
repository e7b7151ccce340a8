import { isI420, type Picture, type RgbaImage } from '../image.ts';
import type { FaceRegion } from './face-region.ts';
import { cutI420, cutI420Half, type PictureRect } from './i420.ts';

/** A part of a picture as RGBA, new memory. @param rect inside the picture; even numbers for planar ones. */
export function cutPicture(picture: Picture, rect: PictureRect): RgbaImage {
  if (isI420(picture)) return cutI420(picture, rect);
  const { left, top, width, height } = rect;
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * picture.width + left) * 4;
    data.set(picture.data.subarray(from, from + width * 4), y * width * 4);
  }
  return { width, height, data };
}

/** The whole picture as RGBA: itself where it is. */
export function toRgba(picture: Picture): RgbaImage {
  return isI420(picture) ? cutI420(picture, wholeOf(picture)) : picture;
}

/** Half the picture as RGBA where that is cheaper than halving it afterwards: planar ones hold their colours so. */
export function cutHalf(picture: Picture, rect: PictureRect): RgbaImage | undefined {
  return isI420(picture) ? cutI420Half(picture, rect) : undefined;
}

/** All of it. */
export function wholeOf({ width, height }: Picture): PictureRect {
  return { left: 0, top: 0, width, height };
}

/**
 * The part of a picture that a region, turned or not, may reach with `room` around it. Left and top are multiples of
 * `grid`, right and bottom too unless the picture ends there.
 * @param room pixels. @param grid a power of two.
 */
export function rectAround(picture: Picture, region: FaceRegion, room: number, grid: number): PictureRect {
  const { centerX, centerY, size, rotation } = region;
  const reach = (size / 2) * (Math.abs(Math.cos(rotation)) + Math.abs(Math.sin(rotation))) + room;
  const low = (center: number, length: number) =>
    clamp(Math.floor((center - reach) / grid) * grid, Math.floor((length - 1) / grid) * grid);
  const high = (center: number, length: number, from: number) =>
    Math.max(Math.min(from + grid, length), clamp(Math.ceil((center + reach) / grid) * grid, length));
  const left = low(centerX, picture.width);
  const top = low(centerY, picture.height);
  return {
    left,
    top,
    width: high(centerX, picture.width, left) - left,
    height: high(centerY, picture.height, top) - top,
  };
}

function clamp(x: number, high: number): number {
  return Math.max(0, Math.min(high, x));
}
