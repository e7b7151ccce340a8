/**
 * The lip audio-to-motion network of PC-Talk (LAC): style and audio features to lip motion, frame after frame.
 * One description, three forms: all frames at once with the true motion given (`lacForced`), frame after frame in one
 * graph with its own outputs fed back (`lacRollout`), and one frame a run with cached keys and values (`lacStepNetwork`).
 *
 * Token 0 is the style alone; token i is the motion of frame i − 1 embedded, plus the style; positions repeat, and a frame
 * sees no more than the last `period` frames, so that it can go on without end.
 * Shapes: B batch, T frames, A audio features, M motion values, D width.
 */
import {
  add,
  concat,
  gather,
  input,
  integers,
  linear,
  mul,
  type Network,
  type ParameterScope,
  pad,
  reshape,
  type Shape,
  slice,
  transpose,
  type Value,
} from '@pctalk/graph';
import {
  afterFirst,
  cachedAttention,
  causalAttention,
  type DecoderConfig,
  type Dropout,
  decoderLayers,
  frameAttention,
  growingAttention,
  positionTable,
  type SelfAttention,
} from './decoder.ts';

/** Sizes of a lip network. */
export interface LacConfig extends DecoderConfig {
  /** A, features of a frame of audio. */
  readonly audioWidth: number;
  /** M, values of motion a frame. */
  readonly motionWidth: number;
}

/** The sizes PC-Talk released; the period is that of the checkpoint. */
export const RELEASED_LAC: LacConfig = Object.freeze({
  width: 512,
  heads: 4,
  layers: 1,
  hidden: 1024,
  period: 25,
  audioWidth: 512,
  motionWidth: 18,
});

/** What the motion depends on. */
export interface LacConditions {
  /** [B, T, A]. */
  readonly audio: Value;
  /** [B, D], of a person or of the style encoder. */
  readonly style: Value;
  /** [B, T, M]: motion the network corrects; it gives the whole motion unless there is one. */
  readonly base?: Value;
}

/** Teacher forcing: motion [B, T, M] of every frame from the true motion [B, T, M] of the frames before it. */
export function lacForced(
  conditions: LacConditions,
  motion: Value,
  config: LacConfig,
  scope: ParameterScope,
  dropout?: Dropout,
): Value {
  const [, length = 0] = motion.shape;
  const place = styleAndPosition(conditions.style, gather(positions(config), integers(frames(length, config.period))));
  const embedded = slice(embedMotion(motion, config, scope), 1, 0, Math.max(1, length - 1));
  const tokens = length === 1 ? place : add(pad(embedded, 1, 1, 0), place);
  const memory = hear(conditions.audio, config, scope);
  return decode(tokens, memory, conditions.base, config, scope, causalAttention(length, config.period), dropout);
}

/**
 * Motion [B, T, M] with the network's own outputs fed back, so that training sees what driving sees. The frames of
 * `warm` [B, w, M] are fed back instead of its first w outputs.
 */
export function lacRollout(
  { audio, style, base }: LacConditions,
  config: LacConfig,
  scope: ParameterScope,
  warm?: Value,
  dropout?: Dropout,
): Value {
  const [, length = 0] = audio.shape;
  const attention = growingAttention(config.period);
  const table = positions(config);
  const memory = hear(audio, config, scope);
  const outputs: Value[] = [];
  for (let i = 0; i < length; i++) {
    const row = i % config.period;
    const place = styleAndPosition(style, slice(table, 0, row, row + 1));
    const known = warm !== undefined && i <= (warm.shape[1] ?? 0) && i > 0 ? slice(warm, 1, i - 1, i) : outputs[i - 1];
    const token = known === undefined ? place : add(embedMotion(known, config, scope), place);
    const named: Dropout | undefined = dropout && ((x, name) => dropout(x, `${name}_frame_${i}`));
    const now = memory.map((layer) => slice(layer, 1, i, i + 1));
    outputs.push(decode(token, now, base && slice(base, 1, i, i + 1), config, scope, attention, named));
  }
  return concat(outputs, 1);
}

/**
 * One frame of one window. Inputs: `audio` [1, A], `style` [1, D], `motion` [1, M] of the frame before (anything at
 * position 0), `position` int64 [1] as `ringPosition` has it, and the caches of `lacCaches`. Outputs: `output` [1, M] and
 * the caches for the next frame under `next_` names.
 */
