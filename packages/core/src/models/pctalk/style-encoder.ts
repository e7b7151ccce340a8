/** The style encoder: how a person moves the lips, from 4 s of reference. */
import { input, slice } from '@pctalk/graph';
import { LIP_KEYPOINTS } from '../../motion/implicit/keypoints.ts';
import { type ImplicitMotion, transformKeypoints } from '../../motion/implicit/transform.ts';
import type { TensorSession } from '../../tensor-runtime.ts';
import { RELEASED_STYLE_ENCODER, styleEmbedding, styleLogits } from '../lac/style-encoder.ts';
import type { ReleasedNetwork } from '../released/build-network.ts';
import { ReleasedScope } from '../released/released-scope.ts';
import { DECODER_WIDTH, positionRows } from './decoder.ts';
import { LIP_MOTION_SIZE } from './lac.ts';

/** Frames of a style reference, 4 s at 25 fps. */
export const STYLE_FRAMES = RELEASED_STYLE_ENCODER.period;

/**
 * `lips` [1, 100, 18] to `embedding` [1, 512], and `logits` [1, persons] of who it is (not used for driving).
 *
 * @source PC-Talk release, `models/style_encoder.py` (SpeakingStyleEncoder)
 */
export function styleEncoder(persons: number): ReleasedNetwork {
  const scope = new ReleasedScope();
  const table = scope.scope('PPE').entry('pe', [1, positionRows(STYLE_FRAMES), DECODER_WIDTH]);
  const positions = slice(table, 1, 0, STYLE_FRAMES);
  const lips = input('lips', [1, STYLE_FRAMES, LIP_MOTION_SIZE]);
  const embedding = styleEmbedding(lips, RELEASED_STYLE_ENCODER, scope, undefined, positions);
  const logits = styleLogits(embedding, persons, scope);
  return { name: 'pctalk_style', outputs: { embedding, logits }, scope };
}

/**
 * Lip movement of one frame `[3 × 6]`: keypoints with expression minus keypoints without, as the release subtracts them
 * in float32.
 */
export function styleFrame(canonical: Float32Array, motion: ImplicitMotion): Float32Array {
  const moved = transformKeypoints(canonical, motion);
  const still = transformKeypoints(canonical, { ...motion, expression: new Float32Array(canonical.length) });
  const out = new Float32Array(LIP_MOTION_SIZE);
  LIP_KEYPOINTS.forEach((keypoint, k) => {
    for (let axis = 0; axis < 3; axis++) {
      const i = keypoint * 3 + axis;
      out[axis * LIP_KEYPOINTS.length + k] = moved[i]! - still[i]!;
    }
  });
  return out;
}

/** Indices that extend a clip of `length` frames to `count` by playing it forth and back; end frames come twice. */
export function pingPong(length: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const place = i % (2 * length);
    return place < length ? place : 2 * length - 1 - place;
  });
}

/** Embeds a reference clip. @param frames `[3 × 6]` each, at least one; those past 100 are not heard. */
export async function encodeStyle(frames: readonly Float32Array[], session: TensorSession): Promise<Float32Array> {
  const data = new Float32Array(STYLE_FRAMES * LIP_MOTION_SIZE);
  pingPong(frames.length, STYLE_FRAMES).forEach((index, i) => {
    data.set(frames[index]!, i * LIP_MOTION_SIZE);
  });
  const { embedding } = await session.run({ lips: { dims: [1, STYLE_FRAMES, LIP_MOTION_SIZE], data } });
  return embedding!.data as Float32Array;
}
