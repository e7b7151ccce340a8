import {
  alignHeadPose,
  createFaceMeasures,
  estimateNeutral,
  KEYPOINT_COUNT,
  measureFace,
  writeHeadFrame,
  writePoseMatrix,
} from '@pctalk/core';

/** What a talking person does besides the mouth. */
export interface LifeFigures {
  readonly seconds: number;
  readonly blinksPerMinute: number;
  /** Standard deviations over the clip, degrees. */
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
  /** Standard deviation of the height of the brows while the eyes are open, U. */
  readonly brows: number;
}

const FPS = 25;
const LENGTH = KEYPOINT_COUNT * 3;
/** A blink: the lids come below this share of their usual opening, at least this many frames after the last one. */
const SHUT = 0.6;
const APART = 5;
/** Frames before and after which the usual opening is taken. */
const AROUND = 25;

/** Life of one clip, by its landmarks. @param landmarks `[frames × 478 × 3]` at 25 fps, pixels. */
export function lifeOf(landmarks: Float32Array): LifeFigures {
  const frames = Array.from({ length: Math.floor(landmarks.length / LENGTH) }, (_, i) =>
    landmarks.subarray(i * LENGTH, (i + 1) * LENGTH),
  );
  const neutral = estimateNeutral(frames);
  const matrix = new Float64Array(9);
  const head = new Float32Array(LENGTH);
  const measures = createFaceMeasures();
  const [yaw, pitch, roll, eyes, brows]: number[][] = [[], [], [], [], []];
  for (const frame of frames) {
    const pose = alignHeadPose(frame, neutral);
    writePoseMatrix(pose, matrix);
    writeHeadFrame(frame, pose, matrix, head);
    measureFace(head, measures);
    yaw!.push(pose.yaw);
    pitch!.push(pose.pitch);
    roll!.push(pose.roll);
    eyes!.push((measures.eyeOpeningLeft + measures.eyeOpeningRight) / 2);
    brows!.push((measures.browHeightLeft + measures.browHeightRight) / 2);
  }
  const usual = eyes!.map((_, i) => median(eyes!.slice(Math.max(0, i - AROUND), i + AROUND + 1)));
  const isShut = eyes!.map((opening, i) => opening < SHUT * usual[i]!);
  const degrees = (values: number[]) => (deviation(values) * 180) / Math.PI;
  return {
    seconds: frames.length / FPS,
    blinksPerMinute: (60 * FPS * countBlinks(isShut)) / frames.length,
    yaw: degrees(yaw!),
    pitch: degrees(pitch!),
    roll: degrees(roll!),
    brows: deviation(brows!.filter((_, i) => !isShut[i])),
  };
}

/** Of several clips the mean weighted by length, and the least and the most. */
export function summariseLife(clips: readonly LifeFigures[]): Readonly<Record<'mean' | 'least' | 'most', LifeFigures>> {
  const seconds = clips.reduce((sum, clip) => sum + clip.seconds, 0);
  const over = (value: (name: keyof LifeFigures) => number): LifeFigures => ({
    seconds,
    blinksPerMinute: value('blinksPerMinute'),
    yaw: value('yaw'),
    pitch: value('pitch'),
    roll: value('roll'),
    brows: value('brows'),
  });
  return {
    mean: over((name) => clips.reduce((sum, clip) => sum + clip[name] * clip.seconds, 0) / seconds),
    least: over((name) => Math.min(...clips.map((clip) => clip[name]))),
    most: over((name) => Math.max(...clips.map((clip) => clip[name]))),
  };
}

function countBlinks(isShut: readonly boolean[]): number {
  let count = 0;
  let last = Number.NEGATIVE_INFINITY;
  isShut.forEach((shut, i) => {
    if (shut && !isShut[i - 1] && i - last >= APART) count++;
    if (shut) last = i;
  });
  return count;
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}
