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
  const { width, height, data } = image;
  const isBlackOutside = options.border === 'black';
  const step = region.size / size;
  const n = options.samples ?? Math.max(1, Math.round(step));
  const cos = Math.cos(region.rotation);
  const sin = Math.sin(region.rotation);
  const [low, high] = options.range;
  const gain = (high - low) / (255 * n * n);
  const plane = size * size;
  const right = width - 1;
  const bottom = height - 1;
  // Shares of the sampling places that hang on the column alone, worked out once.
  const columns = size * n;
  const alongX = new Float64Array(columns);
  const alongY = new Float64Array(columns);
  for (let i = 0; i < columns; i++) {
    const u = (Math.floor(i / n) + ((i % n) + 0.5) / n) * step - region.size / 2;
    alongX[i] = region.centerX + cos * u;
    alongY[i] = region.centerY + sin * u;
  }
  for (let at = 0, row = 0; row < size; row++) {
    for (let first = 0; first < columns; first += n, at++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let j = 0; j < n; j++) {
        const v = (row + (j + 0.5) / n) * step - region.size / 2;
        const acrossX = sin * v + 0.5; // Pixel centres are whole numbers from here on.
        const acrossY = cos * v - 0.5;
        for (let i = first; i < first + n; i++) {
          let x = alongX[i]! - acrossX;
          let y = alongY[i]! + acrossY;
          if (!(x >= 0 && y >= 0 && x < right && y < bottom)) {
            if (isBlackOutside && (x < -0.5 || y < -0.5 || x > right + 0.5 || y > bottom + 0.5)) continue;
            x = Math.max(0, Math.min(right, x));
            y = Math.max(0, Math.min(bottom, y));
          }
          const x0 = x | 0;
          const y0 = y | 0;
          const fx = x - x0;
          const fy = y - y0;
          const a = (y0 * width + x0) * 4;
          const b = x0 < right ? a + 4 : a;
          const down = y0 < bottom ? width * 4 : 0;
          const c = a + down;
          const d = b + down;
          const wd = fx * fy;
          const wb = fx - wd;
          const wc = fy - wd;
          const wa = 1 - fx - wc;
          red += wa * data[a]! + wb * data[b]! + wc * data[c]! + wd * data[d]!;
          green += wa * data[a + 1]! + wb * data[b + 1]! + wc * data[c + 1]! + wd * data[d + 1]!;
          blue += wa * data[a + 2]! + wb * data[b + 2]! + wc * data[c + 2]! + wd * data[d + 2]!;
        }
      }
      out[at] = low + gain * red;
      out[plane + at] = low + gain * green;
      out[2 * plane + at] = low + gain * blue;
    }
  }
}
