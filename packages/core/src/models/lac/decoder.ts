/**
 * The autoregressive Transformer decoder of PC-Talk, shared by lip motion (LAC) and emotion (EMC): post-norm layers,
 * causal self-attention over the motion so far, and cross-attention that sees only the memory of the same frame.
 * Parameter names are those of the released files.
 *
 * @source FaceFormer (Fan et al. 2022), section 3.2; the frame-diagonal mask makes cross-attention a linear map.
 */
import {
  add,
  attend,
  booleans,
  cast,
  concat,
  constant,
  equal,
  expand,
  gather,
  greaterOrEqual,
  input,
  integers,
  type KeysAndValues,
  layerNorm,
  linear,
  type ParameterScope,
  projectPart,
  relu,
  slice,
  splitHeads,
  type Value,
  where,
} from '@pctalk/graph';

/** Sizes of a decoder. */
export interface DecoderConfig {
  /** D, features of a token. */
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  /** Features inside the feed-forward part. */
  readonly hidden: number;
  /** Frames after which the position table repeats, and how many a frame sees: itself and the ones before it. */
  readonly period: number;
}

/**
 * How a layer's new queries, keys and values [B, heads, T, D / heads] meet those of earlier frames; gives [B, T, D].
 * The three forms of the decoder differ in this alone.
 */
export type SelfAttention = (layer: number, queries: Value, now: KeysAndValues) => Value;

/** Lets training drop features by a mask it feeds; `place` names the mask. Default: nothing is dropped. */
export type Dropout = (x: Value, place: string) => Value;

/**
 * Decoder layers over tokens x [B, T, D]. @param memory what `frameAttention` makes of the same frames for each layer [B, T, D].
 */
export function decoderLayers(
  x: Value,
  memory: readonly Value[],
  config: DecoderConfig,
  scope: ParameterScope,
  selfAttention: SelfAttention,
  dropout: Dropout = (value) => value,
): Value {
  const { width, heads, hidden } = config;
  let tokens = x;
  for (let i = 0; i < config.layers; i++) {
    const layer = scope.scope(`layers.${i}`);
    const own = layer.scope('self_attn');
    const project = (part: 'queries' | 'keys' | 'values') => splitHeads(projectPart(tokens, part, own), heads);
    const mixed = selfAttention(i, project('queries'), { keys: project('keys'), values: project('values') });
    const attended = dropout(linear(mixed, width, own.scope('out_proj')), `attention_${i}`);
    tokens = layerNorm(add(tokens, attended), layer.scope('norm1'));
    const heard = dropout(memory[i]!, `memory_${i}`);
    tokens = layerNorm(add(tokens, heard), layer.scope('norm2'));
    const inner = dropout(relu(linear(tokens, hidden, layer.scope('linear1'))), `inner_${i}`);
    const fed = dropout(linear(inner, width, layer.scope('linear2')), `feed_${i}`);
    tokens = layerNorm(add(tokens, fed), layer.scope('norm3'));
  }
  return tokens;
}

/** Cross-attention to one key: its softmax is 1, so queries and keys drop out and W_o (W_v m + b_v) + b_o is left. */
export function frameAttention(memory: Value, scope: ParameterScope): Value {
  return linear(projectPart(memory, 'values', scope), memory.shape.at(-1) ?? 0, scope.scope('out_proj'));
}

/** All T frames at once: each sees itself and those before it, `period` frames in all. */
export function causalAttention(length: number, period = length): SelfAttention {
  const age = (i: number) => Math.floor(i / length) - (i % length);
  const hidden = booleans(
    Array.from({ length: length * length }, (_, i) => age(i) < 0 || age(i) >= period),
    [length, length],
  );
  const mask = where(hidden, HIDDEN, 0);
  return (_, queries, now) => attend(queries, now, mask);
}

/** Frame after frame in one graph: each call adds its frame to those of the calls before and sees the last `period`. */
export function growingAttention(period: number): SelfAttention {
  const past: KeysAndValues[] = [];
  return (layer, queries, now) => {
    const before = past[layer];
    const all =
      before === undefined ? now : { keys: join(before.keys, now.keys), values: join(before.values, now.values) };
    past[layer] = all;
    return attend(queries, all);
  };

  function join(before: Value, now: Value): Value {
    const all = concat([before, now], 2);
    const length = all.shape[2] ?? 0;
    return length > period ? slice(all, 2, length - period, length) : all;
  }
}

/**
 * One frame a run: keys and values of earlier frames are inputs `keys_i`, `values_i` [B, heads, period, D / heads], a ring
 * in which a frame takes the place of the one `period` frames before it.
 *
 * @param position int64 [1]: see `ringPosition`.
 */
export function cachedAttention(position: Value, config: DecoderConfig) {
  const { period } = config;
  const slots = integers(Array.from({ length: period }, (_, slot) => slot));
  const open = greaterOrEqual(position, slots); // [period]: the slots written so far and the present one
  const here = equal(
    gather(integers(ringSlots(period)), position),
    integers(
      Array.from({ length: period }, (_, slot) => slot),
      [period, 1],
    ),
  );
  const mask = where(open, 0, HIDDEN);
  /** Outputs `next_keys_i`, `next_values_i`: the inputs of the next run. */
  const next: Record<string, Value> = {};
  const remember = (name: string, now: Value) => {
    const shape = now.shape.with(2, period);
    return (next[`next_${name}`] = where(here, expand(now, shape), input(name, shape)));
  };
  const attention: SelfAttention = (layer, queries, { keys, values }) => {
    const all = { keys: remember(`keys_${layer}`, keys), values: remember(`values_${layer}`, values) };
    return attend(queries, all, mask);
  };
  return { attention, next };
}

/** Position of frame n for a step network: n while the ring fills, then in turn the second `period` of its 2 · period places. */
export function ringPosition(frame: number, period: number): number {
  return frame < period ? frame : period + (frame % period);
}

/** The slot of each ring position: 0 … period − 1, twice. */
function ringSlots(period: number): number[] {
  return Array.from({ length: 2 * period }, (_, place) => place % period);
}

/** Score of a frame that must not be seen; far below any real score, and finite, so that no gradient is NaN. */
const HIDDEN = -1e9;

/**
 * Sinusoidal positions [period, D]: even columns 2k are sin(p · 10000^(−2k / D)), the odd ones beside them cos. Rounded
 * to float32 after each operation, as the released tables are.
 */
export function positionTable(period: number, width: number): Value {
  const table = new Float32Array(period * width);
  for (let column = 0; column < width; column++) {
    const even = column - (column % 2);
    const rate = Math.fround(Math.exp(Math.fround(even * Math.fround(-Math.log(10000) / width))));
    const wave = column === even ? Math.sin : Math.cos;
    for (let p = 0; p < period; p++) table[p * width + column] = wave(Math.fround(p * rate));
  }
  return constant(table, [period, width]);
}

/** 1 from the second frame of a window on, 0 in the first: shape of `position`. */
export function afterFirst(position: Value): Value {
  return cast(greaterOrEqual(position, integers([1])), 'float32');
}
