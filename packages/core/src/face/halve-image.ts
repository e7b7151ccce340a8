import type { RgbaImage } from '../image.ts';

/** Halves a picture by averaging 2 × 2 pixels; an odd last row or column is repeated. New memory. */
export function halveImage(image: RgbaImage): RgbaImage {
  const { width, height, data } = image;
  const halfWidth = (width + 1) >> 1;
  const halfHeight = (height + 1) >> 1;
  const out = new Uint8ClampedArray(halfWidth * halfHeight * 4);
  for (let y = 0; y < halfHeight; y++) {
    const top = 2 * y * width * 4;
    const bottom = 2 * y + 1 < height ? top + width * 4 : top;
    for (let x = 0; x < halfWidth; x++) {
      const left = 8 * x;
      const right = 2 * x + 1 < width ? left + 4 : left;
      const at = (y * halfWidth + x) * 4;
      for (let k = 0; k < 4; k++) {
        const sum =
          data[top + left + k]! + data[top + right + k]! + data[bottom + left + k]! + data[bottom + right + k]!;
        out[at + k] = (sum + 2) >> 2;
      }
    }
  }
  return { width: halfWidth, height: halfHeight, data: out };
}
