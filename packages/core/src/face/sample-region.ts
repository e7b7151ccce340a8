import type { RgbaImage } from '../image.ts';
import type { FaceRegion } from './face-region.ts';

/** What lies beyond the picture: its edge pixels, or black. */
export type RegionBorder = 'replicate' | 'black';

/** Where the samples go. */
export interface RegionTensorOptions {
  /** Side of the tensor, pixels. */
  readonly size: number;
  readonly border: RegionBorder;
  /** Values of 0 and 255. */
  readonly range: readonly [number, number];
  /** Samples per tensor pixel and axis; chosen from the reduction when absent. */
  readonly samples?: number;
}

/**
 * Draws a region of the picture as a network input, averaging n × n bilinear samples per pixel when it is reduced.
 * @param out `[3, size, size]`, channels first, RGB.
 */
export function sampleRegion(
  image: RgbaImage,
  region: FaceRegion,
  options: RegionTensorOptions,
  out: Float32Array,
): void {
  const { size } = options;
  const step = region.size / size;
  const n = options.samples ?? Math.max(1, Math.round(step));
  const cos = Math.cos(region.rotation);
  const sin = Math.sin(region.rotation);
  const [low, high] = options.range;
  const gain = (high - low) / (255 * n * n);
  const plane = size * size;
  const rgb = new Float64Array(3);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      rgb.fill(0);
      for (let k = 0; k < n * n; k++) {
        const u = (column + ((k % n) + 0.5) / n) * step - region.size / 2;
        const v = (row + (Math.floor(k / n) + 0.5) / n) * step - region.size / 2;
        const x = region.centerX + cos * u - sin * v - 0.5;
        const y = region.centerY + sin * u + cos * v - 0.5;
        addBilinear(image, x, y, options.border === 'replicate', rgb);
      }
      const at = row * size + column;
      out[at] = low + gain * rgb[0]!;
      out[plane + at] = low + gain * rgb[1]!;
      out[2 * plane + at] = low + gain * rgb[2]!;
    }
  }
}

/** Adds the colour at a place (pixel centres are whole numbers) to `rgb`. */
function addBilinear(image: RgbaImage, x: number, y: number, replicate: boolean, rgb: Float64Array): void {
  const { width, height, data } = image;
  if (!replicate && (x < -0.5 || y < -0.5 || x > width - 0.5 || y > height - 0.5)) return;
  const cx = x < 0 ? 0 : Math.min(x, width - 1);
  const cy = y < 0 ? 0 : Math.min(y, height - 1);
  const x0 = Math.floor(cx);
  const y0 = Math.floor(cy);
  const fx = cx - x0;
  const fy = cy - y0;
  const a = (y0 * width + x0) * 4;
  const b = x0 + 1 < width ? a + 4 : a;
  const down = y0 + 1 < height ? width * 4 : 0;
  const wa = (1 - fx) * (1 - fy);
  const wb = fx * (1 - fy);
  const wc = (1 - fx) * fy;
  const wd = fx * fy;
  rgb[0]! += wa * data[a]! + wb * data[b]! + wc * data[a + down]! + wd * data[b + down]!;
  rgb[1]! += wa * data[a + 1]! + wb * data[b + 1]! + wc * data[a + down + 1]! + wd * data[b + down + 1]!;
  rgb[2]! += wa * data[a + 2]! + wb * data[b + 2]! + wc * data[a + down + 2]! + wd * data[b + down + 2]!;
}
