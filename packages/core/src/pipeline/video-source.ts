import { VERTEX_COUNT } from '../face/canonical-mesh.ts';
import type { FaceRegion } from '../face/face-region.ts';
import { LANDMARK_COUNT } from '../face/landmarks.ts';
import { pictureToCrop } from '../face/region-transform.ts';
import type { SourceTrack } from '../formats/source-track.ts';
import { smoothstep } from '../math/smoothstep.ts';
import { closeLips } from '../motion/close-lips.ts';
import { NEUTRALISED } from '../motion/coefficient-sum.ts';
import { COEFFICIENT_COUNT, COEFFICIENTS } from '../motion/coefficients.ts';
import { estimateNeutral } from '../motion/estimate-neutral.ts';
import type { MeshBasis } from '../motion/mesh-basis.ts';
import type { HeadPose, SourceTick } from '../motion/motion-space.ts';
import { createMotionTracker, type MotionTracker } from '../motion/motion-tracker.ts';
import { writeImageFrame, writePoseMatrix } from '../motion/pose-matrix.ts';
import { settleChin } from '../motion/settle-chin.ts';
import { FRAME_SIZE } from '../render/renderer.ts';
import { clipWindow } from './clip-window.ts';
import { blinkOf, openEyes } from './open-eyes.ts';
import { findEyeFrame, findMouthFrames, neutralFrames, pointsAt } from './track-frames.ts';

const ROW = LANDMARK_COUNT * 3;
const MESH = VERTEX_COUNT * 3;
/** What the movements of speech do not explain is kept as far as it is slow: Gaussian over time, frames. */
const SLOW_DEVIATION = 6;
const SLOW_REACH = 16;
const SLOW = Array.from({ length: SLOW_REACH + 1 }, (_, d) => Math.exp(-0.5 * (d / SLOW_DEVIATION) ** 2));
/** Lip movements that shift a place by less than the first, U, leave it alone; from the second on it is theirs. */
const REACH_FROM = 0.02;
const REACH_TO = 0.08;
/** Faces turned further than the first are dubbed less, further than the second not at all, radians. */
export const TURN_LIMITS = Object.freeze({ from: 0.7, to: 0.95 });
/** Frames on either side of a blink in which its lids are still on their way. */
const BLINK_REACH = 2;
/** Frames over which dubbing comes in beside frames without a face. */
const EASE = 4;
const MOUTH = Uint8Array.from(COEFFICIENTS, (name) => (/^(jaw|mouth)/.test(name) ? 1 : 0));

/** One frame of the clip, ready to be dubbed. */
export interface ClipTick {
  /** Square of the picture that is drawn; both ticks are in pixels of it, reduced to 512 × 512. */
  readonly window: FaceRegion;
  /** The face as it is: K_s, δ. */
  readonly observed: SourceTick;
  /** The same face with its own speech taken off the lips and jaw: K_0. */
  readonly neutralised: SourceTick;
  /** δ's part that was taken off: the lips that give this frame's own mouth back `[C]`. */
  readonly ownLips: Float32Array;
  /** How far the frame is dubbed, 0–1: less beside frames without a face or mouth, and as the face turns to profile. */
  readonly strength: number;
  /** Whether the eyes stay as they are filmed, though lips that part pull at the lids. */
  readonly keepsEyes: boolean;
}

/** How a followed clip serves as source. */
export interface VideoSourceOptions {
  /** Whether the whole face will move (emotion, blinks, head) or its lower half alone. */
  readonly wholeFace: boolean;
  /** Whether the clip's blinks stay, or are taken off because others are given. */
  readonly blinks: 'own' | 'replaced';
}

/** What is kept of an observed frame while its neighbours are smoothed. */
interface Observation {
  readonly pose: HeadPose;
  readonly head: Float32Array;
  readonly expression: Float32Array;
  /** K_h − neutral − Σ over jaw and mouth of δ_k B_k `[468 × 3]`, U. */
  readonly rest: Float32Array;
}

/**
 * A tracked clip as a source. For each frame, with n the person's neutral face over the clip, M(δ) the jaw's and mouth's
 * movements, m where they reach and ⟨·⟩ the mean over half a second:
 *
 *     K_0 = K_s + m · (n + M(⟨δ_kept⟩) + ⟨K_s − n − M(δ)⟩ − K_s)
 *
 * so that syllables leave the lips and jaw while smile, turn and identity stay. Frames are best asked for in order.
 */
