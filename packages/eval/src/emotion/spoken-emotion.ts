import {
  type Emotion,
  FRAME_SIZE,
  type Performance,
  PLACES,
  type Renderer,
  type RgbaImage,
  type StillSource,
  type TalkerCore,
  writeHeadFrame,
  writePoseMatrix,
} from '@pctalk/core';

import { type FaceShape, FaceShapeMean } from './face-change.ts';

/** One emotion, spoken by one portrait. */
export interface SpokenEmotion {
  /** Opening between the lips in every frame, U. */
  readonly gaps: Float32Array;
  /** Posterior of p, b or m in every frame, 0–1. */
  readonly closure: Float32Array;
  /** How much higher the right corner of the mouth stands than the left, mean of the frames, U. */
  readonly cornerTilt: number;
  readonly shape: FaceShape;
  /** Mean of the judge's answers. */
  readonly probabilities: Float32Array;
}

/** What a portrait says, and which frames of it are looked at. */
export interface SpokenOptions {
  /** 16 kHz mono. */
  readonly audio: Float32Array;
  readonly judgedFrames: readonly number[];
  /** @returns probabilities, undefined if it sees no face. */
  judge(image: RgbaImage): Promise<Float32Array | undefined>;
}

/** A portrait ready to speak. */
export interface Speaker {
  readonly core: TalkerCore;
  readonly source: StillSource;
  readonly renderer: Renderer;
}

/** A performance of one emotion at one intensity, in all of the face; without blinks, which the judge cannot read. */
export function emotionPerformance(emotion: Emotion, intensity: number): Performance {
  return { version: 1, seed: 4, blink: 0, emotion: [{ emotion, region: 'all', intensity }] };
}

/** Speaks through the whole pipeline and has some frames drawn and judged. */
export async function speakEmotion(
  { core, source, renderer }: Speaker,
  performance: Performance,
  options: SpokenOptions,
): Promise<SpokenEmotion> {
  const head = new Float32Array(source.tick.keypoints.length);
  const matrix = new Float64Array(9);
  const shape = new FaceShapeMean();
  const gaps: number[] = [];
  const closure: number[] = [];
  const image = {
    width: FRAME_SIZE,
    height: FRAME_SIZE,
    data: new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4),
  };
  let tilt = 0;
  let answers: Float32Array | undefined;
  let judged = 0;
  for await (const frame of core.perform(source, [options.audio], core.createDirector(performance))) {
    writePoseMatrix(frame.driven.pose, matrix);
    writeHeadFrame(frame.driven.keypoints, frame.driven.pose, matrix, head);
    gaps.push(shape.add(head).lipGap);
    closure.push(frame.speech.closure);
    tilt += head[PLACES.leftMouthCorner * 3 + 1]! - head[PLACES.rightMouthCorner * 3 + 1]!;
    if (!options.judgedFrames.includes(frame.frameIndex)) continue;
    renderer.render(frame.driven, image.data);
    const answer = await options.judge({ ...image, data: image.data.slice() });
    if (answer === undefined) continue;
    answers ??= new Float32Array(answer.length);
    for (let i = 0; i < answer.length; i++) answers[i]! += answer[i]!;
    judged++;
  }
  return {
    gaps: Float32Array.from(gaps),
    closure: Float32Array.from(closure),
    cornerTilt: tilt / gaps.length,
    shape: shape.shape(),
    probabilities: (answers ?? new Float32Array(0)).map((sum) => sum / judged),
  };
}
