import type { RgbaImage } from '../image.ts';
import type { FaceRegion } from './face-region.ts';
import { halveImage } from './halve-image.ts';
import { resampleAffine } from './resample.ts';

/** Side of the usual crop, pixels. */
export const CROP_SIZE = 512;
/** Side of the crop of a picture that has more detail. */
export const LARGE_CROP_SIZE = 1024;
/** From this side on, the region has detail that the usual crop would lose. */
const LARGE_REGION = 768;
/** Blur beyond the picture grows with the distance from its edge: pixels of the crop per doubling. */
const BLUR_DISTANCE = 2;

/** The side of the crop that keeps a region's detail: 512 or 1024. */
export function cropSizeFor(region: FaceRegion): number {
  return region.size >= LARGE_REGION ? LARGE_CROP_SIZE : CROP_SIZE;
}

/**
 * Draws a region of the picture as a square crop: Lanczos when it is reduced, Catmull–Rom when it is enlarged. Beyond the
 * picture the edge pixels go on, more blurred the further away.
 * @param size side of the crop, pixels. @returns new memory, opaque.
 */
export function cropImage(image: RgbaImage, region: FaceRegion, size: number): RgbaImage {
  let source = image;
  let scaled = region;
  while (scaled.size / size >= 2) {
    source = halveImage(source);
    const { centerX, centerY, rotation } = scaled;
    scaled = { centerX: centerX / 2, centerY: centerY / 2, size: scaled.size / 2, rotation };
  }
  const crop: RgbaImage = { width: size, height: size, data: new Uint8ClampedArray(size * size * 4) };
  resampleAffine(source, scaled, crop);
  blurOutside(crop, image, region);
  return crop;
}

function blurOutside(crop: RgbaImage, image: RgbaImage, region: FaceRegion): void {
  const size = crop.width;
  const step = region.size / size;
  const cos = Math.cos(region.rotation) * step;
  const sin = Math.sin(region.rotation) * step;
  let levels: RgbaImage[] | undefined;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const u = column + 0.5 - size / 2;
      const v = row + 0.5 - size / 2;
      const x = region.centerX + cos * u - sin * v;
      const y = region.centerY + sin * u + cos * v;
      const beyondX = Math.max(-x, x - image.width, 0);
      const beyondY = Math.max(-y, y - image.height, 0);
      if (beyondX === 0 && beyondY === 0) continue;
      levels ??= pyramidOf(crop);
      const distance = Math.hypot(beyondX, beyondY) / step;
      writeBlurred(levels, Math.log2(1 + distance / BLUR_DISTANCE), column, row, crop);
    }
  }
}

function pyramidOf(crop: RgbaImage): RgbaImage[] {
  const levels: RgbaImage[] = [{ ...crop, data: crop.data.slice() }];
  while (levels.at(-1)!.width > 8) levels.push(halveImage(levels.at(-1)!));
  return levels;
}

/** Writes one pixel from between two levels of the pyramid. */
function writeBlurred(levels: readonly RgbaImage[], level: number, column: number, row: number, out: RgbaImage): void {
  const upper = Math.min(Math.floor(level), levels.length - 2);
  const mix = Math.min(level - upper, 1);
  const at = (row * out.width + column) * 4;
  for (let k = 0; k < 3; k++) {
    const sharp = bilinear(levels[upper]!, upper, column, row, k);
    const soft = bilinear(levels[upper + 1]!, upper + 1, column, row, k);
    out.data[at + k] = sharp + mix * (soft - sharp);
  }
}

function bilinear(image: RgbaImage, level: number, column: number, row: number, channel: number): number {
  const scale = 2 ** -level;
  const x = Math.max(0, Math.min(image.width - 1, (column + 0.5) * scale - 0.5));
  const y = Math.max(0, Math.min(image.height - 1, (row + 0.5) * scale - 0.5));
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const { width, height, data } = image;
  const a = (y0 * width + x0) * 4 + channel;
  const right = x0 + 1 < width ? 4 : 0;
  const down = y0 + 1 < height ? width * 4 : 0;
  const top = data[a]! + (x - x0) * (data[a + right]! - data[a]!);
  const bottom = data[a + down]! + (x - x0) * (data[a + down + right]! - data[a + down]!);
  return top + (y - y0) * (bottom - top);
}