export class VideoSource {
  readonly track: SourceTrack;
  readonly #basis: MeshBasis;
  readonly #options: VideoSourceOptions;
  readonly #neutral: Float32Array;
  readonly #tracker: MotionTracker;
  readonly #reach: Float32Array;
  /** 1 where the mouth can be redrawn `[T]`: the face is seen, and nothing passes before its mouth. */
  readonly #shown: Uint8Array;
  #mouthFrames: readonly number[] | undefined;
  #partFrames: readonly number[] | undefined;
  readonly #observations = new Map<number, Observation>();

  constructor(track: SourceTrack, basis: MeshBasis, options: VideoSourceOptions) {
    this.track = track;
    this.#basis = basis;
    this.#options = options;
    this.#neutral = estimateNeutral(neutralFrames(track));
    this.#tracker = createMotionTracker(basis, this.#neutral);
    this.#reach = lipReach(basis);
    this.#shown = track.seen.slice();
    for (const { code, from, to } of track.findings) if (code === 'mouth-passed') this.#shown.fill(0, from, to);
  }

  /** Frames that may show the mouth's inside: up to four that are widest open, facing the camera. */
  get mouthFrames(): readonly number[] {
    return (this.#mouthFrames ??= findMouthFrames(this.track));
  }

  /** Frames that parts of the face are read from: those of the mouth, and one with open eyes where blinks are replaced. */
  get partFrames(): readonly number[] {
    const isReplaced = this.#options.blinks === 'replaced';
    return (this.#partFrames ??= isReplaced
      ? [...this.mouthFrames, findEyeFrame(this.track, this.#tracker, this.#neutral)]
      : this.mouthFrames);
  }

  /** The frame's tick, or that of the nearest frame with a face. */
  tickAt(frame: number): ClipTick {
    const at = nearestSeen(this.track.seen, frame);
    const { pose, head, expression } = this.#observe(at);
    const slow = this.#slowFace(at);
    const window = clipWindow(this.track, at, this.#reach, this.#options.wholeFace);
    const neutral = this.#neutral.slice();
    for (let i = 0; i < MESH; i++) neutral[i]! += this.#reach[(i / 3) | 0]! * slow.rest[i]!;
    const placed = placeInWindow(pose, window);
    const keypoints = new Float32Array(ROW);
    const matrix = new Float64Array(9);
    writePoseMatrix(placed, matrix);
    writeImageFrame(head, placed, matrix, keypoints);
    const ownLips = new Float32Array(COEFFICIENT_COUNT);
    for (let k = 0; k < COEFFICIENT_COUNT; k++) if (MOUTH[k]) ownLips[k] = expression[k]! - slow.expression[k]!;
    return {
      window,
      observed: { keypoints, pose: placed, neutral, expression },
      neutralised: {
        keypoints: this.#neutralise(head, keypoints, neutral, slow.expression, placed, this.#blinkAround(at)),
        pose: placed,
        neutral,
        expression: slow.expression,
      },
      ownLips,
      strength: this.#presenceAt(frame) * frontality(pose),
      keepsEyes: !this.#options.wholeFace,
    };
  }

  #neutralise(
    head: Float32Array,
    keypoints: Float32Array,
    neutral: Float32Array,
    expression: Float32Array,
    pose: HeadPose,
    opening: number,
  ): Float32Array {
    const wanted = neutral.slice();
    addMouth(this.#basis, expression, 1, wanted);
    closeLips(wanted);
    const change = new Float32Array(ROW);
    for (let i = 0; i < MESH; i++) change[i] = this.#reach[(i / 3) | 0]! * (wanted[i]! - head[i]!);
    openEyes(head, this.#neutral, opening, change);
    const matrix = new Float64Array(9);
    writePoseMatrix(pose, matrix);
    const moved = new Float32Array(ROW);
    writeImageFrame(change, { ...pose, translation: [0, 0, 0] }, matrix, moved);
    for (let i = 0; i < ROW; i++) moved[i]! += keypoints[i]!;
    return moved;
  }

  /** Means over half a second of the shot: the rest, and of δ the movements that are no speech. */
  #slowFace(frame: number): { readonly rest: Float32Array; readonly expression: Float32Array } {
    const { shots } = this.track;
    const rest = new Float32Array(MESH);
    const expression = new Float32Array(COEFFICIENT_COUNT);
    let total = 0;
    for (let g = frame - SLOW_REACH; g <= frame + SLOW_REACH; g++) {
      if ((g !== frame && this.#shown[g] !== 1) || shots[g] !== shots[frame]) continue;
      const other = this.#observe(g);
      const weight = SLOW[Math.abs(g - frame)]!;
      total += weight;
      for (let i = 0; i < MESH; i++) rest[i]! += weight * other.rest[i]!;
      for (let k = 0; k < COEFFICIENT_COUNT; k++) {
        if (MOUTH[k] && !NEUTRALISED[k]) expression[k]! += weight * other.expression[k]!;
      }
    }
    for (let i = 0; i < MESH; i++) rest[i]! /= total;
    for (let k = 0; k < COEFFICIENT_COUNT; k++) expression[k]! /= total;
    this.#forget(frame);
    return { rest, expression };
  }

  /** How far filmed blinks are to be opened, 0–1: all through a blink, with the lids' slow way back up. */
  #blinkAround(frame: number): number {
    if (this.#options.blinks === 'own') return 0;
    const { seen, shots } = this.track;
    let most = 0;
    for (let g = frame - BLINK_REACH; g <= frame + BLINK_REACH; g++) {
      if (seen[g] === 1 && shots[g] === shots[frame]) most = Math.max(most, blinkOf(this.#observe(g).expression));
    }
    return most;
  }

  #observe(frame: number): Observation {
    const known = this.#observations.get(frame);
    if (known) return known;
    const tracked = this.#tracker.track(pointsAt(this.track, frame));
    const head = tracked.head.slice();
    settleChin(head, this.#neutral);
    const rest = head.slice(0, MESH);
    for (let i = 0; i < MESH; i++) rest[i]! -= this.#neutral[i]!;
    addMouth(this.#basis, tracked.coefficients, -1, rest);
    const observation = {
      pose: tracked.pose,
      head,
      expression: tracked.coefficients.slice(),
      rest,
    };
    this.#observations.set(frame, observation);
    return observation;
  }

  #forget(around: number): void {
    for (const frame of this.#observations.keys()) {
      if (Math.abs(frame - around) > 2 * SLOW_REACH) this.#observations.delete(frame);
    }
  }

  #presenceAt(frame: number): number {
    const shown = this.#shown;
    if (shown[frame] !== 1) return 0;
    let distance = 0;
    while (distance < EASE && shown[frame - distance - 1] !== 0 && shown[frame + distance + 1] !== 0) distance++;
    return smoothstep((distance + 1) / (EASE + 1));
  }
}

/** 1 for a face whose mouth is seen whole, 0 in profile, where half of it is guessed. */
function frontality({ yaw, pitch }: HeadPose): number {
  const turn = Math.acos(Math.cos(yaw) * Math.cos(pitch));
  return 1 - smoothstep((turn - TURN_LIMITS.from) / (TURN_LIMITS.to - TURN_LIMITS.from));
}

/** Adds the jaw's and mouth's movements. @param out `[468 × 3]` or longer, U. */
function addMouth({ displacements }: MeshBasis, expression: Float32Array, sign: number, out: Float32Array): void {
  for (let k = 0; k < COEFFICIENT_COUNT; k++) {
    const amount = MOUTH[k] ? sign * expression[k]! : 0;
    if (amount === 0) continue;
    for (let i = 0; i < MESH; i++) out[i]! += amount * displacements[k * MESH + i]!;
  }
}

/** m: how far each vertex is moved by the lips and jaw of speech `[468]`, 0–1. */
function lipReach({ displacements }: MeshBasis): Float32Array {
  const out = new Float32Array(VERTEX_COUNT);
  for (let v = 0; v < VERTEX_COUNT; v++) {
    let most = 0;
    for (let k = 0; k < COEFFICIENT_COUNT; k++) {
      if (!NEUTRALISED[k]) continue;
      const i = k * MESH + v * 3;
      most = Math.max(most, Math.hypot(displacements[i]!, displacements[i + 1]!));
    }
    out[v] = smoothstep((most - REACH_FROM) / (REACH_TO - REACH_FROM));
  }
  return out;
}

function placeInWindow(pose: HeadPose, window: FaceRegion): HeadPose {
  const translation = Float32Array.from(pose.translation);
  pictureToCrop(translation, window, FRAME_SIZE, translation);
  return {
    ...pose,
    scale: (pose.scale * FRAME_SIZE) / window.size,
    translation: [translation[0]!, translation[1]!, translation[2]!],
  };
}

function nearestSeen(seen: Uint8Array, frame: number): number {
  for (let d = 0; d < seen.length; d++) {
    if (seen[frame - d] === 1) return frame - d;
    if (seen[frame + d] === 1) return frame + d;
  }
  return 0;
}
