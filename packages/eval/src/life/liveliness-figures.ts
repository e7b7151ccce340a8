/**
 * How lively a face is by THEval's four landmark metrics, as re-implemented here: on 478 landmarks with the head's pose
 * removed, lengths in U (distance of the outer eye corners), so that clips of any size compare.
 *
 * @source THEval (CVPR 2026 Findings), definitions only: lip dynamics, brow dynamics, silent lips, lip-sync
 */
import {
  alignHeadPose,
  createFaceMeasures,
  estimateNeutral,
  INNER_LIPS,
  KEYPOINT_COUNT,
  LEFT_BROW,
  LEFT_EYE,
  measureFace,
  OUTER_LIPS,
  RIGHT_BROW,
  RIGHT_EYE,
  writeHeadFrame,
  writePoseMatrix,
} from '@pctalk/core';

/** Figures of one clip. */
export interface Liveliness {
  /** Mean standard deviation of the distances between lip points, U. */
  readonly lipDynamics: number;
  /** Mean change from frame to frame of the distance between brow and eye, over the distance of the eyes' centres. */
  readonly browDynamics: number;
  /** Median |gap − mean gap| in silences, U; NaN where there is no silence of 300 ms. */
  readonly silentLips: number;
  /** Mean |opening − loudness|, each brought to 0 … 1 over the clip. */
  readonly lipSync: number;
}

/**
 * What `scoreLiveliness` counts as right: means of THEval's real videos. Its lip dynamics are pixels of a 256 × 256 frame,
 * 1.717; per U those of 13 real clips (1.750 there) are .0256 by this code, so that 1.717 is .0251.
 */
export const REAL_LIVELINESS: Liveliness = Object.freeze({
  lipDynamics: 0.0251,
  browDynamics: 0.0068,
  silentLips: 0.0263,
  lipSync: 0.253,
});

const LENGTH = KEYPOINT_COUNT * 3;
const FPS = 25;
/** Shortest silence that counts, frames. */
const SILENCE = Math.ceil(0.3 * FPS);
const LIP_POINTS = [...new Set([...INNER_LIPS.upper, ...INNER_LIPS.lower, ...OUTER_LIPS.upper, ...OUTER_LIPS.lower])];

/** The sound of a clip, one value a frame. */
export interface HeardFrames {
  readonly levelDb: ArrayLike<number>;
  /** Posterior of no speech, 0–1. */
  readonly silence: ArrayLike<number>;
}

/** Liveliness of one clip. @param landmarks `[frames × 478 × 3]` at 25 fps, pixels. */
export function livelinessOf(landmarks: Float32Array, heard: HeardFrames): Liveliness {
  const heads = headFrames(landmarks);
  const gaps: number[] = [];
  const measures = createFaceMeasures();
  for (const head of heads) {
    measureFace(head, measures);
    gaps.push(measures.lipGap);
  }
  const count = Math.min(heads.length, heard.levelDb.length);
  const silent = silentFrames(heard.silence, count);
  return {
    lipDynamics: lipDynamics(heads),
    browDynamics: browDynamics(heads),
    silentLips: medianDeviation(silent.map((frame) => gaps[frame]!)),
    lipSync: meanDifference(unitRange(gaps.slice(0, count)), unitRange(loudness(heard.levelDb, count))),
  };
}

/** Mean of 1 − |m − real| / real over the four metrics, none below 0; of several clips the medians' or means' figures. */
export function scoreLiveliness(figures: Liveliness, real: Liveliness = REAL_LIVELINESS): number {
  const names = ['lipDynamics', 'browDynamics', 'silentLips', 'lipSync'] as const;
  return mean(names.map((name) => Math.max(0, 1 - Math.abs(figures[name] - real[name]) / real[name])));
}

/** Means over clips, each metric over the clips that have it. */
export function meanLiveliness(clips: readonly Liveliness[]): Liveliness {
  const over = (name: keyof Liveliness) => mean(clips.map((clip) => clip[name]).filter((x) => !Number.isNaN(x)));
  return {
    lipDynamics: over('lipDynamics'),
    browDynamics: over('browDynamics'),
    silentLips: over('silentLips'),
    lipSync: over('lipSync'),
  };
}

/** Every frame without its head's pose, in U. */
function headFrames(landmarks: Float32Array): Float32Array[] {
  const frames = Array.from({ length: Math.floor(landmarks.length / LENGTH) }, (_, i) =>
    landmarks.subarray(i * LENGTH, (i + 1) * LENGTH),
  );
  const neutral = estimateNeutral(frames);
  const matrix = new Float64Array(9);
  return frames.map((frame) => {
    const pose = alignHeadPose(frame, neutral);
    writePoseMatrix(pose, matrix);
    const head = new Float32Array(LENGTH);
    writeHeadFrame(frame, pose, matrix, head);
    return head;
  });
}

function browDynamics(heads: readonly Float32Array[]): number {
  const heights = heads.map((p) => {
    const eyes = [LEFT_EYE, RIGHT_EYE].map(({ margin }) => centre(p, [...margin.upper, ...margin.lower]));
    const brows = [LEFT_BROW, RIGHT_BROW].map(({ upper, lower }) => centre(p, [...upper, ...lower]));
    const apart = Math.hypot(eyes[0]![0] - eyes[1]![0], eyes[0]![1] - eyes[1]![1]);
    return brows.map(([x, y], i) => Math.hypot(x - eyes[i]![0], y - eyes[i]![1]) / apart);
  });
  return mean(heights.slice(1).flatMap((pair, t) => pair.map((height, i) => Math.abs(height - heights[t]![i]!))));
}

function centre(p: Float32Array, vertices: readonly number[]): readonly [number, number] {
  return [mean(vertices.map((v) => p[v * 3]!)), mean(vertices.map((v) => p[v * 3 + 1]!))];
}

function lipDynamics(heads: readonly Float32Array[]): number {
  let sum = 0;
  let pairs = 0;
  const distances = new Float64Array(heads.length);
  for (const [i, a] of LIP_POINTS.entries()) {
    for (const b of LIP_POINTS.slice(0, i)) {
      heads.forEach((p, t) => {
        distances[t] = Math.hypot(p[a * 3]! - p[b * 3]!, p[a * 3 + 1]! - p[b * 3 + 1]!);
      });
      sum += deviation(distances);
      pairs++;
    }
  }
  return sum / pairs;
}

/** Frames of silences that last 300 ms. */
function silentFrames(silence: ArrayLike<number>, count: number): number[] {
  const out: number[] = [];
  let start = 0;
  for (let t = 0; t <= count; t++) {
    if (t < count && silence[t]! > 0.5) continue;
    if (t - start >= SILENCE) for (let n = start; n < t; n++) out.push(n);
    start = t + 1;
  }
  return out;
}

/** Amplitude of each frame's sound. */
function loudness(levelDb: ArrayLike<number>, count: number): number[] {
  return Array.from({ length: count }, (_, t) => 10 ** (levelDb[t]! / 20));
}

function unitRange(values: readonly number[]): number[] {
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const range = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) - low;
  return values.map((x) => (range > 0 ? (x - low) / range : 0));
}

function meanDifference(a: readonly number[], b: readonly number[]): number {
  return mean(a.map((x, i) => Math.abs(x - b[i]!)));
}

function medianDeviation(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const middle = mean(values);
  const sorted = values.map((x) => Math.abs(x - middle)).sort((x, y) => x - y);
  return sorted[sorted.length >> 1]!;
}

function deviation(values: ArrayLike<number>): number {
  const all = Array.from(values);
  const middle = mean(all);
  return Math.sqrt(mean(all.map((x) => (x - middle) ** 2)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
