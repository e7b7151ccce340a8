import {
  curvesOfTrack,
  type FaceLandmarks,
  FRAME_SIZE,
  KEYPOINT_COUNT,
  type LipCurves,
  type Performance,
  type Renderer,
  type StillSource,
  type TalkerCore,
} from '@pctalk/core';

/** A portrait ready to speak. */
export interface DrawnSpeaker {
  readonly core: TalkerCore;
  readonly source: StillSource;
  readonly renderer: Renderer;
}

/** Speaks, draws every frame and tracks the drawn face as if it were a clip. @returns `[frames × 478 × 3]`, pixels. */
export async function trackDrawn(
  { core, source, renderer }: DrawnSpeaker,
  performance: Performance,
  audio: Float32Array,
): Promise<Float32Array> {
  const image = {
    width: FRAME_SIZE,
    height: FRAME_SIZE,
    data: new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4),
  };
  const points: Float32Array[] = [];
  let previous: FaceLandmarks | undefined;
  for await (const frame of core.perform(source, [audio], core.createDirector(performance))) {
    renderer.render(frame.driven, image.data);
    previous = (await core.analyser.track(image, previous)) ?? previous;
    points.push(previous?.points.slice() ?? new Float32Array(KEYPOINT_COUNT * 3));
  }
  const out = new Float32Array(points.length * KEYPOINT_COUNT * 3);
  points.forEach((frame, t) => {
    out.set(frame, t * KEYPOINT_COUNT * 3);
  });
  return out;
}

/** The curves of `trackDrawn`. */
export async function drawnCurves(
  speaker: DrawnSpeaker,
  performance: Performance,
  audio: Float32Array,
): Promise<LipCurves> {
  return curvesOfTrack(speaker.core.basis, await trackDrawn(speaker, performance, audio));
}
