import { SPEECH_CHANNELS } from '@pctalk/core';
import { Matrix, solve } from 'ml-matrix';
import { seededRandom } from '../seeded-random.ts';
import { type HeardClip, readHeardClips } from './heard-clips.ts';
import { RECOGNISER_CENTRE, RECOGNISER_HOP, RECOGNISER_WIDTH } from './recogniser.ts';

/** Rows around a frame that the regression sees. */
const OFFSETS = [-3, 0, 3] as const;
const WIDTH = OFFSETS.length * RECOGNISER_WIDTH + 1;
const FRAMES = 6000;
/** Penalty on the weights, in units of the mean variance of what they weigh. */
const RIDGE = 0.01;

/** Channels `[frames × 14]` from what the recogniser heard. */
export type HeardLips = (heard: Float32Array, frames: number) => Float32Array;

/** Ridge regression from what the recogniser hears to lips. @param lipsOf channels `[frames × 14]` of a clip. */
export function fitHeardLips(
  data: string,
  sets: readonly string[],
  lipsOf: (clip: HeardClip) => Float32Array | undefined,
): HeardLips {
  const random = seededRandom('heard lips');
  const clips = sets.map((set) => readHeardClips(data, set));
  const xs = Matrix.zeros(FRAMES, WIDTH);
  const ys = Matrix.zeros(FRAMES, SPEECH_CHANNELS.length);
  const known = new Map<HeardClip, Float32Array | undefined>();
  for (let n = 0; n < FRAMES; n++) {
    const set = clips[n % clips.length]!;
    const clip = set[Math.floor(random() * set.length)]!;
    if (!known.has(clip)) known.set(clip, lipsOf(clip));
    const channels = known.get(clip);
    if (channels === undefined) continue;
    const frame = Math.floor((random() * channels.length) / SPEECH_CHANNELS.length);
    xs.setRow(n, inputAt(clip.heard, frame));
    ys.setRow(n, [...channels.subarray(frame * SPEECH_CHANNELS.length, (frame + 1) * SPEECH_CHANNELS.length)]);
  }
  const turned = xs.transpose();
  const products = turned.mmul(xs);
  const penalty = (RIDGE * products.trace()) / WIDTH;
  for (let i = 0; i < WIDTH; i++) products.set(i, i, products.get(i, i) + penalty);
  const weights = solve(products, turned.mmul(ys));
  return (heard, frames) => {
    const inputs = new Matrix(Array.from({ length: frames }, (_, frame) => inputAt(heard, frame)));
    return Float32Array.from(inputs.mmul(weights).to1DArray());
  };
}

function inputAt(heard: Float32Array, frame: number): number[] {
  const rows = heard.length / RECOGNISER_WIDTH;
  const middle = Math.round((frame * 640 + 320 - RECOGNISER_CENTRE) / RECOGNISER_HOP);
  const parts = OFFSETS.flatMap((offset) => {
    const row = Math.min(rows - 1, Math.max(0, middle + offset));
    return [...heard.subarray(row * RECOGNISER_WIDTH, (row + 1) * RECOGNISER_WIDTH)];
  });
  return [...parts, 1];
}
