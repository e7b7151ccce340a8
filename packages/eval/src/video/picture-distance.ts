import type { RgbaImage } from '@pctalk/core';

/** Upright box of a picture in whole pixels; right and bottom are outside. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Squared error of two pictures, summed over R, G, B, in and out of a box. */
export interface SplitError {
  inside: number;
  outside: number;
  insideValues: number;
  outsideValues: number;
}

/** Adds the squared errors of a pair of pictures of one size. */
export function addSquaredError(a: RgbaImage, b: RgbaImage, box: Box, out: SplitError): void {
  const { width, height } = a;
  for (let y = 0; y < height; y++) {
    const inRows = y >= box.top && y < box.bottom;
    for (let x = 0; x < width; x++) {
      const p = (y * width + x) * 4;
      let error = 0;
      for (let c = 0; c < 3; c++) error += (a.data[p + c]! - b.data[p + c]!) ** 2;
      if (inRows && x >= box.left && x < box.right) {
        out.inside += error;
        out.insideValues += 3;
      } else {
        out.outside += error;
        out.outsideValues += 3;
      }
    }
  }
}

/** Peak signal to noise of 8-bit values, dB; infinite for equal pictures. */
export function psnr(squaredError: number, values: number): number {
  return squaredError === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10((255 * 255 * values) / squaredError);
}

const WINDOW = 8;
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

/**
 * Structural similarity of the luma inside a box: mean over 8 × 8 windows every 4 pixels.
 * @source Wang et al. 2004, eq. 13
 */
export function ssim(a: RgbaImage, b: RgbaImage, box: Box): number {
  let sum = 0;
  let windows = 0;
  for (let y = Math.max(0, box.top); y + WINDOW <= Math.min(a.height, box.bottom); y += 4) {
    for (let x = Math.max(0, box.left); x + WINDOW <= Math.min(a.width, box.right); x += 4) {
      sum += windowSsim(a, b, x, y);
      windows++;
    }
  }
  return windows === 0 ? Number.NaN : sum / windows;
}

function windowSsim(a: RgbaImage, b: RgbaImage, left: number, top: number): number {
  let [meanA, meanB, squareA, squareB, product] = [0, 0, 0, 0, 0];
  const n = WINDOW * WINDOW;
  for (let k = 0; k < n; k++) {
    const p = ((top + (k >> 3)) * a.width + left + (k & 7)) * 4;
    const u = lumaAt(a, p);
    const v = lumaAt(b, p);
    meanA += u / n;
    meanB += v / n;
    squareA += (u * u) / n;
    squareB += (v * v) / n;
    product += (u * v) / n;
  }
  const covariance = product - meanA * meanB;
  const variances = squareA - meanA * meanA + squareB - meanB * meanB;
  return ((2 * meanA * meanB + C1) * (2 * covariance + C2)) / ((meanA * meanA + meanB * meanB + C1) * (variances + C2));
}

function lumaAt({ data }: RgbaImage, p: number): number {
  return 0.299 * data[p]! + 0.587 * data[p + 1]! + 0.114 * data[p + 2]!;
}
