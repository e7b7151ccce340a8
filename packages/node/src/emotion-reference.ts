import {
  EMOTION_SOURCE_LIMITS,
  type EmotionClips,
  type EmotionFit,
  type FaceAnalyser,
  type FaceLandmarks,
  fitCurve,
  fitExpression,
  fitHeadPose,
  type MeshBasis,
  nameExpression,
  PcTalkError,
  prepareStill,
  readableEmotions,
  writeHeadFrame,
  writePoseMatrix,
} from '@pctalk/core';
import { hashBytes, hashFile } from './consent.ts';
import { decodeImage, readImageFile } from './image.ts';
import { probeVideo } from './probe-video.ts';
import { decodeVideo } from './video-decode.ts';

export interface ReadEmotionOptions {
  readonly analyser: FaceAnalyser;
  readonly basis: MeshBasis;
}

export interface ReadEmotionVideoOptions extends ReadEmotionOptions {
  /** How a clip of another length is laid on the speech. */
  readonly fit: EmotionFit;
  /** Of the speech, seconds. */
  readonly duration: number;
}

/** Times a second at which a clip is read. */
const RATE = 5;

/**
 * Reads the emotion of a reference face, relative to an estimate of that person's neutral face, as clips of a performance
 * for upper and lower face, with the file's hash.
 * @throws `no-face`, `several-faces`, `image-unreadable`
 */
export async function readEmotionImage(path: string, { analyser, basis }: ReadEmotionOptions): Promise<EmotionClips> {
  const bytes = await readImageFile(path);
  const [picture, sha256] = [await decodeImage(bytes, path), hashBytes(bytes)];
  const { tick } = await prepareStill(picture, analyser, basis, { where: path });
  const { targets } = nameExpression(tick.expression, { vectors: readableEmotions(basis), yaw: tick.pose.yaw });
  return targets.map(({ emotion, region, intensity }) => ({
    emotion,
    region,
    intensity: Math.round(intensity * 1000) / 1000,
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
    intensity: fitCurve(medians(values), RATE, options.fit, options.duration),
    source: { kind: 'video', sha256, fit: options.fit },
  }));
}

async function readMoments(path: string, { analyser, basis }: ReadEmotionOptions) {
  const vectors = readableEmotions(basis);
  const moments: (readonly ReturnType<typeof nameExpression>['targets'][number][])[] = [];
  let previous: FaceLandmarks | undefined;
  let seen = false;
  for await (const frame of decodeVideo(path, { fps: RATE })) {
    if (moments.length >= EMOTION_SOURCE_LIMITS.videoSeconds * RATE) break;
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
    moments.push(nameExpression(fitExpression(basis, head).expression, { vectors, yaw: pose.yaw }).targets);
  }
  if (seen) return moments;
  throw new PcTalkError(
    'no-face',
    `${path}: expected a face, found none; use a clip in which a face is visible from the front`,
  );
}

/** Each value the median of itself and its neighbours: blinks and slips of the tracker go. */
function medians(values: readonly number[]): number[] {
  return values.map((value, n) => {
    const near = [values[n - 1] ?? value, value, values[n + 1] ?? value];
    return near.sort((a, b) => a - b)[1]!;
  });
}
