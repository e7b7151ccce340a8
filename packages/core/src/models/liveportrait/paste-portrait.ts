/** Putting a drawn portrait back into the picture it was cut from, under a mask with soft edges. */
import type { FaceRegion } from '../../face/face-region.ts';
import type { RgbaImage } from '../../image.ts';
import { cropMatrix, PORTRAIT_CROP_SIZE } from './crop.ts';
import { invertMatrix, type PixelBox, roundMatrix, warpAffine } from './warp-affine.ts';

/** Width of the soft edge of the mask, pixels of the crop. */
const MASK_EDGE = 16;

/**
 * The mask of the crop: 255 from 16 to 496 pixels on both axes, falling to 0 at the edge.
 * @source KwaiVGI/LivePortrait src/utils/resources/mask_template.png (as measured)
 */
export function portraitMask(): RgbaImage {
  const side = PORTRAIT_CROP_SIZE;
  const data = new Uint8ClampedArray(side * side * 4);
  for (let v = 0, i = 0; v < side; v++) {
    for (let u = 0; u < side; u++, i += 4) {
      const inside = Math.min(u, v, side - u, side - v);
      data.fill(255 * Math.min(1, inside / MASK_EDGE), i, i + 3);
    }
  }
  return { width: side, height: side, data };
}

let mask: RgbaImage | undefined;

/**
 * Puts a drawn crop back: mask · frame + (1 − mask) · picture, with picture and mask brought to bytes first and the sum
 * cut, not rounded, as the release does.
 * @param out as large as the picture and at first a copy of it; only pixels under the mask are written.
 */
export function pastePortrait(frame: RgbaImage, picture: RgbaImage, region: FaceRegion, out: Uint8ClampedArray): void {
  const { width, height } = picture;
  const box = boxAround(region, width, height);
  const back = roundMatrix(invertMatrix(cropMatrix(region)));
  const empty = () => ({ width, height, data: new Uint8ClampedArray(width * height * 4) });
  mask ??= portraitMask();
  const { data: weights } = warpAffine(mask, back, empty(), box);
  const { data: drawn } = warpAffine(frame, back, empty(), box);
  for (let y = box.top; y < box.bottom; y++) {
    for (let i = (y * width + box.left) * 4; i < (y * width + box.right) * 4; i += 4) {
      const weight = Math.fround(weights[i]! / 255);
      if (weight === 0) continue;
      const rest = Math.fround(1 - weight);
      for (let k = i; k < i + 3; k++) {
        const value = Math.fround(Math.fround(weight * drawn[k]!) + Math.fround(rest * picture.data[k]!));
        out[k] = Math.floor(value);
      }
    }
  }
}

/** Pixels that a region may touch. */
function boxAround({ centerX, centerY, size }: FaceRegion, width: number, height: number): PixelBox {
  const reach = size * Math.SQRT1_2 + 1;
  return {
    left: Math.max(0, Math.floor(centerX - reach)),
    top: Math.max(0, Math.floor(centerY - reach)),
    right: Math.max(0, Math.min(width, Math.ceil(centerX + reach))),
    bottom: Math.max(0, Math.min(height, Math.ceil(centerY + reach))),
  };
}
