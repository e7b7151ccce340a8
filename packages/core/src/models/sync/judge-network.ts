/**
 * A second sync expert, for measuring only: dilated convolutions over time on a 64-band mel spectrogram and on the
 * curves of the lips and their changes. Its vectors have free lengths, so that telling moments count more.
 */
import {
  add,
  concat,
  input,
  layerNorm,
  linear,
  mul,
  type Network,
  type ParameterScope,
  pad,
  relu,
  slice,
  type Value,
} from '@pctalk/graph';
import { SPEECH_MEL } from '../speech/speech-network.ts';

/** Sizes of the judge. */
export const JUDGE_SHAPE = Object.freeze({
  /** Rows of sound a frame: mel columns side by side, each band less its mean over the clip. */
  sound: 4 * SPEECH_MEL.bands,
  /** Rows of lips a frame: opening, width, protrusion in units of their spread over the clip, and their changes. */
  lips: 6,
  width: 32,
});

const SOUND_WIDTH = 96;
const LIP_WIDTH = 64;
const DILATIONS = [1, 2, 4] as const;

/** @param rows [B, T, 256]. @returns [B, T, 32]. */
export function judgeSound(rows: Value, scope: ParameterScope): Value {
  return tower(mul(rows, 0.5), SOUND_WIDTH, scope.scope('sound'));
}

/** @param rows [B, T, 6]. @returns [B, T, 32]. */
export function judgeLips(rows: Value, scope: ParameterScope): Value {
  return tower(rows, LIP_WIDTH, scope.scope('lips'));
}

/** Both towers over `frames` frames: `sound` [1, T, 256] and `lips` [1, T, 6] to `heard` and `seen` [1, T, 32]. */
export function judgeNetwork(scope: ParameterScope, frames: number): Network {
  const heard = judgeSound(input('sound', [1, frames, JUDGE_SHAPE.sound]), scope);
  const seen = judgeLips(input('lips', [1, frames, JUDGE_SHAPE.lips]), scope);
  return { name: 'sync-judge', outputs: { heard, seen } };
}

function tower(rows: Value, width: number, scope: ParameterScope): Value {
  let x = relu(linear(rows, width, scope.scope('in')));
  DILATIONS.forEach((dilation, i) => {
    const block = scope.scope(`block_${i}`);
    x = add(x, relu(around(layerNorm(x, block.scope('norm')), width, dilation, block.scope('taps'))));
  });
  return linear(layerNorm(x, scope.scope('norm')), JUDGE_SHAPE.width, scope.scope('out'));
}

/** Convolution over time with a tap before and one after, zeros outside. */
function around(x: Value, width: number, dilation: number, scope: ParameterScope): Value {
  const frames = x.shape[1] ?? 0;
  const all = pad(x, 1, dilation, dilation);
  const taps = [0, dilation, 2 * dilation].map((start) => slice(all, 1, start, start + frames));
  return linear(concat(taps, 2), width, scope);
}
