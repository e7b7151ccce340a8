import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createMotionTracker,
  EMOTIONS,
  type Emotion,
  estimateNeutral,
  type FaceLandmarks,
  FRAME_SIZE,
  KEYPOINT_COUNT,
  type RgbaImage,
  type TalkerCore,
} from '@pctalk/core';
import { decodeImage, decodeVideo } from '@pctalk/node';
import { type FaceShape, FaceShapeMean, shapeDifference } from './face-change.ts';
import { meanTone, type SkinTone, skinTone, toneChange } from './skin-tone.ts';
import { emotionPerformance } from './spoken-emotion.ts';

/** What the face tracker sees of somebody who shows an emotion, relative to the same person's neutral speech. */
export interface WatchedEmotion {
  readonly person: string;
  readonly emotion: Emotion;
  /** Coefficients `[C]` of each frame. */
  readonly rows: readonly Float32Array[];
  readonly shape: FaceShape;
  /** How much brighter places of the skin are, as shares. */
  readonly tone: SkinTone;
}

/** Landmarks of a frame, pixels, and its skin. */
interface Seen {
  readonly points: Float32Array;
  readonly tone: SkinTone;
}

/** Frames a second that are looked at. */
const RATE = 6.25;

/** Watches real clips `PERSON_…_EMOTION_….mp4`; people without a neutral clip are left out. */
export async function watchRealEmotions(folder: string, core: TalkerCore): Promise<WatchedEmotion[]> {
  const seen = new Map<string, Map<Emotion, Seen[]>>();
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.mp4')).sort()) {
    const emotion = EMOTIONS.find((each) => name.includes(each));
    if (emotion === undefined) continue;
    const frames: Seen[] = [];
    let previous: FaceLandmarks | undefined;
    for await (const frame of decodeVideo(join(folder, name), { fps: RATE })) {
      previous = await core.analyser.track(frame, previous);
      if (previous !== undefined) frames.push(see(frame, previous));
    }
    const person = name.split('_')[0]!;
    seen.set(person, (seen.get(person) ?? new Map()).set(emotion, frames));
  }
  return [...seen].flatMap(([person, clips]) => relativeToNeutral(person, clips, core));
}

/** Watches drawn frames of one portrait that says the same with every emotion at full intensity. */
export async function watchDrawnEmotions(
  path: string,
  audio: Float32Array,
  core: TalkerCore,
): Promise<WatchedEmotion[]> {
  const source = await core.prepare(await decodeImage(path), { where: path });
  using renderer = core.createRenderer(source);
  const data = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
  const seen = new Map<Emotion, Seen[]>();
  for (const emotion of EMOTIONS) {
    const frames: Seen[] = [];
    let previous: FaceLandmarks | undefined;
    for await (const frame of core.perform(source, [audio], core.createDirector(emotionPerformance(emotion, 1)))) {
      if (frame.frameIndex % 4 !== 0) continue;
      renderer.render(frame.driven, data);
      const image = { width: FRAME_SIZE, height: FRAME_SIZE, data };
      previous = await core.analyser.track(image, previous);
      if (previous !== undefined) frames.push(see(image, previous));
    }
    seen.set(emotion, frames);
  }
  return relativeToNeutral(path, seen, core);
}

function relativeToNeutral(
  person: string,
  clips: ReadonlyMap<Emotion, readonly Seen[]>,
  core: TalkerCore,
): WatchedEmotion[] {
  const calm = clips.get('neutral');
  if (calm === undefined || calm.length === 0) return [];
  const tracker = createMotionTracker(core.basis, estimateNeutral(calm.map(({ points }) => points)));
  const watched = [...clips].map(([emotion, frames]) => {
    const shape = new FaceShapeMean();
    const rows = frames.map(({ points }) => {
      const { coefficients, head } = tracker.track(points.subarray(0, KEYPOINT_COUNT * 3));
      shape.add(head);
      return coefficients.slice();
    });
    return { person, emotion, rows, shape: shape.shape(), tone: meanTone(frames.map(({ tone }) => tone)) };
  });
  const still = watched.find(({ emotion }) => emotion === 'neutral')!;
  return watched.map((each) => ({
    ...each,
    shape: shapeDifference(each.shape, still.shape),
    tone: toneChange(each.tone, still.tone),
  }));
}

function see(image: RgbaImage, { points }: FaceLandmarks): Seen {
  return { points: points.slice(), tone: skinTone(image, points) };
}
