/** 8-bit RGBA picture, row-major, top-left origin, sRGB, alpha not premultiplied. `data.length = width * height * 4`. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}
