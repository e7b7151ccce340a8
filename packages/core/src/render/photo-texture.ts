import type { RgbaImage } from '../image.ts';
import { FRAME_SIZE } from './renderer.ts';

/** Pixels of replicated border around the photo inside the texture, so that sampling never needs a clamp. */
export const TEXTURE_MARGIN = 24;

/** Side of the texture: two samples a pixel, and the border. */
export const TEXTURE_SIZE = 2 * (FRAME_SIZE + 2 * TEXTURE_MARGIN);

/** The half-band filter's taps at ±0.5, ±1.5, ±2.5, ±3.5 pixels: a Hamming-windowed sinc, normalised to sum 1/2 a side. */
const HALF_BAND = [0.614, -0.152, 0.0462, -0.0082] as const;

/**
 * The photo at two samples a pixel: even samples are the photo's own, odd ones the half-band interpolation between them.
 * Bilinear sampling of this texture keeps film grain under sub-pixel motion, where bilinear sampling of the photo
 * would blur it at half-pixel shifts and let it flicker (docs/decisions, 2× texture).
 * @param photo 512 × 512.
 * @returns packed RGBA `[TEXTURE_SIZE²]`; photo pixel (x, y) is sample (2 (x + margin), 2 (y + margin)).
 */
export function interpolatePhoto(photo: RgbaImage): Uint32Array {
  const size = TEXTURE_SIZE;
  const bytes = new Uint8ClampedArray(size * size * 4);
  const rows = new Float32Array(FRAME_SIZE * size * 4);
  for (let y = 0; y < FRAME_SIZE; y++) {
    for (let i = 0; i < size; i++) {
      for (let c = 0; c < 4; c++) rows[(y * size + i) * 4 + c] = interpolate(photo.data, y * FRAME_SIZE * 4 + c, 4, i);
    }
  }
  for (let i = 0; i < size; i++) {
    for (let c = 0; c < 4; c++) {
      for (let j = 0; j < size; j++) bytes[(j * size + i) * 4 + c] = interpolate(rows, i * 4 + c, size * 4, j);
    }
  }
  for (let i = 3; i < bytes.length; i += 4) bytes[i] = 255;
  return new Uint32Array(bytes.buffer);
}

/** Sample `index` of the doubled row that starts at `offset` of `values` and has FRAME_SIZE entries `stride` apart. */
function interpolate(values: ArrayLike<number>, offset: number, stride: number, index: number): number {
  const x = (index >> 1) - TEXTURE_MARGIN;
  if ((index & 1) === 0) return values[offset + clampPixel(x) * stride]!;
  let sum = 0;
  for (let k = 0; k < 4; k++) {
    sum +=
      HALF_BAND[k]! * (values[offset + clampPixel(x - k) * stride]! + values[offset + clampPixel(x + 1 + k) * stride]!);
  }
  return sum;
}

function clampPixel(x: number): number {
  return x < 0 ? 0 : x >= FRAME_SIZE ? FRAME_SIZE - 1 : x;
}