export function lacStepNetwork(config: LacConfig, scope: ParameterScope, name = 'lac-step'): Network {
  const audio = reshape(input('audio', [1, config.audioWidth]), [1, 1, config.audioWidth]);
  const { output, next } = lacStep({ audio, style: input('style', [1, config.width]) }, config, scope);
  return { name, outputs: { output: reshape(output, [1, config.motionWidth]), ...next } };
}

/** The step as values, for networks that do more in it: audio [1, 1, A]; `output` is [1, 1, M]. */
export function lacStep(conditions: LacConditions, config: LacConfig, scope: ParameterScope) {
  const position = input('position', [1], 'int64');
  const previous = reshape(input('motion', [1, config.motionWidth]), [1, 1, config.motionWidth]);
  const rows = concat([positions(config), positions(config)], 0);
  const place = styleAndPosition(conditions.style, gather(rows, position));
  const token = add(mul(embedMotion(previous, config, scope), afterFirst(position)), place);
  const { attention, next } = cachedAttention(position, config);
  const memory = hear(conditions.audio, config, scope);
  return { output: decode(token, memory, conditions.base, config, scope, attention), next };
}

/** Names and shapes of the caches of a step network; they start as zeros. */
export function lacCaches(config: DecoderConfig): readonly { readonly name: string; readonly shape: Shape }[] {
  const shape = [1, config.heads, config.period, config.width / config.heads];
  return Array.from({ length: config.layers }, (_, i) => [`keys_${i}`, `values_${i}`])
    .flat()
    .map((name) => ({ name, shape }));
}

/** Style [B, D] of training persons, by int64 index [B]. */
export function personStyle(person: Value, persons: number, config: LacConfig, scope: ParameterScope): Value {
  const initial = { kind: 'uniform', bound: 1 / Math.sqrt(persons) } as const;
  return gather(transpose(scope.parameter('obj_vector.weight', [config.width, persons], initial)), person);
}

/**
 * Refinement of predicted motion [B, T, M]: the keypoints it leads to, `reference` [B, T, M] + motion, and the audio
 * [B, T, A] give a correction that is added.
 */
export function refineMotion(motion: Value, reference: Value, audio: Value, scope: ParameterScope): Value {
  const seen = concat([add(reference, motion), audio], 2);
  const width = motion.shape.at(-1) ?? 0;
  return add(motion, linear(seen, width, scope.scope('out_fc'), { initial: { kind: 'zeros' } }));
}

function embedMotion(motion: Value, config: LacConfig, scope: ParameterScope): Value {
  return linear(motion, config.width, scope.scope('vertice_map'));
}

function positions(config: LacConfig): Value {
  return positionTable(config.period, config.width);
}

// style [B, D] and positions [T, D] to [B, T, D].
function styleAndPosition(style: Value, rows: Value): Value {
  return add(reshape(style, [style.shape[0] ?? 0, 1, style.shape[1] ?? 0]), rows);
}

/** Rows of the position table for `length` frames. */
function frames(length: number, period: number): number[] {
  return Array.from({ length }, (_, i) => i % period);
}

/** What each layer hears of audio [B, T, A]: values of cross-attention to the same frame [B, T, D]. */
function hear(audio: Value, config: LacConfig, scope: ParameterScope): readonly Value[] {
  const features = linear(audio, config.width, scope.scope('audio_feature_map'));
  const decoder = scope.scope('transformer_decoder');
  return Array.from({ length: config.layers }, (_, i) =>
    frameAttention(features, decoder.scope(`layers.${i}`).scope('multihead_attn')),
  );
}

/** Motion [B, T, M] of tokens [B, T, D] that hear `memory`. */
function decode(
  tokens: Value,
  memory: readonly Value[],
  base: Value | undefined,
  config: LacConfig,
  scope: ParameterScope,
  attention: SelfAttention,
  dropout?: Dropout,
): Value {
  const decoded = decoderLayers(tokens, memory, config, scope.scope('transformer_decoder'), attention, dropout);
  const motion = linear(decoded, config.motionWidth, scope.scope('vertice_map_r'), { initial: { kind: 'zeros' } });
  return base === undefined ? motion : add(base, motion);
}
