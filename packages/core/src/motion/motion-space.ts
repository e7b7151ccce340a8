import type { HeadPose } from '../face/head-pose.ts';

/** Landmarks of the `mesh` space: 468 of the canonical face mesh and 2 × 5 of the irises. */
export const KEYPOINT_COUNT = 478;

export type { HeadPose };

/** Where the eyes look relative to the head, radians; yaw to the image right and pitch down are positive. */
export interface Gaze {
  readonly yaw: number;
  readonly pitch: number;
}

/** What analysis knows of the source at one time: one entry for a still, one per tick for a video. */
export interface SourceTick {
  /** K_s `[478 × 3]`, pixels of the 512 × 512 crop (z in the same unit). */
  readonly keypoints: Float32Array;
  /** Pose of the source head. */
  readonly pose: HeadPose;
  /** Head-frame geometry of the source with its own expression removed `[478 × 3]`, U. */
  readonly neutral: Float32Array;
  /** δ `[C]`: the source's own coefficients, so that neutral + basis(δ) posed by `pose` is K_s up to `residual`. */
  readonly expression: Float32Array;
}

/** What tongue and teeth do behind the lips. */
export interface MouthInside {
  /** How far the tongue's tip is raised behind the upper teeth, 0–1: l n t d th. */
  readonly tongueTip: number;
  /** How far the lower teeth come up to the upper ones, 0–1: s z sh ch j. */
  readonly teethClosed: number;
}

/** One frame of motion, the sum of its parts not yet taken. All coefficient arrays are `[C]`. */
export interface MotionFrame {
  /** D_l: lips from speech, scaled and edited. */
  readonly lips: Float32Array;
  /** D_e: emotion. */
  readonly emotion: Float32Array;
  /** D_u: blinks, brow accents. */
  readonly life: Float32Array;
  /** Rotation relative to the source's own head, radians, and shift in U. */
  readonly head: {
    readonly pitch: number;
    readonly yaw: number;
    readonly roll: number;
    readonly shift: readonly [number, number, number];
  };
  /** Relative to the source's own gaze. */
  readonly gaze: Gaze;
  /** @default tongue and teeth at rest */
  readonly inside?: MouthInside | undefined;
}

/** A driven frame, ready to draw. */
export interface DrivenFrame {
  /** K_d `[478 × 3]`, pixels of the crop; a view that the next `compose` overwrites. */
  readonly keypoints: Float32Array;
  /** Pose of the driven head. */
  readonly pose: HeadPose;
  /** Coefficients after summing and clamping `[C]`: what a 3-D avatar would be sent. */
  readonly coefficients: Float32Array;
  readonly gaze: Gaze;
  /** @default tongue and teeth at rest */
  readonly inside?: MouthInside | undefined;
}

/** The only place that adds, rotates, orders and clamps, and keeps lips and lids from crossing. */
export interface MotionSpace {
  readonly kind: 'mesh';
  /**
   * K_d = K_0 + D_l + D_e + D_u. With D_l = sourceLips(δ), D_e = D_u = 0 and the head still, K_d equals K_s exactly; smile, frown and
   * dimple of the source stay in δ₀ and are not part of D_l.
   */
  compose(source: SourceTick, motion: MotionFrame): DrivenFrame;
}
