import { LIP_ROWS, PLACES } from './canonical-mesh.ts';
import type { FaceRegion } from './face-region.ts';
import type { HeadPose } from './head-pose.ts';

/** What may spoil the result without stopping the work. */
export type FaceWarningCode =
  | 'face-small'
  | 'face-blurred'
  | 'face-turned'
  | 'face-tilted'
  | 'mouth-covered'
  | 'mouth-open'
  | 'several-faces'
  | 'border-invented'
  | 'spectacles';

/** One warning, as `WarningReporter` takes it. */
export interface FaceWarning {
  readonly code: FaceWarningCode;
  readonly message: string;
}

/** What is known of a face when its warnings are written. */
export interface FaceEvidence {
  readonly pose: HeadPose;
  readonly crop: FaceRegion;
  /** See `FittedRegion`. */
  readonly border: number;
  /** See `faceSharpness`. */
  readonly sharpness: number;
  /** See `mouthUncertainty`. */
  readonly mouthUncertainty: number;
  /** See `mouthOpening`. */
  readonly mouthOpening: number;
}

/** Where warnings begin. */
export const FACE_WARNING_LIMITS = Object.freeze({
  /** A crop smaller than this is enlarged more than twice, pixels. */
  cropSize: 256,
  sharpness: 0.08,
  yawDeg: 25,
  pitchDeg: 25,
  rollDeg: 30,
  /** An invented strip wider than this is seen as such, sides of the frame. */
  border: 0.1,
  /**
   * 17 bare mouths measured 0.4–1.3; the same covered by a mask, a hand or a microphone 1.2–7.3, two of 51 below this.
   */
  mouthUncertainty: 1.5,
  /** A mouth open by more than this shows its inside, which lips that close must hide and other teeth must replace, U. */
  mouthOpening: 0.045,
});

/** Landmarks on bone and hard borders, against which the lips are compared. */
const STEADY = [33, 133, 159, 145, 263, 362, 386, 374, 6, 168, 197];
const LIPS = [...new Set([...LIP_ROWS.upper, ...LIP_ROWS.lower].flat())];

/**
 * How much more the lips stray between views than eyes and nose: above 1.5 the network guesses where the mouth is.
 * @param spread `[478]`, see `surveyLandmarks`.
 */
export function mouthUncertainty(spread: Float32Array): number {
  return meanOf(spread, LIPS) / Math.max(meanOf(spread, STEADY), 1e-6);
}

/**
 * How far the inner lips are apart in the middle, U.
 * @param points `[478 × 3]`, pixels. @param scale pixels per U.
 */
export function mouthOpening(points: Float32Array, scale: number): number {
  const [u, l] = [PLACES.upperLipInner * 3, PLACES.lowerLipInner * 3];
  return Math.hypot(points[l]! - points[u]!, points[l + 1]! - points[u + 1]!) / scale;
}

/** The warnings that apply, in the order of FACE_WARNING_LIMITS. */
export function faceWarnings(evidence: FaceEvidence): FaceWarning[] {
  const limits = FACE_WARNING_LIMITS;
  const degrees = (radians: number) => Math.round((Math.abs(radians) * 180) / Math.PI);
  const [pitch, yaw, roll] = [evidence.pose.pitch, evidence.pose.yaw, evidence.pose.roll].map(degrees) as [
    number,
    number,
    number,
  ];
  const warnings: FaceWarning[] = [];
  const warn = (code: FaceWarningCode, message: string) => warnings.push({ code, message });
  const side = Math.round(evidence.crop.size);
  if (side < limits.cropSize) {
    warn('face-small', `the face's crop is ${side} pixels wide; at least ${limits.cropSize} look sharp, 512 are best`);
  }
  if (evidence.sharpness < limits.sharpness) {
    warn('face-blurred', 'the face is blurred; the result will be no sharper');
  }
  if (yaw > limits.yawDeg || pitch > limits.pitchDeg) {
    warn('face-turned', `the head is turned by ${yaw}° and nods by ${pitch}°; up to ${limits.yawDeg}° look right`);
  }
  if (roll > limits.rollDeg) warn('face-tilted', `the head is tilted by ${roll}°; it is set upright in the crop`);
  if (evidence.border > limits.border) {
    const share = Math.round(100 * evidence.border);
    warn(
      'border-invented',
      `the face fills the picture: ${share} % of the frame at a side is an invented border; --paste-back shows the picture as it is, or use one with more around the head`,
    );
  }
  if (evidence.mouthUncertainty > limits.mouthUncertainty) {
    warn('mouth-covered', 'the mouth seems to be covered; what covers it will move with the lips');
  }
  if (evidence.mouthOpening > limits.mouthOpening) {
    const percent = Math.round(100 * evidence.mouthOpening);
    warn(
      'mouth-open',
      `the lips are open by ${percent} % of the distance of the eyes; teeth are painted anew as they move, try a picture with closed lips`,
    );
  }
  return warnings;
}

function meanOf(values: Float32Array, indices: readonly number[]): number {
  return indices.reduce((sum, index) => sum + values[index]!, 0) / indices.length;
}
