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

/** How far a region may be made smaller: the face and room for its chin stay in it. */
const LEAST_SHARE = 0.74;
/** Steps in which it is. */
const STEPS = 13;

/** A region and how much of it lies beyond the picture. */
export interface FittedRegion {
  readonly region: FaceRegion;
  /** Widest strip along a side of the region that the picture does not fill, in sides of the region, 0 if none. */
  readonly border: number;
}

/**
 * Moves a region into the picture, so that no border has to be invented; where it is too large, makes it smaller, about the
 * face it was laid around, as far as the face allows. What even then does not fit is placed in the middle.
 * @param region see `faceCropRegion`, with its default `shiftY`.
 */
export function fitInside(region: FaceRegion, width: number, height: number): FittedRegion {
  let best = placeInside(region, 1, width, height);
  for (let step = 1; best.border > 0 && step <= STEPS; step++) {
    const smaller = placeInside(region, 1 - ((1 - LEAST_SHARE) * step) / STEPS, width, height);
    if (smaller.border <= best.border) best = smaller;
  }
  return best;
}

/** The region at a share of its size, the face where it was in it, moved into the picture. */
function placeInside(region: FaceRegion, share: number, width: number, height: number): FittedRegion {
  const { size: full, rotation } = region;
  const size = share * full;
  const [cos, sin] = [Math.cos(rotation), Math.sin(rotation)];
  const down = CROP_REGION_DEFAULTS.shiftY * (size - full);
  const reach = (size / 2) * (Math.abs(cos) + Math.abs(sin));
  const inside = (centre: number, length: number) =>
    2 * reach > length ? length / 2 : Math.min(Math.max(centre, reach), length - reach);
  const centerX = inside(region.centerX - sin * down, width);
  const centerY = inside(region.centerY + cos * down, height);
  const placed = { centerX, centerY, size, rotation };
  return { region: placed, border: emptyBorder(placed, width, height) };
}

/**
 * See `FittedRegion.border`: how far lines from points on the sides inward run before they meet the picture. A line that never
 * does runs along a strip of another side.
 */
function emptyBorder({ centerX, centerY, size, rotation }: FaceRegion, width: number, height: number): number {
  const [cos, sin] = [Math.cos(rotation), Math.sin(rotation)];
  const isEmpty = (u: number, v: number): boolean => {
    const x = centerX + size * (cos * u - sin * v);
    const y = centerY + size * (sin * u + cos * v);
    return x < -0.5 || y < -0.5 || x > width + 0.5 || y > height + 0.5;
  };
  const [lines, steps] = [24, 50];
  let widest = 0;
  for (let side = 0; side < 4; side++) {
    for (let line = 0; line <= lines; line++) {
      const along = line / lines - 0.5;
      let depth = 0;
      for (; depth < steps; depth++) {
        const inward = depth / steps - 0.5;
        const [u, v] = side < 2 ? [along, inward] : [inward, along];
        if (!isEmpty(side % 2 === 0 ? u : -u, side % 2 === 0 ? v : -v)) break;
      }
      if (depth < steps) widest = Math.max(widest, depth / steps);
    }
  }
  return widest;
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
