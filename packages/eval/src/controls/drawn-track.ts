import {
  createMotionTracker,
  estimateNeutral,
  type FaceLandmarks,
  FRAME_SIZE,
  KEYPOINT_COUNT,
  type LipCurves,
  measureFace,
  type Performance,
} from '@pctalk/core';
import type { DrawnSpeaker } from '../lips/drawn-lips.ts';

/** What a tracker sees in drawn frames, one value a frame; lengths in U. */
export interface DrawnTrack extends LipCurves {
  /** Height of the opening between the lips. */
  readonly gap: Float32Array;
  /** Height of the brows over their eyes, mean of both. */
  readonly brows: Float32Array;
  /** Gap of the lids, mean of both eyes. */
  readonly eyes: Float32Array;
  /** Turn of the head, degrees. */
  readonly yaw: Float32Array;
  /** Posterior of p, b or m, as heard. */
  readonly closure: Float32Array;
}

/** The mesh of a face as the tracker has it when still. */
export type NeutralFace = ReturnType<typeof estimateNeutral>;

const CURVES = ['opening', 'outer', 'width', 'protrusion', 'gap', 'brows', 'eyes', 'yaw', 'closure'] as const;

/**
 * Speaks, draws every frame and tracks the drawn face.
 * @param neutral of an earlier take of the same portrait, so that takes differ by what is drawn alone
 */
export async function trackTake(
  { core, source, renderer }: DrawnSpeaker,
  performance: Performance,
  audio: Float32Array,
  neutral?: NeutralFace,
): Promise<{ readonly track: DrawnTrack; readonly neutral: NeutralFace }> {
  const data = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
  const image = { width: FRAME_SIZE, height: FRAME_SIZE, data };
  const points: Float32Array[] = [];
  const heard: number[] = [];
  let previous: FaceLandmarks | undefined;
  for await (const { driven, speech } of core.perform(source, [audio], core.createDirector(performance))) {
    renderer.render(driven, data);
    previous = (await core.analyser.track(image, previous)) ?? previous;
    points.push(previous?.points.slice() ?? new Float32Array(KEYPOINT_COUNT * 3));
    heard.push(speech.closure);
  }
  const still = neutral ?? estimateNeutral(points);
  const tracker = createMotionTracker(core.basis, still);
  const track = Object.fromEntries(CURVES.map((name) => [name, new Float32Array(points.length)])) as Record<
    (typeof CURVES)[number],
    Float32Array
  >;
  points.forEach((frame, t) => {
    const { head, pose } = tracker.track(frame);
    const m = measureFace(head);
    track.opening[t] = m.lipGapPerWidth;
    track.outer[t] = m.outerLipOpening / m.mouthWidth;
    track.width[t] = m.mouthWidth;
    track.protrusion[t] = m.lipProtrusion;
    track.gap[t] = m.lipGap;
    track.brows[t] = (m.browHeightLeft + m.browHeightRight) / 2;
    track.eyes[t] = (m.eyeOpeningLeft + m.eyeOpeningRight) / 2;
    track.yaw[t] = (pose.yaw * 180) / Math.PI;
    track.closure[t] = heard[t]!;
  });
  return { track, neutral: still };
}
