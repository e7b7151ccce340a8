import { HALF_BAND, TEXTURE_MARGIN, TEXTURE_SIZE } from './photo-texture.ts';
import { FRAME_SIZE } from './renderer.ts';

/** A rectangle of a frame in whole pixels; right and bottom are outside. */
export interface PixelRect {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const [H0, H1, H2, H3] = HALF_BAND;
const TAPS = HALF_BAND.length;
/** Rows of the patch at two samples a pixel, with the filter's reach above and below; made when first needed. */
let wide = new Float32Array(0);
const WIDE_LENGTH = (FRAME_SIZE + 2 * TAPS) * 2 * FRAME_SIZE * 3;

/**
 * `interpolatePhoto` for a rectangle of the photo alone: the same samples, the rest of the texture untouched.
 * @param photo `[512 × 512 × 4]`. @param rect inside the photo. @param texture packed RGBA `[TEXTURE_SIZE²]`.
 */
export function interpolatePatch(photo: Uint8ClampedArray, rect: PixelRect, texture: Int32Array): void {
  const width = rect.right - rect.left;
  const height = rect.bottom - rect.top;
  if (width <= 0 || height <= 0) return;
  if (wide.length === 0) wide = new Float32Array(WIDE_LENGTH);
  const stride = width * 6;
  for (let row = 0; row < height + 2 * TAPS; row++) {
    const y = clamp(rect.top - TAPS + row);
    widenRow(photo, y * FRAME_SIZE, rect, row * stride);
  }
  const out = new Uint8ClampedArray(texture.buffer, texture.byteOffset, texture.length * 4);
  for (let row = 0; row < height; row++) {
    const at = (row + TAPS) * stride;
    const even = (2 * (rect.top + row + TEXTURE_MARGIN) * TEXTURE_SIZE + 2 * (rect.left + TEXTURE_MARGIN)) * 4;
    const odd = even + TEXTURE_SIZE * 4;
    filterRow(wide, at, stride, out, even, odd);
  }
}

/** Writes one row of the photo and the one between it and the next. @param at first value of the row in `rows`. */
function filterRow(
  rows: Float32Array,
  at: number,
  stride: number,
  out: Uint8ClampedArray,
  even: number,
  odd: number,
): void {
  const end = at + stride;
  let p = even;
  let q = odd;
  for (let k = at; k < end; k += 3) {
    out[p] = rows[k]!;
    out[p + 1] = rows[k + 1]!;
    out[p + 2] = rows[k + 2]!;
    out[p + 3] = 255;
    out[q] = between(rows, k, stride);
    out[q + 1] = between(rows, k + 1, stride);
    out[q + 2] = between(rows, k + 2, stride);
    out[q + 3] = 255;
    p += 4;
    q += 4;
  }
}

/** The half-band filter half way between a value and the one a step further. */
function between(values: Float32Array, k: number, step: number): number {
  return (
    H0 * (values[k]! + values[k + step]!) +
    H1 * (values[k - step]! + values[k + 2 * step]!) +
    H2 * (values[k - 2 * step]! + values[k + 3 * step]!) +
    H3 * (values[k - 3 * step]! + values[k + 4 * step]!)
  );
}

/** One row of the photo at two samples a pixel, RGB. @param from first pixel of the row in the photo. */
function widenRow(photo: Uint8ClampedArray, from: number, rect: PixelRect, to: number): void {
  let at = to;
  for (let x = rect.left; x < rect.right; x++) {
    const p = (from + x) * 4;
    const inside = x >= TAPS && x < FRAME_SIZE - TAPS - 1;
    const a = inside ? p - 12 : (from + clamp(x - 3)) * 4;
    const b = inside ? p - 8 : (from + clamp(x - 2)) * 4;
    const c = inside ? p - 4 : (from + clamp(x - 1)) * 4;
    const e = inside ? p + 4 : (from + clamp(x + 1)) * 4;
    const f = inside ? p + 8 : (from + clamp(x + 2)) * 4;
    const g = inside ? p + 12 : (from + clamp(x + 3)) * 4;
    const h = inside ? p + 16 : (from + clamp(x + 4)) * 4;
    for (let k = 0; k < 3; k++) {
      wide[at + k] = photo[p + k]!;
      wide[at + 3 + k] =
        H0 * (photo[p + k]! + photo[e + k]!) +
        H1 * (photo[c + k]! + photo[f + k]!) +
        H2 * (photo[b + k]! + photo[g + k]!) +
        H3 * (photo[a + k]! + photo[h + k]!);
    }
    at += 6;
  }
}

function clamp(x: number): number {
  return x < 0 ? 0 : x >= FRAME_SIZE ? FRAME_SIZE - 1 : x;
}
