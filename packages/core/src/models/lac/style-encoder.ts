/** A speaking style from a clip of somebody's lip motion: Transformer encoder, then pooling by attention over time. */
import {
  add,
  layerNorm,
  linear,
  mish,
  mul,
  type ParameterScope,
  relu,
  selfAttention,
  softmax,
  sum,
  tanh,
  type Value,
} from '@pctalk/graph';
import { type DecoderConfig, type Dropout, positionTable } from './decoder.ts';

/** The sizes PC-Talk released; the period is the length of the clip in frames. */
export const RELEASED_STYLE_ENCODER: DecoderConfig = Object.freeze({
  width: 512,
  heads: 4,
  layers: 2,
  hidden: 1024,
  period: 100,
});

/** Motion [B, T, M] of a clip of T = period frames to its style [B, D]; `positions` [T, D] are sinusoids unless given. */
export function styleEmbedding(
  motion: Value,
  config: DecoderConfig,
  scope: ParameterScope,
  dropout: Dropout = (value) => value,
  positions: Value = positionTable(config.period, config.width),
): Value {
  const { width } = config;
  const started = add(linear(motion, width, scope.scope('vertice_map')), positions);
  const frames = encoderLayers(started, config, scope.scope('transformer_encoder'), { dropout });
  return poolByAttention(linear(frames, width, scope.scope('vertice_map_r')), scope.scope('pooling'));
}

/** Post-norm Transformer encoder layers over frames [B, T, D]; `mask` is added to the attention scores. */
export function encoderLayers(
  x: Value,
  { width, heads, hidden, layers }: DecoderConfig,
  scope: ParameterScope,
  options: { readonly dropout?: Dropout; readonly mask?: Value } = {},
): Value {
  const { dropout = (value: Value) => value, mask } = options;
  let frames = x;
  for (let i = 0; i < layers; i++) {
    const layer = scope.scope(`layers.${i}`);
    const attended = dropout(selfAttention(frames, heads, layer.scope('self_attn'), mask), `attention_${i}`);
    frames = layerNorm(add(frames, attended), layer.scope('norm1'));
    const inner = dropout(relu(linear(frames, hidden, layer.scope('linear1'))), `inner_${i}`);
    const fed = dropout(linear(inner, width, layer.scope('linear2')), `feed_${i}`);
    frames = layerNorm(add(frames, fed), layer.scope('norm2'));
  }
  return frames;
}

/** Frames [B, T, D] to their mean [B, D], weighted by a softmax over time of what a small network makes of each. */
function poolByAttention(frames: Value, scope: ParameterScope): Value {
  const width = frames.shape.at(-1) ?? 0;
  const score = linear(mish(linear(frames, width, scope.scope('W.0'))), 1, scope.scope('W.2')); // [B, T, 1]
  return sum(mul(frames, softmax(score, 1)), [1]);
}

/** Whose style [B, D] it is: logits [B, persons], for the style loss. */
export function styleLogits(style: Value, persons: number, scope: ParameterScope): Value {
  const width = style.shape.at(-1) ?? 0;
  return linear(tanh(linear(style, width, scope.scope('cls.dense'))), persons, scope.scope('cls.out_proj'));
}
