import { JUDGE_SHAPE, judgeLips, judgeSound } from '@pctalk/core';
import {
  add,
  concat,
  constant,
  input,
  logSoftmax,
  mean,
  mul,
  neg,
  type ParameterScope,
  reshape,
  slice,
  sum,
  type TrainingObjective,
  type Value,
} from '@pctalk/graph';

/** Size of a batch, and what is asked of each example. */
export interface JudgeOptions {
  readonly batch: number;
  /** Frames of lips that are compared, a multiple of `piece`. */
  readonly frames: number;
  /** Largest shift tried, frames. */
  readonly shift: number;
  /** Frames of the short stretches that must tell their offset alone. */
  readonly piece: number;
}

/** The batch of the shipped judge. */
export const JUDGE_DEFAULTS: JudgeOptions = Object.freeze({ batch: 24, frames: 72, shift: 15, piece: 12 });

/** Target over offsets −1, 0, 1: what is tracked and what is said may be half a frame apart. */
const TARGET = [0.1, 0.8, 0.1] as const;

/** Frames an example has: the compared ones and those that shifts reach. */
export function judgeFrames({ frames, shift }: JudgeOptions): number {
  return frames + 2 * shift;
}

/**
 * L = CE over the offset of the whole and CE over the offset of each short stretch: with s(t, k) = a(t + k) · v(t), the
 * evidence for an offset of k frames is Σ_t s(t, k).
 */
export function judgeObjective(scope: ParameterScope, options: JudgeOptions = JUDGE_DEFAULTS): TrainingObjective {
  const { batch, frames, shift, piece } = options;
  const all = judgeFrames(options);
  const heard = judgeSound(input('sound', [batch, all, JUDGE_SHAPE.sound]), scope);
  const seen = slice(judgeLips(input('lips', [batch, all, JUDGE_SHAPE.lips]), scope), 1, shift, shift + frames);
  const offsets = Array.from({ length: 2 * shift + 1 }, (_, i) => i);
  const each = concat(
    offsets.map((i) => sum(mul(slice(heard, 1, i, i + frames), seen), [2], { keepAxes: true })),
    2,
  ); // [B, T, 2·shift + 1]
  const whole = sum(each, [1]);
  const pieces = sum(reshape(each, [batch, frames / piece, piece, offsets.length]), [2]);
  const wholeLoss = crossEntropy(mul(whole, 0.1), shift);
  const pieceLoss = crossEntropy(mul(pieces, 0.3), shift);
  return { name: 'sync-judge', loss: add(wholeLoss, pieceLoss), metrics: { whole: wholeLoss, piece: pieceLoss } };
}

/** @param logits [..., 2 · shift + 1] */
function crossEntropy(logits: Value, shift: number): Value {
  const target = new Float32Array(2 * shift + 1);
  target.set(TARGET, shift - 1);
  return neg(mean(sum(mul(logSoftmax(logits), constant(target)), [-1])));
}
