import { PLACES } from '../face/canonical-mesh.ts';
import type { HeadSurface } from './head-surface.ts';

/** Places the mouth in one frame: affine map from pixels to the mouth plane (x from the middle, y from the lip line, U). */
export interface MouthPlane {
  readonly xx: number;
  readonly xy: number;
  readonly x0: number;
  readonly yx: number;
  readonly yy: number;
  readonly y0: number;
  /** Where the jaw has moved, U. */
  readonly jawX: number;
  readonly jawY: number;
}

/** The teeth stand this far behind the lip line, U. */
const BEHIND_LIPS = 0.03;

/** The lower teeth follow this share of the chin's way: skin slides a little over the bone. */
const JAW_SHARE = 0.97;

/**
 * Where the mouth is in the current frame of the surface: the plane of the teeth, fixed to the skull, its origin in the
 * middle of the corners and on the neutral lip line.
 * @param neutral `[478 × 3]`, head frame, U.
 */
export function placeMouth(surface: HeadSurface, neutral: Float32Array): MouthPlane {
  const { head, source, transform: d, sourceTransform: s, keypointsInHead } = surface;
  const right = PLACES.rightMouthCorner;
  const left = PLACES.leftMouthCorner;
  const middleX = (head[right * 3]! + head[left * 3]!) / 2;
  const middleY = (head[right * 3 + 1]! + head[left * 3 + 1]!) / 2;
  const middleZ = (head[right * 3 + 2]! + head[left * 3 + 2]!) / 2;
  // The surface moves from where the landmarks are, not from where the damped depth would project.
  const offsetX =
    (source[right * 2]! + source[left * 2]!) / 2 - (s[0]! * middleX + s[1]! * middleY + s[2]! * middleZ + s[3]!);
  const offsetY =
    (source[right * 2 + 1]! + source[left * 2 + 1]!) / 2 -
    (s[4]! * middleX + s[5]! * middleY + s[6]! * middleZ + s[7]!);
  const x0 = (neutral[right * 3]! + neutral[left * 3]!) / 2;
  const y0 = (neutral[PLACES.upperLipInner * 3 + 1]! + neutral[PLACES.lowerLipInner * 3 + 1]!) / 2;
  const z0 = head[PLACES.upperLipInner * 3 + 2]! + BEHIND_LIPS;
  const originX = d[0]! * x0 + d[1]! * y0 + d[2]! * z0 + d[3]! + offsetX;
  const originY = d[4]! * x0 + d[5]! * y0 + d[6]! * z0 + d[7]! + offsetY;
  const determinant = d[0]! * d[5]! - d[1]! * d[4]!;
  const xx = d[5]! / determinant;
  const xy = -d[1]! / determinant;
  const yx = -d[4]! / determinant;
  const yy = d[0]! / determinant;
  const chin = PLACES.chin * 3;
  return {
    xx,
    xy,
    x0: -xx * originX - xy * originY,
    yx,
    yy,
    y0: -yx * originX - yy * originY,
    jawX: JAW_SHARE * (keypointsInHead[chin]! - neutral[chin]!),
    jawY: Math.max(0, JAW_SHARE * (keypointsInHead[chin + 1]! - neutral[chin + 1]!)),
  };
}
