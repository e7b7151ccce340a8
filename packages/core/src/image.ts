/** 8-bit RGBA picture, row-major, top-left origin, sRGB, alpha not premultiplied. `data.length = width * height * 4`. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Which weights make Y' of R'G'B': the matrix of SD, of HD, or of UHD with non-constant luminance. */
export type ColourMatrix = 'bt601' | 'bt709' | 'bt2020';

/**
 * 8-bit Y'CbCr 4:2:0 in limited range, as decoders give and encoders take it: a plane of Y', then quarter planes of Cb and
 * Cr, each row-major. Sides are even. `data.length = width * height * 3 / 2`.
 */
export interface I420Image {
  readonly format: 'i420';
  readonly matrix: ColourMatrix;
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A picture of either kind. */
export type Picture = RgbaImage | I420Image;

/** Whether a picture is planar. */
export function isI420(picture: Picture): picture is I420Image {
  return 'format' in picture;
}
