/** The portrait crop: which square of a picture LivePortrait looks at, and how it is drawn. */
import { PcTalkError } from '../../errors.ts';
import type { FaceRegion } from '../../face/face-region.ts';
import type { RgbaImage } from '../../image.ts';
import { type AffineMatrix, roundMatrix, warpAffine } from './warp-affine.ts';

/** Side of the crop, pixels. */
export const PORTRAIT_CROP_SIZE = 512;

/** Side of the picture the networks see, pixels. */
export const PORTRAIT_INPUT_SIZE = 256;

/** Longer side of a source picture; larger ones are reduced. @source KwaiVGI/LivePortrait src/config/crop_config.py */
const MAX_SIDE = 1280;

/** Landmarks that say where the face is, by the number of landmarks. @source KwaiVGI/LivePortrait src/utils/crop.py */
const LAYOUTS: Readonly<Record<number, { readonly eyes: readonly number[]; readonly lips: readonly number[] }>> = {
  106: { eyes: [33, 35, 40, 39, 87, 89, 94, 93], lips: [52, 61] },
  203: { eyes: [0, 6, 12, 18, 24, 30, 36, 42], lips: [48, 66] },
};

/** Which square around the landmarks is taken. */
export interface PortraitRegionOptions {
  /** Side of the crop / larger extent of the landmarks. */
  readonly scale: number;
  /** Shift of the centre along the face's own axes, in sides. */
  readonly shiftX: number;
  readonly shiftY: number;
  /** Sets a tilted head upright. */
  readonly upright: boolean;
}

/** The crop of source pictures. @source KwaiVGI/LivePortrait src/config/crop_config.py */
export const SOURCE_REGION: PortraitRegionOptions = Object.freeze({
  scale: 2.3,
  shiftX: 0,
  shiftY: -0.125,
  upright: true,
});

/** The crop of driving videos. @source KwaiVGI/LivePortrait src/config/crop_config.py */
export const DRIVING_REGION: PortraitRegionOptions = Object.freeze({
  scale: 2.2,
  shiftX: 0,
  shiftY: -0.1,
  upright: false,
});

/**
 * The square around a face from 106 or 203 landmarks: the axis from the mouth to the eyes is up, the larger extent along
 * the axes times `scale` is the side.
 * @param points `[N × 2]`, pixels. @throws `value-out-of-range` for another number of landmarks.
 */
export function portraitRegion(points: Float32Array, options: PortraitRegionOptions = SOURCE_REGION): FaceRegion {
  const count = points.length / 2;
  const layout = LAYOUTS[count];
  if (layout === undefined) {
    throw new PcTalkError(
      'value-out-of-range',
      `crop: expected ${Object.keys(LAYOUTS).join(' or ')} landmarks, got ${count}.`,
    );
  }
  const eyes = meanOf(points, layout.eyes);
  const mouth = meanOf(points, layout.lips);
  const length = Math.hypot(mouth[0] - eyes[0], mouth[1] - eyes[1]);
  const [downX, downY] = length <= 1e-3 ? [0, 1] : [(mouth[0] - eyes[0]) / length, (mouth[1] - eyes[1]) / length];
  const [rightX, rightY] = [downY, -downX];
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    const u = points[i]! * rightX + points[i + 1]! * rightY;
    const v = points[i]! * downX + points[i + 1]! * downY;
    left = Math.min(left, u);
    right = Math.max(right, u);
    top = Math.min(top, v);
    bottom = Math.max(bottom, v);
  }
  const size = Math.max(right - left, bottom - top) * options.scale;
  const u = (left + right) / 2 + options.shiftX * size;
  const v = (top + bottom) / 2 + options.shiftY * size;
  return {
    centerX: u * rightX + v * downX,
    centerY: u * rightY + v * downY,
    size,
    rotation: options.upright ? Math.atan2(rightY, rightX) : 0,
  };
}

/** One box for a whole driving clip: the mean of those of its frames, upright. */
export function averageRegion(regions: readonly FaceRegion[]): FaceRegion {
  const mean = (of: (region: FaceRegion) => number) =>
    regions.reduce((sum, region) => sum + of(region), 0) / regions.length;
  return { centerX: mean((r) => r.centerX), centerY: mean((r) => r.centerY), size: mean((r) => r.size), rotation: 0 };
}

/** Size a source picture is brought to: longer side at most 1280, both even. */
export function sourceSize(width: number, height: number): { readonly width: number; readonly height: number } {
  const factor = Math.min(1, MAX_SIDE / Math.max(width, height));
  const even = (side: number) => Math.max(2, Math.trunc(side * factor) & ~1);
  return { width: even(width), height: even(height) };
}

/** M: where a pixel of the picture lies in the crop, in float32 as the release computes it. */
export function cropMatrix({ centerX, centerY, size, rotation }: FaceRegion, side = PORTRAIT_CROP_SIZE): AffineMatrix {
  const cos = (Math.cos(rotation) * side) / size;
  const sin = (Math.sin(rotation) * side) / size;
  const shiftX = side / 2 - cos * centerX - sin * centerY;
  const shiftY = side / 2 + sin * centerX - cos * centerY;
  return roundMatrix([cos, sin, shiftX, -sin, cos, shiftY]);
}

/** Draws a region as a square crop by bilinear sampling, black beyond the picture. */
export function drawCrop(image: RgbaImage, region: FaceRegion, side = PORTRAIT_CROP_SIZE): RgbaImage {
  const crop = { width: side, height: side, data: new Uint8ClampedArray(side * side * 4) };
  return warpAffine(image, cropMatrix(region, side), crop);
}

/** The crop as the networks take it: halved by 2 × 2 means, RGB planes `[1, 3, 256, 256]`, 0..1. */
export function portraitTensor(crop: RgbaImage): Float32Array {
  const side = crop.width / 2;
  const out = new Float32Array(3 * side * side);
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const i = (2 * y * crop.width + 2 * x) * 4 + channel;
        const below = i + crop.width * 4;
        const sum = crop.data[i]! + crop.data[i + 4]! + crop.data[below]! + crop.data[below + 4]!;
        out[(channel * side + y) * side + x] = ((sum + 2) >> 2) / 255;
      }
    }
  }
  return out;
}

/** RGB planes `[3, H, W]` in 0..1 as a picture; values are cut to bytes, not rounded, as the release does. */
export function planesToImage(
  planes: Float32Array,
  side: number,
  out = new Uint8ClampedArray(side * side * 4),
): RgbaImage {
  const plane = side * side;
  for (let i = 0; i < plane; i++) {
    for (let channel = 0; channel < 3; channel++) {
      const value = Math.min(1, Math.max(0, planes[channel * plane + i]!));
      out[i * 4 + channel] = Math.floor(Math.fround(value * 255));
    }
    out[i * 4 + 3] = 255;
  }
  return { width: side, height: side, data: out };
}

function meanOf(points: Float32Array, indices: readonly number[]): [number, number] {
  let x = 0;
  let y = 0;
  for (const index of indices) {
    x += points[index * 2]! / indices.length;
    y += points[index * 2 + 1]! / indices.length;
  }
  return [x, y];
}
