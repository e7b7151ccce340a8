import { INNER_LIPS, LEFT_BROW, LEFT_EYE, RIGHT_BROW, RIGHT_EYE } from './canonical-mesh.ts';
import type { FaceRegion } from './face-region.ts';

/** How much of the picture the crop takes. */
export interface CropRegionOptions {
  /** Side of the crop / longer extent of the face from brows to chin. */
  readonly scale: number;
  /** Shift of the crop's centre along the face, in sides; negative = towards the hair. */
  readonly shiftY: number;
  /** A head tilted further is set upright, radians. */
  readonly maxTilt: number;
}

/** The source crop of LivePortrait; heads stay as they are up to 30°. @source KwaiVGI/LivePortrait src/config/crop_config.py */
export const CROP_REGION_DEFAULTS: CropRegionOptions = Object.freeze({
  scale: 2.3,
  shiftY: -0.125,
  maxTilt: Math.PI / 6,
});

/** The face's border below the temples, from image left over the chin to image right. */
const JAW = [
  127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454, 356,
];
/** Brows to chin: the extent that 203-point landmarks have, so that the crop's scale means the same. */
const EXTENT = [...JAW, ...RIGHT_BROW.upper, ...LEFT_BROW.upper];
const EYES = [...RIGHT_EYE.margin.upper, ...RIGHT_EYE.margin.lower, ...LEFT_EYE.margin.upper, ...LEFT_EYE.margin.lower];
const MOUTH = [...INNER_LIPS.upper, ...INNER_LIPS.lower];

/**
 * The square of the picture that becomes the crop.
 * @param points landmarks `[478 × 3]`, pixels.
 */
export function faceCropRegion(points: Float32Array, options: Partial<CropRegionOptions> = {}): FaceRegion {
  const { scale, shiftY, maxTilt } = { ...CROP_REGION_DEFAULTS, ...options };
  const [eyesX, eyesY] = centreOf(points, EYES);
  const [mouthX, mouthY] = centreOf(points, MOUTH);
  const tilt = Math.atan2(eyesX - mouthX, mouthY - eyesY);
  const rotation = Math.abs(tilt) > maxTilt ? tilt : 0;
  const cos = Math.cos(rotation);
  const sin = Math.sin(rotation);

  let [left, right, top, bottom] = [Number.POSITIVE_INFINITY, -Infinity, Number.POSITIVE_INFINITY, -Infinity];
  for (const landmark of EXTENT) {
    const x = points[landmark * 3]!;
    const y = points[landmark * 3 + 1]!;
    const u = cos * x + sin * y;
    const v = cos * y - sin * x;
    left = Math.min(left, u);
    right = Math.max(right, u);
    top = Math.min(top, v);
    bottom = Math.max(bottom, v);
  }
  const size = scale * Math.max(right - left, bottom - top);
  const u = (left + right) / 2;
  const v = (top + bottom) / 2 + shiftY * size;
  return { centerX: cos * u - sin * v, centerY: sin * u + cos * v, size, rotation };
}

/**
 * Moves an upright region into the picture as far as it fits, so that no border has to be invented; a region larger than
 * the picture keeps the centre it has along that side. Turned regions stay as they are.
 */
export function keepInside(region: FaceRegion, width: number, height: number): FaceRegion {
  if (region.rotation !== 0) return region;
  const inside = (centre: number, length: number) =>
    region.size > length ? centre : Math.min(Math.max(centre, region.size / 2), length - region.size / 2);
  return { ...region, centerX: inside(region.centerX, width), centerY: inside(region.centerY, height) };
}

function centreOf(points: Float32Array, landmarks: readonly number[]): [number, number] {
  let x = 0;
  let y = 0;
  for (const landmark of landmarks) {
    x += points[landmark * 3]! / landmarks.length;
    y += points[landmark * 3 + 1]! / landmarks.length;
  }
  return [x, y];
}
