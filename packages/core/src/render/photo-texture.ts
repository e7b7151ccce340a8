import type { RgbaImage } from '../image.ts';
import { FRAME_SIZE } from './renderer.ts';

/** Pixels of replicated border around the photo inside the texture, so that sampling never needs a clamp. */
export const TEXTURE_MARGIN = 24;

/** Side of the texture: two samples a pixel, and the border. */
export const TEXTURE_SIZE = 2 * (FRAME_SIZE + 2 * TEXTURE_MARGIN);

/** Side of the photo with its border, pixels. */
const PADDED = FRAME_SIZE + 2 * TEXTURE_MARGIN;

/** The half-band filter's taps at ±0.5, ±1.5, ±2.5, ±3.5 pixels: a Hamming-windowed sinc, normalised to sum ½ a side. */
export const HALF_BAND = [0.614, -0.152, 0.0462, -0.0082] as const;

/** Pixels the filter reaches beyond its place. */
const REACH = HALF_BAND.length;

/**
 * The photo at two samples a pixel: even samples are the photo's own, odd ones the half-band interpolation between them.
 * Bilinear sampling of this texture keeps film grain under sub-pixel motion, where bilinear sampling of the photo
 * blurs it at half-pixel shifts and lets it flicker (docs/decisions: texture at two samples a pixel).
 * @param photo 512 × 512; alpha, if any, premultiplied.
 * @param out packed RGBA `[TEXTURE_SIZE²]`; photo pixel (x, y) is sample (2 (x + margin), 2 (y + margin)).
 */
export function interpolatePhoto(photo: RgbaImage, out: Int32Array): void {
  const bytes = new Uint8ClampedArray(out.buffer, out.byteOffset, out.byteLength);
  const wide = widen(photo);
  const stride = TEXTURE_SIZE * 4;
  const [h0, h1, h2, h3] = HALF_BAND;
  for (let y = 0; y < PADDED; y++) {
    const row = (k: number): number => clampRow(y - TEXTURE_MARGIN + k) * stride;
    const [a, b, c, d, e, f, g, h] = [row(-3), row(-2), row(-1), row(0), row(1), row(2), row(3), row(4)] as const;
    const even = 2 * y * stride;
    const odd = even + stride;
    for (let i = 0; i < stride; i++) {
      bytes[even + i] = wide[d + i]!;
      bytes[odd + i] =
        h0 * (wide[d + i]! + wide[e + i]!) +
        h1 * (wide[c + i]! + wide[f + i]!) +
        h2 * (wide[b + i]! + wide[g + i]!) +
        h3 * (wide[a + i]! + wide[h + i]!);
    }
  }
}

/** The photo's rows at two samples a pixel with the border left and right `[512 × TEXTURE_SIZE × 4]`. */
function widen(photo: RgbaImage): Float32Array {
  const out = new Float32Array(FRAME_SIZE * TEXTURE_SIZE * 4);
  const [h0, h1, h2, h3] = HALF_BAND;
  const row = new Float32Array((PADDED + 2 * REACH) * 4);
  for (let y = 0; y < FRAME_SIZE; y++) {
    for (let x = 0; x < PADDED + 2 * REACH; x++) {
      const from = (y * FRAME_SIZE + clampRow(x - REACH - TEXTURE_MARGIN)) * 4;
      for (let c = 0; c < 4; c++) row[x * 4 + c] = photo.data[from + c]!;
    }
    let to = y * TEXTURE_SIZE * 4;
    for (let i = REACH * 4; i < (PADDED + REACH) * 4; i += 4) {
      for (let p = i; p < i + 4; p++) {
        out[to] = row[p]!;
        out[to + 4] =
          h0 * (row[p]! + row[p + 4]!) +
          h1 * (row[p - 4]! + row[p + 8]!) +
          h2 * (row[p - 8]! + row[p + 12]!) +
          h3 * (row[p - 12]! + row[p + 16]!);
        to++;
      }
      to += 4;
    }
  }
  return out;
}

function clampRow(x: number): number {
  return x < 0 ? 0 : x >= FRAME_SIZE ? FRAME_SIZE - 1 : x;
}
