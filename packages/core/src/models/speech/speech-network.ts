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
  reshape,
  type Shape,
  sigmoid,
  slice,
  softmax,
  type Value,
} from '@pctalk/graph';
import type { MelOptions } from '../../audio/mel.ts';
import { PHONE_CLASSES } from './phone-classes.ts';
import { SPEECH_CHANNELS } from './speech-channels.ts';

/** The mel spectrogram this network hears: windows of 25 ms keep the closures of stops apart, 100 columns a second. */
export const SPEECH_MEL: MelOptions = Object.freeze({
  sampleRate: 16000,
  fftSize: 512,
  windowSize: 400,
  hop: 160,
  bands: 64,
  minHz: 55,
  maxHz: 7600,
});

/** Frames between the step that has heard enough and the frame it answers for. */
export const SPEECH_LAG_FRAMES = 3;

const FRAME_SAMPLES = SPEECH_MEL.sampleRate / 25;
const COLUMNS_PER_FRAME = FRAME_SAMPLES / SPEECH_MEL.hop;
const COLUMN_SHIFT = 1;

/**
 * How mel columns and frames lie in time. Step s hears columns 4s − 1 … 4s + 2 and answers for frame s − 3, so frame n
 * needs the sound up to `lagSamples` after its start: its newest column's centre and half a window.
 */
export const SPEECH_TIMING = Object.freeze({
  frameSamples: FRAME_SAMPLES,
  columnsPerFrame: COLUMNS_PER_FRAME,
  columnShift: COLUMN_SHIFT,
  lagSamples:
    (COLUMNS_PER_FRAME * (SPEECH_LAG_FRAMES + 1) - 1 - COLUMN_SHIFT) * SPEECH_MEL.hop + SPEECH_MEL.windowSize / 2,
});

const FAST_WIDTH = 96;
const WIDTH = 192;

/** Length of what the network makes of the sound at each frame, before its heads. */
export const SPEECH_FEATURE_WIDTH = WIDTH;

/** Frames after its own of which a frame's features also tell whether lips meet and whether anybody speaks. */
export const FORESIGHT_FRAMES = 3;
const FORESIGHT_WIDTH = 96;

const DILATIONS = [1, 2, 3, 4] as const;
const KERNEL = 3;
const FAST_KERNEL = 5;

/** x [B, T, D] with the `length` rows before it in front: zeros, or what was kept of earlier steps under `name`. */
type Past = (name: string, x: Value, length: number) => Value;

/** What the speech network makes of every frame. */
export interface SpeechOutputs {
  /** [B, T, 14], coefficients. */
  readonly channels: Value;
  /** [B, T, 26], before the softmax. */
  readonly phoneLogits: Value;
  /** [B, T, 6], before the sigmoid: `foresightHead`. */
  readonly foresightLogits: Value;
  /** [B, T, 192], what all heads read: each row has mean 0 and variance 1 before its gain. */
  readonly features: Value;
}

/**
 * The speech network over whole clips that begin in silence: a causal convolution network, 100 columns a second in its
 * first two layers and 25 frames a second in the rest, with heads for lips, for phones, and for what comes next.
 *
 * @param mel [B, T · 4, 64], −4 … 4 @returns outputs of step s in row s: they belong to frame s − 3.
 */
export function speechNetwork(mel: Value, scope: ParameterScope): SpeechOutputs {
  return layers(mel, scope, (_, x, length) => pad(x, 1, length, 0));
}

/** The same network for one frame a step, with its memory as inputs `NAME` and outputs `next_NAME`. */
export function speechStepNetwork(scope: ParameterScope): Network {
  const mel = input('mel', [1, COLUMNS_PER_FRAME, SPEECH_MEL.bands]);
  const next: Record<string, Value> = {};
  const { channels, phoneLogits, foresightLogits, features } = layers(mel, scope, (name, x, length) => {
    const [, steps = 0, width = 0] = x.shape;
    const all = concat([input(name, [1, length, width]), x], 1);
    next[`next_${name}`] = slice(all, 1, steps, steps + length);
    return all;
  });
  const outputs = { channels, phones: softmax(phoneLogits), foresight: sigmoid(foresightLogits) };
  return { name: 'speech-lips', outputs: { ...outputs, features: reshape(features, [1, WIDTH]), ...next } };
}

/** Names and shapes of the memory between steps, in the order of the layers. */
export function speechStates(): readonly { readonly name: string; readonly shape: Shape }[] {
  return [
    { name: 'fast_0', shape: [1, FAST_KERNEL - 1, SPEECH_MEL.bands] },
    { name: 'fast_1', shape: [1, KERNEL - 1, FAST_WIDTH] },
    ...DILATIONS.map((dilation, i) => ({ name: `slow_${i}`, shape: [1, (KERNEL - 1) * dilation, WIDTH] })),
  ];
}

function layers(mel: Value, scope: ParameterScope, past: Past): SpeechOutputs {
  const [batch = 0, columns = 0] = mel.shape;
  const centred = mul(mel, 0.5);
  let fast = relu(causal('fast_0', centred, FAST_WIDTH, FAST_KERNEL, 1, scope, past));
  fast = add(
    fast,
    relu(causal('fast_1', layerNorm(fast, scope.scope('fast_norm')), FAST_WIDTH, KERNEL, 1, scope, past)),
  );
  const folded = reshape(fast, [batch, columns / COLUMNS_PER_FRAME, COLUMNS_PER_FRAME * FAST_WIDTH]);
  let x = linear(layerNorm(folded, scope.scope('fold_norm')), WIDTH, scope.scope('fold'));
  DILATIONS.forEach((dilation, i) => {
    const block = scope.scope(`block_${i}`);
    const normal = layerNorm(x, block.scope('norm'));
    const inner = relu(causal(`slow_${i}`, normal, WIDTH, KERNEL, dilation, scope, past));
    x = add(x, linear(inner, WIDTH, block.scope('out')));
  });
  const heard = layerNorm(x, scope.scope('norm'));
  return {
    channels: lipHead(heard, scope),
    phoneLogits: linear(heard, PHONE_CLASSES.length, scope.scope('phones')),
    foresightLogits: foresightHead(heard, scope),
    features: heard,
  };
}

/** Features [B, T, 192] to lip channels [B, T, 14]. */
export function lipHead(features: Value, scope: ParameterScope): Value {
  const shaped = relu(linear(features, WIDTH, scope.scope('shape')));
  return linear(shaped, SPEECH_CHANNELS.length, scope.scope('channels'));
}

/**
 * Features [B, T, 192] to logits [B, T, 2 · 3]: whether p b m is said 1, 2, 3 frames later, then whether nobody speaks there.
 * A frame has heard 152 ms from its start on, of those frames 112, 72 and 32 ms.
 */
export function foresightHead(features: Value, scope: ParameterScope): Value {
  const coming = relu(linear(features, FORESIGHT_WIDTH, scope.scope('coming')));
  return linear(coming, 2 * FORESIGHT_FRAMES, scope.scope('foresight'));
}

/** Convolution over time that sees no later row: the taps side by side, then one matrix product. */
function causal(
  name: string,
  x: Value,
  width: number,
  kernel: number,
  dilation: number,
  scope: ParameterScope,
  past: Past,
): Value {
  const steps = x.shape[1] ?? 0;
  const all = past(name, x, (kernel - 1) * dilation);
  const taps = Array.from({ length: kernel }, (_, k) => slice(all, 1, k * dilation, k * dilation + steps));
  return linear(concat(taps, 2), width, scope.scope(name));
}
