import {
  createMotionTracker,
  EMOTION_SOURCE_LIMITS,
  type EmotionClips,
  type EmotionFit,
  type EmotionTarget,
  estimateNeutral,
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
  trackedEmotions,
  writeHeadFrame,
  writePoseMatrix,
} from '@pctalk/core';
import { hashBytes, hashFile } from './consent.ts';
import { decodeImage, readImageFile } from './image.ts';
import { isVideoFile } from './is-video-file.ts';
import { probeVideo, videoUnreadable } from './probe-video.ts';
import { decodeVideo } from './video-decode.ts';

/** What reads a face, and against which neutral. */
export interface ReadEmotionOptions {
  readonly analyser: FaceAnalyser;
  readonly basis: MeshBasis;
  /** A picture or clip of the same person at rest, or in calm speech: expressions are read against it. @default estimated from the still itself */
  readonly neutral?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The same of a clip, and how it is laid on the speech. */
export interface ReadEmotionVideoOptions extends ReadEmotionOptions {
  /** How a clip of another length is laid on the speech. */
  readonly fit: EmotionFit;
  /** Of the speech, seconds. */
  readonly duration: number;
}

/** Times a second at which a clip is read. */
const RATE = 5;

/**
 * Reads the emotion of a reference face, relative to that person's neutral face or an estimate of it, as clips of a
 * performance, with the file's hash.
 * @throws `no-face`, `several-faces`, `image-unreadable`
 */
export async function readEmotionImage(path: string, options: ReadEmotionOptions): Promise<EmotionClips> {
  const bytes = await readImageFile(path, 'give it as --emotion-video');
  const [picture, sha256] = [await decodeImage(bytes, path), hashBytes(bytes)];
  const { tick } = await prepareStill(picture, options.analyser, options.basis, { where: path });
  const name = await createNamer(options);
  const source = { kind: 'image' as const, sha256, ...(await neutralSource(options)) };
  return name(tick.keypoints).map(({ emotion, region, intensity }) => ({
    emotion,
    region,
    intensity: Math.round(intensity * 1000) / 1000,
    source,
  }));
}

/**
 * Reads the emotion of a reference clip over time, as `readEmotionImage` does every fifth of a second, as curves of a
 * performance.
 * @throws `no-face`, `video-unreadable`
 */
export async function readEmotionVideo(path: string, options: ReadEmotionVideoOptions): Promise<EmotionClips> {
  await refusePicture(path);
  const name = await createNamer(options);
  const moments = (await readLandmarks(path, options)).map(name);
  const source = {
    kind: 'video' as const,
    sha256: await hashFile(path, options),
    fit: options.fit,
    ...(await neutralSource(options)),
  };
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
    source,
  }));
}

/** @throws video-unreadable: a picture, which tells nothing over time */
async function refusePicture(path: string): Promise<void> {
  if (await isVideoFile(path)) return;
  const picture = await decodeImage(path).catch(() => undefined);
  if (picture !== undefined) throw videoUnreadable(path, 'got a picture; give it as --emotion-image');
}

type Named = readonly EmotionTarget[];

/** What names the emotions of landmarks `[478 × 3]`, pixels. */
async function createNamer(options: ReadEmotionOptions): Promise<(points: Float32Array) => Named> {
  const { basis, neutral } = options;
  if (neutral !== undefined) {
    const calm = await readCalm(neutral, options);
    const tracker = createMotionTracker(basis, estimateNeutral(calm));
    const usual = meanOf(calm.map((points) => tracker.track(points).coefficients.slice()));
    const vectors = trackedEmotions(basis);
    return (points) => {
      const { coefficients, pose } = tracker.track(points);
      return nameExpression(
        coefficients.map((x, k) => x - usual[k]!),
        { vectors, yaw: pose.yaw, fromNeutral: true },
      ).targets;
    };
  }
  const vectors = readableEmotions(basis);
  const matrix = new Float64Array(9);
  return (points) => {
    const pose = fitHeadPose(points);
    writePoseMatrix(pose, matrix);
    const head = new Float32Array(points.length);
    writeHeadFrame(points, pose, matrix, head);
    return nameExpression(fitExpression(basis, head).expression, { vectors, yaw: pose.yaw }).targets;
  };
}

/** What a face does on the mean while it is calm `[C]`: if it speaks, its speech. */
function meanOf(rows: readonly Float32Array[]): Float32Array {
  return rows[0]!.map((_, k) => rows.reduce((sum, row) => sum + row[k]!, 0) / rows.length);
}

async function readCalm(path: string, options: ReadEmotionOptions): Promise<Float32Array[]> {
  if (await isVideoFile(path)) return readLandmarks(path, options);
  const { tick } = await prepareStill(await decodeImage(path), options.analyser, options.basis, { where: path });
  return [tick.keypoints];
}

async function neutralSource({ neutral }: ReadEmotionOptions): Promise<{ readonly neutral?: string }> {
  return neutral === undefined ? {} : { neutral: await hashFile(neutral) };
}

/**
 * Landmarks of a clip, `RATE` times a second; where the face is not seen the last ones, before it appears the first.
 * @throws `video-unreadable`, `no-face`
 */
async function readLandmarks(path: string, { analyser, signal }: ReadEmotionOptions): Promise<Float32Array[]> {
  const { convert } = (await probeVideo(path, { signal })).colour;
  const seen: (Float32Array | undefined)[] = [];
  let previous: FaceLandmarks | undefined;
  for await (const frame of decodeVideo(path, { fps: RATE, convert, signal })) {
    if (seen.length >= EMOTION_SOURCE_LIMITS.videoSeconds * RATE) break;
    previous = await analyser.track(frame, previous);
    seen.push(previous?.points ?? seen.at(-1));
  }
  const first = seen.find((points) => points !== undefined);
  if (first !== undefined) return seen.map((points) => points ?? first);
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
