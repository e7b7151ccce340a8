import { INNER_LIPS, LEFT_BROW, LEFT_EYE, OUTER_LIPS, PLACES, RIGHT_BROW, RIGHT_EYE } from '../face/canonical-mesh.ts';

/** What lips, eyes and brows do, read off landmarks in the head frame; lengths in U, the distance of the outer eye corners. */
export interface FaceMeasures {
  /** Height of the opening between the inner lip contours, mean of the five middle columns; 0 when the lips meet. */
  lipGap: number;
  /** lipGap / mouthWidth. */
  lipGapPerWidth: number;
  /** Distance of the mouth corners. */
  mouthWidth: number;
  /** Height between the outer lip contours, mean of the five middle columns. */
  outerLipOpening: number;
  /** How far the middle of the lips stands in front of the nose base. */
  lipProtrusion: number;
  /** Mouth corners above the middle of the lips (positive in a smile), mean of both sides. */
  cornerLift: number;
  /** Lid gap, mean of the five middle columns. */
  eyeOpeningLeft: number;
  eyeOpeningRight: number;
  /** Brow above the line of its eye's corners. */
  browHeightLeft: number;
  browHeightRight: number;
}

const LIP_MIDDLE = [3, 4, 5, 6, 7] as const;
const EYE_MIDDLE = [2, 3, 4, 5, 6] as const;
const LIP_FRONT = [0, 17, 37, 267, 84, 314, 11, 16, 13, 14] as const;

/** A record to pass to `measureFace`. */
export function createFaceMeasures(): FaceMeasures {
  return {
    lipGap: 0,
    lipGapPerWidth: 0,
    mouthWidth: 0,
    outerLipOpening: 0,
    lipProtrusion: 0,
    cornerLift: 0,
    eyeOpeningLeft: 0,
    eyeOpeningRight: 0,
    browHeightLeft: 0,
    browHeightRight: 0,
  };
}

/**
 * Measures a face.
 * @param headLandmarks `[478 × 3]` (the irises are not read), head frame, U.
 * @param out overwritten and returned.
 */
export function measureFace(headLandmarks: Float32Array, out: FaceMeasures = createFaceMeasures()): FaceMeasures {
  const p = headLandmarks;
  out.mouthWidth = distance(p, PLACES.rightMouthCorner, PLACES.leftMouthCorner);
  out.lipGap = Math.max(0, rowGap(p, INNER_LIPS.upper, INNER_LIPS.lower, LIP_MIDDLE));
  out.lipGapPerWidth = out.lipGap / out.mouthWidth;
  out.outerLipOpening = rowGap(p, OUTER_LIPS.upper, OUTER_LIPS.lower, LIP_MIDDLE);
  out.lipProtrusion = p[PLACES.noseBase * 3 + 2]! - mean(p, LIP_FRONT, 2);
  const middle = (p[PLACES.upperLipInner * 3 + 1]! + p[PLACES.lowerLipInner * 3 + 1]!) / 2;
  out.cornerLift = middle - (p[PLACES.rightMouthCorner * 3 + 1]! + p[PLACES.leftMouthCorner * 3 + 1]!) / 2;
  out.eyeOpeningLeft = rowGap(p, LEFT_EYE.margin.upper, LEFT_EYE.margin.lower, EYE_MIDDLE);
  out.eyeOpeningRight = rowGap(p, RIGHT_EYE.margin.upper, RIGHT_EYE.margin.lower, EYE_MIDDLE);
  out.browHeightLeft = browHeight(p, LEFT_BROW.upper, PLACES.leftEyeOuter, PLACES.leftEyeInner);
  out.browHeightRight = browHeight(p, RIGHT_BROW.upper, PLACES.rightEyeOuter, PLACES.rightEyeInner);
  return out;
}

function rowGap(
  p: Float32Array,
  upper: readonly number[],
  lower: readonly number[],
  columns: readonly number[],
): number {
  let sum = 0;
  for (const i of columns) sum += p[lower[i]! * 3 + 1]! - p[upper[i]! * 3 + 1]!;
  return sum / columns.length;
}

function browHeight(p: Float32Array, brow: readonly number[], outer: number, inner: number): number {
  return (p[outer * 3 + 1]! + p[inner * 3 + 1]!) / 2 - mean(p, brow, 1);
}

function mean(p: Float32Array, vertices: readonly number[], axis: number): number {
  let sum = 0;
  for (const v of vertices) sum += p[v * 3 + axis]!;
  return sum / vertices.length;
}

function distance(p: Float32Array, a: number, b: number): number {
  return Math.hypot(p[a * 3]! - p[b * 3]!, p[a * 3 + 1]! - p[b * 3 + 1]!, p[a * 3 + 2]! - p[b * 3 + 2]!);
}
