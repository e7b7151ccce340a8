import type { ColourMatrix, I420Image, RgbaImage } from '../image.ts';

/** A part of a picture in whole pixels, inside it. */
export interface PictureRect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Fixed point of the tables and of the weights below. */
const BITS = 16;
const HALF = 1 << (BITS - 1);

/** Both ways between R'G'B' of full range and Y'CbCr of limited range, by one matrix. */
interface Conversion {
  /** What each chroma value adds to R, G and B. */
  readonly crToRed: Int32Array;
  readonly cbToGreen: Int32Array;
  readonly crToGreen: Int32Array;
  readonly cbToBlue: Int32Array;
  /** Weights of R, G and B. */
  readonly y: Weights;
  readonly cb: Weights;
  readonly cr: Weights;
}
type Weights = readonly [number, number, number];

/** 255/219 (Y − 16). */
const LUMA = table((value) => (255 / 219) * (value - 16));
const CONVERSIONS: Readonly<Record<ColourMatrix, Conversion>> = {
  bt601: conversion(0.299, 0.114),
  bt709: conversion(0.2126, 0.0722),
  bt2020: conversion(0.2627, 0.0593),
};

/**
 * Y₁ = red R + (1 − red − blue) G + blue B, Cb = 224/255 (B − Y₁) / (2 − 2 blue), Cr = 224/255 (R − Y₁) / (2 − 2 red).
 * @source ITU-R BT.601-7, 2.5; BT.709-6, 3.2–3.5; BT.2020-2, table 4
 */
function conversion(red: number, blue: number): Conversion {
  const green = 1 - red - blue;
  const [toBlue, toRed] = [2 - 2 * blue, 2 - 2 * red];
  const chroma = (factor: number) => table((value) => factor * (255 / 224) * (value - 128));
  const weights = (scale: number, r: number, g: number, b: number): Weights => {
    const [first, second] = [r, b].map((w) => Math.round((scale / 255) * w * 2 ** BITS)) as [number, number];
    // Greys have no colour: rounding must not give them one.
    return [first, Math.round((scale / 255) * (r + g + b) * 2 ** BITS) - first - second, second];
  };
  return {
    crToRed: chroma(toRed),
    cbToGreen: chroma((-toBlue * blue) / green),
    crToGreen: chroma((-toRed * red) / green),
    cbToBlue: chroma(toBlue),
    y: weights(219, red, green, blue),
    cb: weights(224 / toBlue, -red, -green, 1 - blue),
    cr: weights(224 / toRed, 1 - red, -green, -blue),
  };
}

function table(of: (value: number) => number): Int32Array {
  return Int32Array.from({ length: 256 }, (_, value) => Math.round(of(value) * 2 ** BITS));
}

/**
 * A part of a planar picture as RGBA. Each chroma sample colours its 2 × 2 pixels, so that `pasteI420` brings back what
 * was cut.
 *
 * @param rect all four numbers even. @param out `[height × width × 4]`; new memory when left out.
 */
export function cutI420(
  image: I420Image,
  { left, top, width, height }: PictureRect,
  out: Uint8ClampedArray = new Uint8ClampedArray(width * height * 4),
): RgbaImage {
  const { data } = image;
  const { crToRed, cbToGreen, crToGreen, cbToBlue } = CONVERSIONS[image.matrix];
  const stride = width * 4;
  const chromaStride = image.width >> 1;
  const plane = image.width * image.height;
  for (let y = 0; y < height; y += 2) {
    let luma = (top + y) * image.width + left;
    let cb = plane + ((top + y) >> 1) * chromaStride + (left >> 1);
    let cr = cb + (plane >> 2);
    let p = y * stride;
    for (let x = 0; x < width; x += 2) {
      const u = data[cb++]!;
      const v = data[cr++]!;
      const red = crToRed[v]! + HALF;
      const green = cbToGreen[u]! + crToGreen[v]! + HALF;
      const blue = cbToBlue[u]! + HALF;
      let l = LUMA[data[luma]!]!;
      out[p] = (l + red) >> BITS;
      out[p + 1] = (l + green) >> BITS;
      out[p + 2] = (l + blue) >> BITS;
      out[p + 3] = 255;
      l = LUMA[data[luma + 1]!]!;
      out[p + 4] = (l + red) >> BITS;
      out[p + 5] = (l + green) >> BITS;
      out[p + 6] = (l + blue) >> BITS;
      out[p + 7] = 255;
      const q = p + stride;
      const below = luma + image.width;
      l = LUMA[data[below]!]!;
      out[q] = (l + red) >> BITS;
      out[q + 1] = (l + green) >> BITS;
      out[q + 2] = (l + blue) >> BITS;
      out[q + 3] = 255;
      l = LUMA[data[below + 1]!]!;
      out[q + 4] = (l + red) >> BITS;
      out[q + 5] = (l + green) >> BITS;
      out[q + 6] = (l + blue) >> BITS;
      out[q + 7] = 255;
      p += 8;
      luma += 2;
    }
  }
  return { width, height, data: out };
}

