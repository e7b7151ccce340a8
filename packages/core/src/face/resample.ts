import type { RgbaImage } from '../image.ts';
import type { FaceRegion } from './face-region.ts';

/**
 * Draws a square region of the picture into `out`, whose sides are equal. The kernel is Catmull–Rom when the region is
 * enlarged and Lanczos-3, widened by the reduction, when it is reduced (up to 2×). Edge pixels go on beyond the picture.
 */
export function resampleAffine(image: RgbaImage, region: FaceRegion, out: RgbaImage): void {
  if (region.rotation === 0) resampleUpright(image, region, out);
  else resampleTurned(image, region, out);
}

/** For one axis: the first source pixel and the weights of each output pixel. */
interface AxisTaps {
  readonly taps: number;
  /** `[size]` */
  readonly start: Int32Array;
  /** `[size × taps]`, each row sums to 1. */
  readonly weights: Float32Array;
}

function axisTaps(center: number, step: number, size: number): AxisTaps {
  const radius = step > 1 ? 3 * step : 2;
  const taps = Math.ceil(2 * radius);
  const start = new Int32Array(size);
  const weights = new Float32Array(size * taps);
  for (let i = 0; i < size; i++) {
    const place = center + (i + 0.5 - size / 2) * step - 0.5;
    start[i] = Math.floor(place - radius) + 1;
    let sum = 0;
    for (let t = 0; t < taps; t++) {
      const distance = start[i]! + t - place;
      const weight = step > 1 ? lanczos3(distance / step) : catmullRom(distance);
      weights[i * taps + t] = weight;
      sum += weight;
    }
    for (let t = 0; t < taps; t++) weights[i * taps + t]! /= sum;
  }
  return { taps, start, weights };
}

function resampleUpright(image: RgbaImage, region: FaceRegion, out: RgbaImage): void {
  const size = out.width;
  const step = region.size / size;
  const horizontal = axisTaps(region.centerX, step, size);
  const vertical = axisTaps(region.centerY, step, size);
  const firstRow = vertical.start[0]!;
  const rowCount = vertical.start[size - 1]! + vertical.taps - firstRow;
  const rows = new Float32Array(rowCount * size * 3);
  for (let r = 0; r < rowCount; r++) {
    const y = Math.max(0, Math.min(image.height - 1, firstRow + r));
    if (r > 0 && y === Math.max(0, Math.min(image.height - 1, firstRow + r - 1))) {
      rows.copyWithin(r * size * 3, (r - 1) * size * 3, r * size * 3);
    } else {
      resampleRow(image, y, horizontal, rows, r * size * 3, size);
    }
  }
  const { taps, start, weights } = vertical;
  for (let y = 0; y < size; y++) {
    const base = (start[y]! - firstRow) * size * 3;
    for (let x = 0; x < size; x++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let t = 0; t < taps; t++) {
        const weight = weights[y * taps + t]!;
        const at = base + (t * size + x) * 3;
        red += weight * rows[at]!;
        green += weight * rows[at + 1]!;
        blue += weight * rows[at + 2]!;
      }
      writePixel(out.data, (y * size + x) * 4, red, green, blue);
    }
  }
}

function resampleRow(image: RgbaImage, y: number, axis: AxisTaps, rows: Float32Array, offset: number, size: number) {
  const { taps, start, weights } = axis;
  const { width, data } = image;
  for (let x = 0; x < size; x++) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let t = 0; t < taps; t++) {
      const column = start[x]! + t;
      const at = (y * width + (column < 0 ? 0 : column >= width ? width - 1 : column)) * 4;
      const weight = weights[x * taps + t]!;
      red += weight * data[at]!;
      green += weight * data[at + 1]!;
      blue += weight * data[at + 2]!;
    }
    rows[offset + x * 3] = red;
    rows[offset + x * 3 + 1] = green;
    rows[offset + x * 3 + 2] = blue;
  }
}

/** Turned regions: the mean of n × n Catmull–Rom samples per pixel. */
function resampleTurned(image: RgbaImage, region: FaceRegion, out: RgbaImage): void {
  const size = out.width;
  const step = region.size / size;
  const n = step > 1 ? 2 : 1;
  const cos = Math.cos(region.rotation);
  const sin = Math.sin(region.rotation);
  const rgb = new Float64Array(3);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      rgb.fill(0);
      for (let k = 0; k < n * n; k++) {
        const u = (column + ((k % n) + 0.5) / n - size / 2) * step;
        const v = (row + (Math.floor(k / n) + 0.5) / n - size / 2) * step;
        const x = region.centerX + cos * u - sin * v - 0.5;
        const y = region.centerY + sin * u + cos * v - 0.5;
        addBicubic(image, x, y, rgb);
      }
      writePixel(out.data, (row * size + column) * 4, rgb[0]! / (n * n), rgb[1]! / (n * n), rgb[2]! / (n * n));
    }
  }
}

function addBicubic(image: RgbaImage, x: number, y: number, rgb: Float64Array): void {
  const { width, height, data } = image;
  const x0 = Math.floor(x) - 1;
  const y0 = Math.floor(y) - 1;
  for (let j = 0; j < 4; j++) {
    const wy = catmullRom(y0 + j - y);
    const row = Math.max(0, Math.min(height - 1, y0 + j)) * width;
    for (let i = 0; i < 4; i++) {
      const weight = wy * catmullRom(x0 + i - x);
      const at = (row + Math.max(0, Math.min(width - 1, x0 + i))) * 4;
      rgb[0]! += weight * data[at]!;
      rgb[1]! += weight * data[at + 1]!;
      rgb[2]! += weight * data[at + 2]!;
    }
  }
}

function writePixel(data: Uint8ClampedArray, at: number, red: number, green: number, blue: number): void {
  data[at] = red;
  data[at + 1] = green;
  data[at + 2] = blue;
  data[at + 3] = 255;
}

/** Cubic convolution with a = −1/2. */
function catmullRom(distance: number): number {
  const d = Math.abs(distance);
  if (d >= 2) return 0;
  return d < 1 ? 1 + d * d * (1.5 * d - 2.5) : 2 + d * (-4 + d * (2.5 - 0.5 * d));
}

/** sinc(d) · sinc(d / 3) for |d| < 3. */
function lanczos3(distance: number): number {
  if (distance === 0) return 1;
  const d = Math.abs(distance);
  if (d >= 3) return 0;
  const angle = Math.PI * d;
  return (3 * Math.sin(angle) * Math.sin(angle / 3)) / (angle * angle);
}
