/** Fixed-point weights of BT.709, 16 fractional bits: full-range R'G'B' to limited-range Y'CbCr. */
const Y = [11966, 40254, 4064] as const;
const CB = [-6596, -22189, 28784] as const;
const CR = [28784, -26145, -2640] as const;
const HALF = 1 << 15;

/** Bytes of an I420 picture: a full plane of Y', then quarter planes of Cb and Cr. */
export function i420Length(width: number, height: number): number {
  return (width * height * 3) / 2;
}

/**
 * Converts RGBA to planar Y'CbCr 4:2:0 of BT.709, limited range, so that what the encoder is given is what is tagged;
 * browsers convert by BT.601 or BT.709 as they like. Chroma is the mean of 2 × 2 pixels.
 *
 * Y' = 16 + 219/255 (0.2126 R' + 0.7152 G' + 0.0722 B') · Cb = 128 + 224/255 (B' − Y₁)/1.8556 · Cr = 128 + 224/255 (R' − Y₁)/1.5748
 * @param rgba `[height × width × 4]`, sRGB; alpha is ignored
 * @param width pixels, even
 * @param height pixels, even
 * @param out `[i420Length(width, height)]`
 * @source ITU-R BT.709-6, 3.2–3.5
 */
export function rgbaToI420(rgba: Uint8ClampedArray, width: number, height: number, out: Uint8Array): void {
  const chromaWidth = width >> 1;
  let cb = width * height;
  let cr = cb + chromaWidth * (height >> 1);
  const stride = width * 4;
  for (let y = 0; y < height; y += 2) {
    let p = y * stride;
    let q = y * width;
    for (let x = 0; x < width; x += 2, p += 8, q += 2) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let corner = 0; corner < 4; corner++) {
        const i = p + (corner & 1) * 4 + (corner >> 1) * stride;
        const r = rgba[i]!;
        const g = rgba[i + 1]!;
        const b = rgba[i + 2]!;
        red += r;
        green += g;
        blue += b;
        out[q + (corner & 1) + (corner >> 1) * width] = 16 + ((Y[0] * r + Y[1] * g + Y[2] * b + HALF) >> 16);
      }
      out[cb++] = 128 + ((CB[0] * red + CB[1] * green + CB[2] * blue + 4 * HALF) >> 18);
      out[cr++] = 128 + ((CR[0] * red + CR[1] * green + CR[2] * blue + 4 * HALF) >> 18);
    }
  }
}
