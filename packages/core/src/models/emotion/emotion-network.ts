import {
  add,
  concat,
  constant,
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
  slice,
  sub,
  type Value,
} from '@pctalk/graph';
import { COEFFICIENT_COUNT } from '../../motion/coefficients.ts';
import { EMOTIONS } from '../../motion/emotions.ts';
import { VOICE_FEATURES } from './voice-features.ts';

/** Numbers that tell one person's way of showing emotion from another's; 0 is the average person, 1 a usual distance. */
export const PERSON_CODE = 4;

const WIDTH = 64;
const KERNEL = 3;
/** Together 2.6 s of memory. */
const DILATIONS = [1, 3, 9, 19] as const;

/** x [B, T, D] with the `length` rows before it in front: zeros, or what was kept of earlier steps under `name`. */
type Past = (name: string, x: Value, length: number) => Value;

/**
 * CPred(e, a): coefficients of somebody who feels e while the voice does a, over whole clips. Causal convolutions whose
 * rows emotion and person gate.
 *
 * @param voice a `[B, T, VOICE_FEATURES]`. @param emotion e `[B, 1, 8]`, one-hot. @param person `[B, 1, 4]`.
 * @returns `[B, T, C]`
 */
export function emotionNetwork(voice: Value, emotion: Value, person: Value, scope: ParameterScope): Value {
  return layers(voice, emotion, person, scope, (_, x, length) => pad(x, 1, length, 0));
}

/**
 * The network for one frame a step and all emotions at once, its memory as inputs `NAME` and outputs `next_NAME`.
 * Outputs: `expressions` CPred(e, a) and `differences` D_e = CPred(e, a) − CPred(neutral, a), both `[8, C]`.
 */
export function emotionStepNetwork(scope: ParameterScope): Network {
  const count = EMOTIONS.length;
  const voice = input('voice', [1, 1, VOICE_FEATURES]);
  const person = input('person', [1, 1, PERSON_CODE]);
  const each = (x: Value) =>
    concat(
      Array.from({ length: count }, () => x),
      0,
    );
  const identity = Float32Array.from({ length: count * count }, (_, i) => (i % (count + 1) === 0 ? 1 : 0));
  const next: Record<string, Value> = {};
  const all = layers(each(voice), constant(identity, [count, 1, count]), each(person), scope, (name, x, length) => {
    const rows = concat([input(name, [count, length, WIDTH]), x], 1);
    next[`next_${name}`] = slice(rows, 1, 1, length + 1);
    return rows;
  });
  const expressions = reshape(all, [count, COEFFICIENT_COUNT]);
  const differences = sub(expressions, slice(expressions, 0, 0, 1)); // neutral is the first emotion
  return { name: 'emotion', outputs: { expressions, differences, ...next } };
}

/** Names and shapes of the memory between steps. */
export function emotionStates(): readonly { readonly name: string; readonly shape: Shape }[] {
  return DILATIONS.map((dilation, i) => ({
    name: `past_${i}`,
    shape: [EMOTIONS.length, (KERNEL - 1) * dilation, WIDTH],
  }));
}

function layers(voice: Value, emotion: Value, person: Value, scope: ParameterScope, past: Past): Value {
  const who = concat([emotion, person], 2);
  const gate = (name: string) => linear(who, WIDTH, scope.scope(name));
  let x = mul(relu(linear(voice, WIDTH, scope.scope('voice'))), gate('voice_gate'));
  x = add(x, gate('start'));
  DILATIONS.forEach((dilation, i) => {
    const block = scope.scope(`block_${i}`);
    const normal = layerNorm(x, block.scope('norm'));
    const inner = relu(causal(`past_${i}`, normal, dilation, block, past));
    x = add(x, linear(mul(inner, gate(`gate_${i}`)), WIDTH, block.scope('out')));
  });
  return linear(mul(x, gate('last_gate')), COEFFICIENT_COUNT, scope.scope('coefficients'));
}

/** Convolution over time that sees no later row: the taps side by side, then one matrix product. */
function causal(name: string, x: Value, dilation: number, scope: ParameterScope, past: Past): Value {
  const [, steps = 0] = x.shape;
  const rows = past(name, x, (KERNEL - 1) * dilation);
  const taps = Array.from({ length: KERNEL }, (_, k) => slice(rows, 1, k * dilation, k * dilation + steps));
  return linear(concat(taps, 2), WIDTH, scope.scope('taps'));
}
