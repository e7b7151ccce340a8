import {
  type FaceAnalyser,
  type FaceLandmarks,
  FPS,
  fitExpression,
  fitHeadPose,
  type MeshBasis,
  nameExpression,
  PcTalkError,
  type Performance,
  prepareStill,
  writeHeadFrame,
  writePoseMatrix,
} from '@pctalk/core';
import { hashBytes, hashFile } from './consent.ts';
import { decodeImage, readImageFile } from './image.ts';
import { probeVideo } from './probe-video.ts';
import { decodeVideo } from './video-decode.ts';

/** How a reference clip lies on speech of another length: its last frame held, played again and again, or stretched. */
export const EMOTION_TIMINGS = ['hold', 'loop', 'stretch'] as const;
export type EmotionTiming = (typeof EMOTION_TIMINGS)[number];

export interface ReadEmotionOptions {
  readonly analyser: FaceAnalyser;
  readonly basis: MeshBasis;
}

export interface ReadEmotionVideoOptions extends ReadEmotionOptions {
  readonly timing: EmotionTiming;
  /** Of the speech, seconds. */
  readonly duration: number;
}

export type EmotionClips = NonNullable<Performance['emotion']>;

/** Times a second at which a clip is read. */
const RATE = 5;
const LONGEST_SECONDS = 60;

/**
 * Reads the emotion of a reference face, relative to an estimate of that person's neutral face, as clips of a performance
 * for upper and lower face, with the file's hash.
 * @throws `no-face`, `several-faces`, `image-unreadable`
 */
export async function readEmotionImage(path: string, { analyser, basis }: ReadEmotionOptions): Promise<EmotionClips> {
  const bytes = await readImageFile(path);
  const [picture, sha256] = [await decodeImage(bytes, path), hashBytes(bytes)];
  const { tick } = await prepareStill(picture, analyser, basis, { where: path });
  return nameExpression(tick.expression).targets.map(({ emotion, region, intensity }) => ({
    emotion,
    region,
    intensity: round(intensity),
    source: { kind: 'image', sha256 },
  }));
}

/**
 * Reads the emotion of a reference clip over time, as `readEmotionImage` does every fifth of a second, as curves of a
 * performance.
 * @throws `no-face`, `video-unreadable`
 */
export async function readEmotionVideo(path: string, options: ReadEmotionVideoOptions): Promise<EmotionClips> {
  await probeVideo(path);
  const moments = await readMoments(path, options);
  const sha256 = await hashFile(path);
  const curves = new Map<string, { readonly emotion: string; readonly region: string; readonly values: number[] }>();
  for (const [n, targets] of moments.entries()) {
    for (const { emotion, region, intensity } of targets) {
      const key = `${emotion}:${region}`;
      const curve = curves.get(key) ?? { emotion, region, values: moments.map(() => 0) };
      curve.values[n] = intensity;
      curves.set(key, curve);
    }
  }
  return [...curves.values()].map(({ emotion, region, values }) => ({
    emotion,
    region,
    intensity: timed(medians(values), options),
    source: { kind: 'video', sha256, timing: options.timing },
  }));
}

async function readMoments(path: string, { analyser, basis }: ReadEmotionOptions) {
  const moments: (readonly ReturnType<typeof nameExpression>['targets'][number][])[] = [];
  let previous: FaceLandmarks | undefined;
  let seen = false;
  for await (const frame of decodeVideo(path, { fps: RATE })) {
    if (moments.length >= LONGEST_SECONDS * RATE) break;
    previous = await analyser.track(frame, previous);
    if (previous === undefined) {
      moments.push(moments.at(-1) ?? []);
      continue;
    }
    seen = true;
    const pose = fitHeadPose(previous.points);
    const matrix = new Float64Array(9);
    writePoseMatrix(pose, matrix);
    const head = new Float32Array(previous.points.length);
    writeHeadFrame(previous.points, pose, matrix, head);
    moments.push(nameExpression(fitExpression(basis, head).expression).targets);
  }
  if (seen) return moments;
  throw new PcTalkError(
    'no-face',
    `${path}: expected a face, found none; use a clip in which a face is visible from the front`,
  );
}

/** Keyframes of a curve on speech of another length. */
function timed(values: readonly number[], { timing, duration }: ReadEmotionVideoOptions) {
  const length = values.length / RATE;
  const at = (time: number, value: number) => ({ time: round(time), value: round(value), easing: 'linear' as const });
  if (timing === 'stretch') return values.map((value, n) => at((n * duration) / values.length, value));
  const count = timing === 'hold' ? values.length : Math.max(values.length, Math.ceil(duration * RATE));
  const last = Math.round(length * RATE);
  return Array.from({ length: count }, (_, n) => at(n / RATE, values[n % last]!));
}

/** Each value the median of itself and its neighbours: blinks and slips of the tracker go. */
function medians(values: readonly number[]): number[] {
  return values.map((value, n) => {
    const near = [values[n - 1] ?? value, value, values[n + 1] ?? value];
    return near.sort((a, b) => a - b)[1]!;
  });
}

/** Times to a frame's tenth, intensities to a thousandth. */
function round(value: number): number {
  return Math.round(value * 10 * FPS * 4) / (10 * FPS * 4);
}
