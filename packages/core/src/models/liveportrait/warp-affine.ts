/** Affine warps of pictures with the rounding of OpenCV, so that crops and pasted pictures are those of the release. */
import type { RgbaImage } from '../../image.ts';

/** [a, b, c, d, e, f]: (x, y) of the source lies at (a·x + b·y + c, d·x + e·y + f) of the result; pixels count by index. */
export type AffineMatrix = readonly [number, number, number, number, number, number];

/** The same in float32. */
export function roundMatrix(matrix: AffineMatrix): AffineMatrix {
  return matrix.map(Math.fround) as unknown as AffineMatrix;
}

/** The way back. */
export function invertMatrix([a, b, c, d, e, f]: AffineMatrix): AffineMatrix {
  const scale = 1 / (a * e - b * d);
  const [ia, ib, id, ie] = [e * scale, -b * scale, -d * scale, a * scale];
  return [ia, ib, -ia * c - ib * f, id, ie, -id * c - ie * f];
}

/** Positions are rounded to 1/1024 of a pixel in each term, then to 1/32. */
const TERM_STEPS = 1024;
const PLACE_BITS = 5;
const PLACES = 1 << PLACE_BITS;
const ROUNDING = TERM_STEPS / PLACES / 2;
/** Bilinear weights of four neighbours add up to this. */
const WEIGHT_BITS = 2 * PLACE_BITS;

/** A rectangle of pixels, right and bottom not included. */
export interface PixelBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Bilinear warp of the colours of a picture, black where it does not reach; opaque.
 * @param out written inside `box` and returned. @param box default: all of `out`.
 * @source OpenCV 4.10 modules/imgproc/src/imgwarp.cpp (warpAffine, remapBilinear; fixed-point positions and weights)
 */
export function warpAffine(
  image: RgbaImage,
  matrix: AffineMatrix,
  out: RgbaImage,
  box: PixelBox = { left: 0, top: 0, right: out.width, bottom: out.height },
): RgbaImage {
  const [a, b, c, d, e, f] = invertMatrix(matrix);
  const { width, height, data } = image;
  const target = out.data;
  for (let v = box.top; v < box.bottom; v++) {
    const rowX = roundHalfEven((b * v + c) * TERM_STEPS) + ROUNDING;
    const rowY = roundHalfEven((e * v + f) * TERM_STEPS) + ROUNDING;
    for (let u = box.left; u < box.right; u++) {
      const placeX = (rowX + roundHalfEven(a * u * TERM_STEPS)) >> PLACE_BITS;
      const placeY = (rowY + roundHalfEven(d * u * TERM_STEPS)) >> PLACE_BITS;
      const x = placeX >> PLACE_BITS;
      const y = placeY >> PLACE_BITS;
      const right = placeX & (PLACES - 1);
      const low = placeY & (PLACES - 1);
      const i = (v * out.width + u) * 4;
      target[i + 3] = 255;
      const here = (y * width + x) * 4;
      const inX = x >= 0 && x < width;
      const nextX = x >= -1 && x < width - 1;
      const inY = y >= 0 && y < height;
      const nextY = y >= -1 && y < height - 1;
      const w00 = inX && inY ? (PLACES - right) * (PLACES - low) : 0;
      const w10 = nextX && inY ? right * (PLACES - low) : 0;
      const w01 = inX && nextY ? (PLACES - right) * low : 0;
      const w11 = nextX && nextY ? right * low : 0;
      for (let channel = 0; channel < 3; channel++) {
        const k = here + channel;
        let sum = 1 << (WEIGHT_BITS - 1);
        if (w00 > 0) sum += w00 * data[k]!;
        if (w10 > 0) sum += w10 * data[k + 4]!;
        if (w01 > 0) sum += w01 * data[k + width * 4]!;
        if (w11 > 0) sum += w11 * data[k + width * 4 + 4]!;
        target[i + channel] = sum >> WEIGHT_BITS;
      }
    }
  }
  return out;
}

/** To the nearest whole number, ties to even. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}
