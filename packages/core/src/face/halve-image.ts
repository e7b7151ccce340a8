import type { RgbaImage } from '../image.ts';

/** Two channels of a pixel in the lower bytes of two 16-bit lanes. */
const LANES = 0x00ff00ff;
/** Half a unit of the mean in both lanes. */
const ROUND = 0x00020002;

/** Halves a picture by averaging 2 × 2 pixels; an odd last row or column is repeated. New memory. */
export function halveImage(image: RgbaImage): RgbaImage {
  const { width, height } = image;
  const halfWidth = (width + 1) >> 1;
  const halfHeight = (height + 1) >> 1;
  const source = wordsOf(image.data);
  const out = new Uint32Array(halfWidth * halfHeight);
  for (let y = 0; y < halfHeight; y++) {
    const top = 2 * y * width;
    const down = 2 * y + 1 < height ? width : 0;
    for (let x = 0; x < halfWidth; x++) {
      const p = top + 2 * x;
      const q = 2 * x + 1 < width ? p + 1 : p;
      const a = source[p]!;
      const b = source[q]!;
      const c = source[p + down]!;
      const d = source[q + down]!;
      const even = ((a & LANES) + (b & LANES) + (c & LANES) + (d & LANES) + ROUND) >>> 2;
      const odd = (((a >>> 8) & LANES) + ((b >>> 8) & LANES) + ((c >>> 8) & LANES) + ((d >>> 8) & LANES) + ROUND) >>> 2;
      out[y * halfWidth + x] = (even & LANES) | ((odd & LANES) << 8);
    }
  }
  return { width: halfWidth, height: halfHeight, data: new Uint8ClampedArray(out.buffer) };
}

function wordsOf(data: Uint8ClampedArray): Uint32Array {
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}
