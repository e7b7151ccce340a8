import type { RgbaImage } from '../image.ts';
import type { FaceRegion } from './face-region.ts';

/** How a driven crop is put back. */
export interface PasteBackOptions {
  /** Width of the soft border inside the crop, in sides of the crop. */
  readonly feather: number;
}

/** A soft border of 8 % of the side. */
export const PASTE_BACK_DEFAULTS: PasteBackOptions = Object.freeze({ feather: 0.08 });

/** Difference of a channel from which a pixel counts as moved, so that the picture's own fine detail is dropped. */
const MOVED = 24;

/** Puts driven frames of one crop back into its picture. */
export interface PasteBack {
  /** Side of the frames, pixels. */
  readonly size: number;
  /**
   * Writes the pixels inside the crop's region; all others of `out` are left as they are.
   * out = P + f · [(F − C) − m · (P − C)], with P the picture, F the frame, C the undriven crop (both carried to the
   * picture), f the feather and m = min(1, |F − C| / 24): what does not move is the picture itself, at full detail.
   * @param frame `[size × size × 4]`. @param out as large as the picture, and at first a copy of it.
   */
  paste(frame: Uint8ClampedArray, out: Uint8ClampedArray): void;
}

/**
 * Prepares for pasting.
 * @param crop the undriven frame: what the renderer draws at rest, square.
 */
export function createPasteBack(
  picture: RgbaImage,
  crop: RgbaImage,
  region: FaceRegion,
  options: Partial<PasteBackOptions> = {},
): PasteBack {
  const { feather } = { ...PASTE_BACK_DEFAULTS, ...options };
  const size = crop.width;
  const places = coveredPixels(picture, region, size, feather);
  const samples = Math.max(1, Math.round(size / region.size));
  const still = new Float32Array(places.count * 3);
  sampleFrame(crop.data, size, places, samples, still);
  const driven = new Float32Array(places.count * 3);
  return {
    size,
    paste(frame, out) {
      sampleFrame(frame, size, places, samples, driven);
      blend(picture.data, still, driven, places, out);
    },
  };
}

interface CoveredPixels {
  readonly count: number;
  /** First byte of each pixel in the picture `[count]`. */
  readonly offset: Int32Array;
  /** Place of its centre in the frame, pixels `[count × 2]`. */
  readonly place: Float32Array;
  /** f `[count]`, 0–1. */
  readonly weight: Float32Array;
  /** One picture pixel to the right, in the frame; one down is this turned by 90°. */
  readonly stepX: number;
  readonly stepY: number;
}

function coveredPixels(picture: RgbaImage, region: FaceRegion, size: number, feather: number): CoveredPixels {
  const reach = (region.size / 2) * (Math.abs(Math.cos(region.rotation)) + Math.abs(Math.sin(region.rotation)));
  const left = Math.max(0, Math.floor(region.centerX - reach));
  const right = Math.min(picture.width, Math.ceil(region.centerX + reach));
  const top = Math.max(0, Math.floor(region.centerY - reach));
  const bottom = Math.min(picture.height, Math.ceil(region.centerY + reach));
  const most = Math.max(0, right - left) * Math.max(0, bottom - top);
  const offset = new Int32Array(most);
  const place = new Float32Array(most * 2);
  const weight = new Float32Array(most);
  const k = size / region.size;
  const stepX = Math.cos(region.rotation) * k;
  const stepY = -Math.sin(region.rotation) * k;
  let count = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const dx = x + 0.5 - region.centerX;
      const dy = y + 0.5 - region.centerY;
      const u = size / 2 + stepX * dx - stepY * dy;
      const v = size / 2 + stepY * dx + stepX * dy;
      const depth = Math.min(u, v, size - u, size - v) / (feather * size);
      if (depth <= 0) continue;
      const t = Math.min(1, depth);
      offset[count] = (y * picture.width + x) * 4;
      place[count * 2] = u;
      place[count * 2 + 1] = v;
      weight[count++] = t * t * (3 - 2 * t);
    }
  }
  return { count, offset, place, weight, stepX, stepY };
}

/** Samples the frame at each covered pixel: the mean of n × n bilinear samples. */
function sampleFrame(
  frame: Uint8ClampedArray,
  size: number,
  places: CoveredPixels,
  n: number,
  out: Float32Array,
): void {
  const { count, place, stepX, stepY } = places;
  const share = 1 / (n * n);
  for (let i = 0; i < count; i++) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let k = 0; k < n * n; k++) {
      const a = ((k % n) + 0.5) / n - 0.5;
      const b = (Math.floor(k / n) + 0.5) / n - 0.5;
      const u = place[i * 2]! + a * stepX - b * stepY - 0.5;
      const v = place[i * 2 + 1]! + a * stepY + b * stepX - 0.5;
      const x = u < 0 ? 0 : Math.min(u, size - 1.001);
      const y = v < 0 ? 0 : Math.min(v, size - 1.001);
      const x0 = Math.floor(x);
      const y0 = Math.floor(y);
      const fx = x - x0;
      const fy = y - y0;
      const p = (y0 * size + x0) * 4;
      const q = p + size * 4;
      const wa = (1 - fx) * (1 - fy);
      const wb = fx * (1 - fy);
      const wc = (1 - fx) * fy;
      const wd = fx * fy;
      red += wa * frame[p]! + wb * frame[p + 4]! + wc * frame[q]! + wd * frame[q + 4]!;
      green += wa * frame[p + 1]! + wb * frame[p + 5]! + wc * frame[q + 1]! + wd * frame[q + 5]!;
      blue += wa * frame[p + 2]! + wb * frame[p + 6]! + wc * frame[q + 2]! + wd * frame[q + 6]!;
    }
    out[i * 3] = red * share;
    out[i * 3 + 1] = green * share;
    out[i * 3 + 2] = blue * share;
  }
}

function blend(
  picture: Uint8ClampedArray,
  still: Float32Array,
  driven: Float32Array,
  places: CoveredPixels,
  out: Uint8ClampedArray,
): void {
  const { count, offset, weight } = places;
  for (let i = 0; i < count; i++) {
    const at = offset[i]!;
    const j = i * 3;
    const red = driven[j]! - still[j]!;
    const green = driven[j + 1]! - still[j + 1]!;
    const blue = driven[j + 2]! - still[j + 2]!;
    const moved = Math.min(1, Math.max(Math.abs(red), Math.abs(green), Math.abs(blue)) / MOVED);
    const f = weight[i]!;
    out[at] = picture[at]! + f * (red - moved * (picture[at]! - still[j]!));
    out[at + 1] = picture[at + 1]! + f * (green - moved * (picture[at + 1]! - still[j + 1]!));
    out[at + 2] = picture[at + 2]! + f * (blue - moved * (picture[at + 2]! - still[j + 2]!));
    out[at + 3] = picture[at + 3]!;
  }
}