/** The same at half the size: the mean of four Y' and the chroma as it is. @param rect all four numbers even. */
export function cutI420Half(image: I420Image, { left, top, width, height }: PictureRect): RgbaImage {
  const { data } = image;
  const { crToRed, cbToGreen, crToGreen, cbToBlue } = CONVERSIONS[image.matrix];
  const out = new Uint8ClampedArray(width * height);
  const chromaStride = image.width >> 1;
  const plane = image.width * image.height;
  let p = 0;
  for (let y = top; y < top + height; y += 2) {
    let luma = y * image.width + left;
    let cb = plane + (y >> 1) * chromaStride + (left >> 1);
    let cr = cb + (plane >> 2);
    for (let x = 0; x < width; x += 2, p += 4, luma += 2) {
      const u = data[cb++]!;
      const v = data[cr++]!;
      const below = luma + image.width;
      const sum = LUMA[data[luma]!]! + LUMA[data[luma + 1]!]! + LUMA[data[below]!]! + LUMA[data[below + 1]!]!;
      const l = (sum >> 2) + HALF;
      out[p] = (l + crToRed[v]!) >> BITS;
      out[p + 1] = (l + cbToGreen[u]! + crToGreen[v]!) >> BITS;
      out[p + 2] = (l + cbToBlue[u]!) >> BITS;
      out[p + 3] = 255;
    }
  }
  return { width: width >> 1, height: height >> 1, data: out };
}

/**
 * Writes what changed in a part back into the picture: Y' of the pixels that differ, Cb and Cr of the 2 × 2 pixels around
 * them as their mean. All else keeps its bytes.
 * @param rect where the part was cut. @param before the part as cut. @param after the same drawn into, `[height × width × 4]`.
 * @param changed what may differ, in pixels of the part; all of it when left out.
 */
export function pasteI420(
  image: I420Image,
  { left, top, width, height }: PictureRect,
  before: Uint8ClampedArray,
  after: Uint8ClampedArray,
  changed: PictureRect = { left: 0, top: 0, width, height },
): void {
  const { y: lumaWeights, cb: cbWeights, cr: crWeights } = CONVERSIONS[image.matrix];
  const old = wordsOf(before);
  const now = wordsOf(after);
  const chromaStride = image.width >> 1;
  const plane = image.width * image.height;
  const firstX = Math.max(0, changed.left) & ~1;
  const endX = Math.min(width, changed.left + changed.width);
  const endY = Math.min(height, changed.top + changed.height);
  for (let y = Math.max(0, changed.top) & ~1; y < endY; y += 2) {
    const row = y * width;
    const luma = (top + y) * image.width + left;
    const cb = plane + ((top + y) >> 1) * chromaStride + (left >> 1);
    for (let x = firstX; x < endX; x += 2) {
      const i = row + x;
      const j = i + width;
      if (old[i] === now[i] && old[i + 1] === now[i + 1] && old[j] === now[j] && old[j + 1] === now[j + 1]) continue;
      pasteBlock(image, lumaWeights, old, now, i, width, luma + x);
      const chroma = cb + (x >> 1);
      image.data[chroma] = chromaOf(cbWeights, now, i, j);
      image.data[chroma + (plane >> 2)] = chromaOf(crWeights, now, i, j);
    }
  }
}

/** Y' of the pixels of a block that changed. @param i its first pixel. @param at its first Y'. */
function pasteBlock(
  image: I420Image,
  weights: Weights,
  old: Int32Array,
  now: Int32Array,
  i: number,
  stride: number,
  at: number,
): void {
  for (let corner = 0; corner < 4; corner++) {
    const p = i + (corner & 1) + (corner >> 1) * stride;
    const word = now[p]!;
    if (word === old[p]) continue;
    const luma = weights[0] * (word & 255) + weights[1] * ((word >> 8) & 255) + weights[2] * ((word >> 16) & 255);
    image.data[at + (corner & 1) + (corner >> 1) * image.width] = 16 + ((luma + HALF) >> BITS);
  }
}

/** Cb or Cr of the pixels i, i + 1, j, j + 1. */
function chromaOf(weights: Weights, now: Int32Array, i: number, j: number): number {
  const [a, b, c, d] = [now[i]!, now[i + 1]!, now[j]!, now[j + 1]!];
  const red = (a & 255) + (b & 255) + (c & 255) + (d & 255);
  const green = ((a >> 8) & 255) + ((b >> 8) & 255) + ((c >> 8) & 255) + ((d >> 8) & 255);
  const blue = ((a >> 16) & 255) + ((b >> 16) & 255) + ((c >> 16) & 255) + ((d >> 16) & 255);
  return 128 + ((weights[0] * red + weights[1] * green + weights[2] * blue + 4 * HALF) >> (BITS + 2));
}

/** RGBA bytes as little-endian words. */
function wordsOf(data: Uint8ClampedArray): Int32Array {
  return new Int32Array(data.buffer, data.byteOffset, data.length >> 2);
}
