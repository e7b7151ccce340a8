import { LEFT_EYE, LIP_ROWS, RIGHT_EYE, VERTEX_COUNT } from '../face/canonical-mesh.ts';
import { alignHeadPose } from '../face/head-pose.ts';
import { solveBounded } from './bounded-least-squares.ts';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX, COEFFICIENTS } from './coefficients.ts';
import { measureFace } from './measures.ts';
import type { MeshBasis } from './mesh-basis.ts';
import { type HeadPose, KEYPOINT_COUNT } from './motion-space.ts';
import { writeHeadFrame, writePoseMatrix } from './pose-matrix.ts';

/** How a tracker weighs evidence against the neutral face. */
export interface MotionTrackerOptions {
  /** Weight of (coefficient)² against squared errors in U; more holds weak movements at 0. */
  readonly ridge: number;
  /** Weight of depth errors: the landmark network sees depth poorly. */
  readonly depthWeight: number;
  /** Gauss–Seidel sweeps over the coefficients a frame. */
  readonly sweeps: number;
}

/** Settings measured on real clips (docs/decisions). */
export const MOTION_TRACKER_DEFAULTS: MotionTrackerOptions = Object.freeze({
  ridge: 2e-3,
  depthWeight: 0.15,
  sweeps: 40,
});

/** One tracked frame; arrays are overwritten by the next `track`. */
export interface TrackedMotion {
  /** `[C]`, 0 = the neutral face given, clamped to 0 … 1.5. */
  readonly coefficients: Float32Array;
  readonly pose: HeadPose;
  /** The landmarks in the head frame `[478 × 3]`, U. */
  readonly head: Float32Array;
  /** Root mean square distance of landmarks and model over lips, in the image plane of the head frame, U. */
  readonly lipError: number;
}

/** Reads motion off landmarks of one person. */
export interface MotionTracker {
  /** @param landmarks `[478 × 3]`, pixels (z in the same unit, away from the viewer). */
  track(landmarks: Float32Array): TrackedMotion;
}

const LENGTH = VERTEX_COUNT * 3;
const LIMIT = 1.5;
/** Movements that speech seldom makes, held back so that they do not pose as sums of common ones. */
const RARE =
  /^(jawLeft|jawRight|mouthLeft|mouthRight|mouthShrug|mouthFrown|mouthDimple|mouthRoll|noseSneer|cheekSquint)/;
const RARE_RIDGE = 4;
const LIP_VERTICES = [...new Set([...LIP_ROWS.upper.flat(), ...LIP_ROWS.lower.flat()])];

/**
 * A tracker relative to a neutral face: min Σ w |h − n − Σ c_k B_k|² + ridge Σ c_k², 0 ≤ c_k, per frame, with the normal
 * matrix computed once and the last frame as start. Blinks are in units of this person's own eye opening.
 * @param neutral `[478 × 3]`, head frame, U.
 */
export function createMotionTracker(
  basis: MeshBasis,
  neutral: Float32Array,
  options: MotionTrackerOptions = MOTION_TRACKER_DEFAULTS,
): MotionTracker {
  const fields = personalFields(basis, neutral);
  const weights = landmarkWeights(options.depthWeight);
  const weighted = fields.map((x, i) => x * weights[i % LENGTH]!);
  const normal = normalMatrix(fields, weighted, options.ridge);
  const right = new Float64Array(COEFFICIENT_COUNT);
  const coefficients = new Float32Array(COEFFICIENT_COUNT);
  const head = new Float32Array(KEYPOINT_COUNT * 3);
  const matrix = new Float64Array(9);
  return {
    track(landmarks) {
      const pose = alignHeadPose(landmarks, neutral);
      writePoseMatrix(pose, matrix);
      writeHeadFrame(landmarks, pose, matrix, head);
      project(weighted, head, neutral, right);
      solveBounded(normal, right, coefficients, { low: 0, high: LIMIT, sweeps: options.sweeps });
      return { coefficients, pose, head, lipError: lipError(fields, coefficients, head, neutral) };
    },
  };
}

/** The basis with blinks scaled to the opening of these eyes `[C × 468 × 3]`. */
function personalFields(basis: MeshBasis, neutral: Float32Array): Float32Array {
  const fields = basis.displacements.slice();
  const own = measureFace(neutral);
  const sides = [
    [COEFFICIENT_INDEX.eyeBlinkRight, RIGHT_EYE, own.eyeOpeningRight],
    [COEFFICIENT_INDEX.eyeBlinkLeft, LEFT_EYE, own.eyeOpeningLeft],
  ] as const;
  for (const [k, { margin }, opening] of sides) {
    const field = fields.subarray(k * LENGTH, (k + 1) * LENGTH);
    let way = 0;
    for (let i = 2; i <= 6; i++) way += (field[margin.upper[i]! * 3 + 1]! - field[margin.lower[i]! * 3 + 1]!) / 5;
    for (let i = 0; i < LENGTH; i++) field[i]! *= Math.max(0.02, opening) / way;
  }
  return fields;
}

/** Evidence by landmark: lips and lids count most, the border of the face little `[468 × 3]`. */
function landmarkWeights(depthWeight: number): Float32Array {
  const out = new Float32Array(LENGTH).fill(0.25);
  const raise = (vertices: readonly number[], weight: number) => {
    for (const v of vertices) out.fill(weight, v * 3, v * 3 + 3);
  };
  raise(LIP_VERTICES, 1);
  for (const row of [LIP_ROWS.upper[0]!, LIP_ROWS.upper[3]!, LIP_ROWS.lower[0]!, LIP_ROWS.lower[3]!]) raise(row, 3);
  for (const eye of [RIGHT_EYE, LEFT_EYE]) raise([...eye.margin.upper, ...eye.margin.lower], 3);
  for (let i = 2; i < LENGTH; i += 3) out[i]! *= depthWeight;
  return out;
}

function normalMatrix(fields: Float32Array, weighted: Float32Array, ridge: number): Float64Array {
  const out = new Float64Array(COEFFICIENT_COUNT * COEFFICIENT_COUNT);
  for (let a = 0; a < COEFFICIENT_COUNT; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = a === b ? ridge * (RARE.test(COEFFICIENTS[a]!) ? RARE_RIDGE : 1) : 0;
      for (let i = 0; i < LENGTH; i++) sum += fields[a * LENGTH + i]! * weighted[b * LENGTH + i]!;
      out[a * COEFFICIENT_COUNT + b] = out[b * COEFFICIENT_COUNT + a] = sum;
    }
  }
  return out;
}

/** right_k = Σ w B_k (h − n). */
function project(weighted: Float32Array, head: Float32Array, neutral: Float32Array, right: Float64Array): void {
  for (let k = 0; k < COEFFICIENT_COUNT; k++) {
    let sum = 0;
    const start = k * LENGTH;
    for (let i = 0; i < LENGTH; i++) sum += weighted[start + i]! * (head[i]! - neutral[i]!);
    right[k] = sum;
  }
}

function lipError(fields: Float32Array, c: Float32Array, head: Float32Array, neutral: Float32Array): number {
  let sum = 0;
  for (const v of LIP_VERTICES) {
    for (let i = v * 3; i < v * 3 + 2; i++) {
      let model = neutral[i]!;
      for (let k = 0; k < COEFFICIENT_COUNT; k++) model += c[k]! * fields[k * LENGTH + i]!;
      sum += (head[i]! - model) ** 2;
    }
  }
  return Math.sqrt(sum / LIP_VERTICES.length);
}
