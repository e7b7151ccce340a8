import {
  createMotionTracker,
  estimateNeutral,
  type FaceLandmarks,
  FRAME_SIZE,
  KEYPOINT_COUNT,
  type LipCurves,
  measureFace,
  type Performance,
  writeHeadFrame,
  writePoseMatrix,
} from '@pctalk/core';
import type { DrawnSpeaker } from '../lips/drawn-lips.ts';

/** What the lips do in the mesh that is drawn, one value a frame; lengths in U. */
export interface ComposedLips {
  readonly gap: Float32Array;
  /** Height between the outer lip contours. */
  readonly height: Float32Array;
  readonly width: Float32Array;
  readonly protrusion: Float32Array;
}

/** What a tracker sees in drawn frames, one value a frame; lengths in U. */
export interface DrawnTrack extends LipCurves {
  /** Height of the opening between the lips. */
  readonly gap: Float32Array;
  /** Height between the outer lip contours. */
  readonly height: Float32Array;
  /** Height of the brows over their eyes, mean of both. */
  readonly brows: Float32Array;
  /** Gap of the lids, mean of both eyes. */
  readonly eyes: Float32Array;
  /** Turn of the head, degrees. */
  readonly yaw: Float32Array;
  /** Posterior of p, b or m, as heard. */
  readonly closure: Float32Array;
  /** What was to be seen. */
  readonly composed: ComposedLips;
}

/** The mesh of a face as the tracker has it when still. */
export type NeutralFace = ReturnType<typeof estimateNeutral>;

const CURVES = ['opening', 'outer', 'width', 'protrusion', 'gap', 'height', 'brows', 'eyes', 'yaw', 'closure'] as const;
const COMPOSED = ['gap', 'height', 'width', 'protrusion'] as const satisfies readonly (keyof ComposedLips)[];

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
  const matrix = new Float64Array(9);
  const drawn = new Float32Array(KEYPOINT_COUNT * 3);
  const points: Float32Array[] = [];
  const frames: (Record<(typeof COMPOSED)[number], number> & { readonly closure: number })[] = [];
  let previous: FaceLandmarks | undefined;
  for await (const { driven, speech } of core.perform(source, [audio], core.createDirector(performance))) {
    renderer.render(driven, data);
    previous = (await core.analyser.track(image, previous)) ?? previous;
    points.push(previous?.points.slice() ?? new Float32Array(KEYPOINT_COUNT * 3));
    writePoseMatrix(driven.pose, matrix);
    writeHeadFrame(driven.keypoints, driven.pose, matrix, drawn);
    const { lipGap: gap, outerLipOpening: height, mouthWidth: width, lipProtrusion: protrusion } = measureFace(drawn);
    frames.push({ gap, height, width, protrusion, closure: speech.closure });
  }
  const still = neutral ?? estimateNeutral(points);
  const tracker = createMotionTracker(core.basis, still);
  const composed = curves(COMPOSED, frames.length);
  const seen = curves(CURVES, frames.length);
  frames.forEach((frame, t) => {
    for (const name of COMPOSED) composed[name][t] = frame[name];
    const { head, pose } = tracker.track(points[t]!);
    const m = measureFace(head);
    seen.opening[t] = m.lipGapPerWidth;
    seen.outer[t] = m.outerLipOpening / m.mouthWidth;
    seen.width[t] = m.mouthWidth;
    seen.protrusion[t] = m.lipProtrusion;
    seen.gap[t] = m.lipGap;
    seen.height[t] = m.outerLipOpening;
    seen.brows[t] = (m.browHeightLeft + m.browHeightRight) / 2;
    seen.eyes[t] = (m.eyeOpeningLeft + m.eyeOpeningRight) / 2;
    seen.yaw[t] = (pose.yaw * 180) / Math.PI;
    seen.closure[t] = frame.closure;
  });
  return { track: { ...seen, composed }, neutral: still };
}

function curves<Name extends string>(names: readonly Name[], frames: number): Record<Name, Float32Array> {
  return Object.fromEntries(names.map((name) => [name, new Float32Array(frames)])) as Record<Name, Float32Array>;
}
