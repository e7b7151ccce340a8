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
  type TalkerCore,
} from '@pctalk/core';
import { decodeImage, decodeVideo } from '@pctalk/node';
import { type FaceShape, FaceShapeMean, shapeDifference } from './face-change.ts';
import { emotionPerformance } from './spoken-emotion.ts';

/** What the face tracker sees of somebody who shows an emotion, relative to the same person's neutral speech. */
export interface WatchedEmotion {
  readonly person: string;
  readonly emotion: Emotion;
  /** Coefficients `[C]` of each frame. */
  readonly rows: readonly Float32Array[];
  readonly shape: FaceShape;
}

/** Frames a second that are looked at. */
const RATE = 6.25;

/** Watches real clips `PERSON_…_EMOTION_….mp4`; people without a neutral clip are left out. */
export async function watchRealEmotions(folder: string, core: TalkerCore): Promise<WatchedEmotion[]> {
  const seen = new Map<string, Map<Emotion, Float32Array[]>>();
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.mp4')).sort()) {
    const emotion = EMOTIONS.find((each) => name.includes(each));
    if (emotion === undefined) continue;
    const frames: Float32Array[] = [];
    let previous: FaceLandmarks | undefined;
    for await (const frame of decodeVideo(join(folder, name), { fps: RATE })) {
      previous = await core.analyser.track(frame, previous);
      if (previous !== undefined) frames.push(previous.points.slice());
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
  const seen = new Map<Emotion, Float32Array[]>();
  for (const emotion of EMOTIONS) {
    const frames: Float32Array[] = [];
    let previous: FaceLandmarks | undefined;
    for await (const frame of core.perform(source, [audio], core.createDirector(emotionPerformance(emotion, 1)))) {
      if (frame.frameIndex % 4 !== 0) continue;
      renderer.render(frame.driven, data);
      previous = await core.analyser.track({ width: FRAME_SIZE, height: FRAME_SIZE, data }, previous);
      if (previous !== undefined) frames.push(previous.points.slice());
    }
    seen.set(emotion, frames);
  }
  return relativeToNeutral(path, seen, core);
}

function relativeToNeutral(
  person: string,
  clips: ReadonlyMap<Emotion, readonly Float32Array[]>,
  core: TalkerCore,
): WatchedEmotion[] {
  const calm = clips.get('neutral');
  if (calm === undefined || calm.length === 0) return [];
  const tracker = createMotionTracker(core.basis, estimateNeutral(calm));
  const watched = [...clips].map(([emotion, frames]) => {
    const shape = new FaceShapeMean();
    const rows = frames.map((points) => {
      const { coefficients, head } = tracker.track(points.subarray(0, KEYPOINT_COUNT * 3));
      shape.add(head);
      return coefficients.slice();
    });
    return { person, emotion, rows, shape: shape.shape() };
  });
  const still = watched.find(({ emotion }) => emotion === 'neutral')!.shape;
  return watched.map((each) => ({ ...each, shape: shapeDifference(each.shape, still) }));
}
