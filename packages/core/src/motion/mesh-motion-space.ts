import { LEFT_EYE, RIGHT_EYE, VERTEX_COUNT } from '../face/canonical-mesh.ts';
import { sumCoefficients } from './coefficient-sum.ts';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX } from './coefficients.ts';
import { EyeMotion } from './eye-motion.ts';
import { LipContact } from './lip-contact.ts';
import { evertLips } from './lip-eversion.ts';
import type { MeshBasis } from './mesh-basis.ts';
import {
  type DrivenFrame,
  KEYPOINT_COUNT,
  type MotionFrame,
  type MotionSpace,
  type SourceTick,
} from './motion-space.ts';
import { writeHeadFrame, writePoseMatrix } from './pose-matrix.ts';

/** Where the head turns, head frame, U: in the neck, .85 behind and .25 below the nose base. */
export const HEAD_PIVOT = [0, 0.25, 0.85] as const;

const PUCKER = COEFFICIENT_INDEX.mouthPucker;

/** The driven pose, writable by its owner. */
interface MutablePose {
  pitch: number;
  yaw: number;
  roll: number;
  scale: number;
  translation: [number, number, number];
}

/**
 * The `mesh` motion space over a basis. Handles one source at a time; another source may be passed with every call.
 *
 *     K_d = K_s + (M_d − M_s)(K_h − pivot) + M_d · d + s · shift,   d = Σ (c_k − δ_k) B_k, guarded at lips and lids
 *
 * with K_h = K_s in the head frame and M = scale · R. The differences make K_d = K_s exact when nothing changes.
 */
export function createMeshMotionSpace(basis: MeshBasis): MotionSpace {
  return new MeshMotionSpace(basis);
}

class MeshMotionSpace implements MotionSpace {
  readonly kind = 'mesh';
  readonly #fields: Float32Array;
  readonly #lips: LipContact;
  readonly #eyes: readonly EyeMotion[];
  readonly #base = new Float32Array(COEFFICIENT_COUNT);
  readonly #displacement = new Float32Array(KEYPOINT_COUNT * 3);
  readonly #head = new Float32Array(KEYPOINT_COUNT * 3);
  readonly #sourceMatrix = new Float64Array(9);
  readonly #matrix = new Float64Array(9);
  readonly #pose: MutablePose = { pitch: 0, yaw: 0, roll: 0, scale: 1, translation: [0, 0, 0] };
  readonly #gaze = { yaw: 0, pitch: 0 };
  readonly #inside = { tongueTip: 0, teethClosed: 0 };
  readonly #frame: DrivenFrame = {
    keypoints: new Float32Array(KEYPOINT_COUNT * 3),
    pose: this.#pose,
    coefficients: new Float32Array(COEFFICIENT_COUNT),
    gaze: this.#gaze,
    inside: this.#inside,
  };
  #source: SourceTick | undefined;

  constructor(basis: MeshBasis) {
    this.#fields = basis.displacements;
    this.#lips = new LipContact(basis);
    this.#eyes = [
      new EyeMotion(basis, RIGHT_EYE, COEFFICIENT_INDEX.eyeBlinkRight),
      new EyeMotion(basis, LEFT_EYE, COEFFICIENT_INDEX.eyeBlinkLeft),
    ];
  }

  compose(source: SourceTick, motion: MotionFrame): DrivenFrame {
    if (source !== this.#source) this.#setSource(source);
    const { coefficients } = this.#frame;
    sumCoefficients(source.expression, motion, this.#base, coefficients);
    this.#gaze.yaw = motion.gaze.yaw;
    this.#gaze.pitch = motion.gaze.pitch;
    this.#inside.tongueTip = motion.inside?.tongueTip ?? 0;
    this.#inside.teethClosed = motion.inside?.teethClosed ?? 0;
    this.#displacement.fill(0);
    if (this.#changes(source, motion)) this.#deform(source, motion);
    this.#poseHead(source, motion);
    this.#place(source, motion);
    return this.#frame;
  }

  #setSource(source: SourceTick): void {
    this.#source = source;
    writePoseMatrix(source.pose, this.#sourceMatrix);
    writeHeadFrame(source.keypoints, source.pose, this.#sourceMatrix, this.#head);
    this.#lips.setSource(this.#head, source.expression);
    for (const eye of this.#eyes) eye.setSource(this.#head, source.expression);
  }

  #changes(source: SourceTick, motion: MotionFrame): boolean {
    if (motion.gaze.yaw !== 0 || motion.gaze.pitch !== 0) return true;
    for (let k = 0; k < COEFFICIENT_COUNT; k++) {
      if (this.#frame.coefficients[k] !== source.expression[k]) return true;
    }
    return false;
  }

  #deform(source: SourceTick, motion: MotionFrame): void {
    const { coefficients } = this.#frame;
    coefficients[COEFFICIENT_INDEX.mouthClose]! += this.#lips.solve(this.#base, coefficients);
    const length = VERTEX_COUNT * 3;
    const displacement = this.#displacement;
    const fields = this.#fields;
    for (let k = 0; k < COEFFICIENT_COUNT; k++) {
      const weight = coefficients[k]! - source.expression[k]!;
      if (weight === 0) continue;
      const start = k * length;
      for (let i = 0; i < length; i++) displacement[i]! += weight * fields[start + i]!;
    }
    evertLips(coefficients[PUCKER]! - source.expression[PUCKER]!, displacement);
    this.#lips.apply(displacement);
    for (const eye of this.#eyes) eye.apply(coefficients, motion.gaze, displacement);
  }

  #poseHead(source: SourceTick, motion: MotionFrame): void {
    const pose = this.#pose;
    const from = source.pose;
    pose.pitch = from.pitch + motion.head.pitch;
    pose.yaw = from.yaw + motion.head.yaw;
    pose.roll = from.roll + motion.head.roll;
    pose.scale = from.scale;
    writePoseMatrix(pose, this.#matrix);
    for (let row = 0; row < 3; row++) {
      let turned = 0;
      for (let column = 0; column < 3; column++) {
        turned += (this.#sourceMatrix[row * 3 + column]! - this.#matrix[row * 3 + column]!) * HEAD_PIVOT[column]!;
      }
      pose.translation[row] = from.translation[row]! + turned + from.scale * motion.head.shift[row]!;
    }
  }

  #place(source: SourceTick, motion: MotionFrame): void {
    const { keypoints } = this.#frame;
    const head = this.#head;
    const d = this.#displacement;
    const m = this.#matrix;
    const n = this.#sourceMatrix;
    for (let row = 0; row < 3; row++) {
      const [m0, m1, m2] = [m[row * 3]!, m[row * 3 + 1]!, m[row * 3 + 2]!];
      const [t0, t1, t2] = [m0 - n[row * 3]!, m1 - n[row * 3 + 1]!, m2 - n[row * 3 + 2]!];
      const moved = source.pose.scale * motion.head.shift[row]!;
      for (let i = 0; i < KEYPOINT_COUNT * 3; i += 3) {
        const rigid =
          t0 * (head[i]! - HEAD_PIVOT[0]) + t1 * (head[i + 1]! - HEAD_PIVOT[1]) + t2 * (head[i + 2]! - HEAD_PIVOT[2]);
        keypoints[i + row] = source.keypoints[i + row]! + rigid + moved + m0 * d[i]! + m1 * d[i + 1]! + m2 * d[i + 2]!;
      }
    }
  }
}
