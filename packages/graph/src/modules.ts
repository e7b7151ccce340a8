/**
 * Layers with parameters, as plain functions over a parameter scope. Names and layouts of the parameters are PyTorch's
 * (Linear [out, in], Conv [O, C, ...kernel], MultiheadAttention in_proj and out_proj), so released weights fit as they are.
 */

import { softmax } from './ops/activation.ts';
import { add, mul } from './ops/arithmetic.ts';
import { type ConvolutionOptions, conv } from './ops/convolution.ts';
import { reshape, slice, split, transpose } from './ops/layout.ts';
import { matmul, swapLast } from './ops/linear-algebra.ts';
import { batchNormalise, layerNormalise } from './ops/normalisation.ts';
import type { ParameterScope } from './parameters.ts';
import { check, format, type Initialiser, type Value } from './value.ts';

/** Bias and first weights of a linear layer. */
export interface LinearOptions {
  /** Default: true. */
  readonly bias?: boolean;
  /** Default: uniform within 1 / sqrt(inputs). */
  readonly initial?: Initialiser;
}

/** x [..., I] · Wᵀ + b = [..., O]. */
export function linear(x: Value, out: number, scope: ParameterScope, options: LinearOptions = {}): Value {
  const width = x.shape.at(-1) ?? 0;
  const initial = options.initial ?? { kind: 'uniform', bound: 1 / Math.sqrt(width) };
  const y = matmul(x, transpose(scope.parameter('weight', [out, width], initial)));
  return (options.bias ?? true) ? add(y, scope.parameter('bias', [out], { kind: 'zeros' })) : y;
}

/** Layer normalisation over the last axis. */
export function layerNorm(x: Value, scope: ParameterScope, epsilon = 1e-5): Value {
  const width = [x.shape.at(-1) ?? 0];
  const scale = scope.parameter('weight', width, { kind: 'ones' });
  return layerNormalise(x, scale, scope.parameter('bias', width, { kind: 'zeros' }), epsilon);
}

/** Layer normalisation over the channels of x [B, C, ...space], at each place. */
export function channelLayerNorm(x: Value, scope: ParameterScope, epsilon = 1e-6): Value {
  const space = x.shape.slice(2).map((_, i) => 2 + i);
  const last = x.shape.length - 1;
  const normalised = layerNorm(transpose(x, [0, ...space, 1]), scope, epsilon);
  return transpose(normalised, [0, last, ...space.map((axis) => axis - 1)]);
}

/** Batch normalisation by running moments (as at inference) of x [B, C, ...space]. */
export function batchNorm(x: Value, scope: ParameterScope, epsilon = 1e-5): Value {
  const channels = [x.shape[1] ?? 0];
  const moments = {
    scale: scope.parameter('weight', channels, { kind: 'ones' }),
    bias: scope.parameter('bias', channels, { kind: 'zeros' }),
    mean: scope.parameter('running_mean', channels, { kind: 'zeros' }, { trainable: false }),
    variance: scope.parameter('running_var', channels, { kind: 'ones' }, { trainable: false }),
  };
  return batchNormalise(x, moments, epsilon);
}

/** A convolution, its bias and first weights. */
export interface ConvLayerOptions extends ConvolutionOptions {
  /** Default: true. */
  readonly bias?: boolean;
}

/** Convolution of x [B, C, T] with kernels of `kernel` frames. */
export function conv1d(
  x: Value,
  out: number,
  kernel: number,
  scope: ParameterScope,
  options?: ConvLayerOptions,
): Value {
  return convLayer(x, out, [kernel], scope, options);
}

/** Convolution of x [B, C, H, W]; a number as `kernel` is square. */
export function conv2d(
  x: Value,
  out: number,
  kernel: number | readonly number[],
  scope: ParameterScope,
  options?: ConvLayerOptions,
): Value {
  return convLayer(x, out, typeof kernel === 'number' ? [kernel, kernel] : kernel, scope, options);
}

/** Convolution of x [B, C, D, H, W]. */
export function conv3d(
  x: Value,
  out: number,
  kernel: number | readonly number[],
  scope: ParameterScope,
  options?: ConvLayerOptions,
): Value {
  return convLayer(x, out, typeof kernel === 'number' ? [kernel, kernel, kernel] : kernel, scope, options);
}

function convLayer(
  x: Value,
  out: number,
  kernel: readonly number[],
  scope: ParameterScope,
  options: ConvLayerOptions = {},
): Value {
  const perGroup = (x.shape[1] ?? 0) / (options.groups ?? 1);
  const bound = 1 / Math.sqrt(kernel.reduce((product, size) => product * size, perGroup));
  const weight = scope.parameter('weight', [out, perGroup, ...kernel], { kind: 'uniform', bound });
  const bias = (options.bias ?? true) ? scope.parameter('bias', [out], { kind: 'zeros' }) : undefined;
  return conv(x, weight, bias, options);
}

/** Keys and values of attention, split into heads: [B, heads, S, D / heads]. */
export interface KeysAndValues {
  readonly keys: Value;
  readonly values: Value;
}

/** softmax(q · kᵀ / sqrt(d) + mask) · v over heads: queries [B, heads, T, d] to [B, T, heads · d]. */
export function attend(queries: Value, { keys, values }: KeysAndValues, mask?: Value): Value {
  const [batch = 0, heads = 0, length = 0, width = 0] = queries.shape;
  check(keys.shape.at(-1) === width, 'attend', `keys of width ${width}`, format(keys.shape));
  const scores = mul(matmul(queries, swapLast(keys)), 1 / Math.sqrt(width)); // [B, heads, T, S]
  const weights = softmax(mask === undefined ? scores : add(scores, mask));
  return reshape(transpose(matmul(weights, values), [0, 2, 1, 3]), [batch, length, heads * width]);
}

/** x [B, T, heads · d] as [B, heads, T, d]. */
export function splitHeads(x: Value, heads: number): Value {
  const [batch = 0, length = 0, width = 0] = x.shape;
  check(x.shape.length === 3 && width % heads === 0, 'splitHeads', `[B×T×a multiple of ${heads}]`, format(x.shape));
  return transpose(reshape(x, [batch, length, heads, width / heads]), [0, 2, 1, 3]);
}

/**
 * The packed projections of multi-head attention for width D: which of queries, keys and values to take from x, as rows
 * of `in_proj_weight` [3 · D, D].
 */
export function projectPart(x: Value, part: 'queries' | 'keys' | 'values', scope: ParameterScope): Value {
  const { weight, bias } = projectionParts(packedProjection(x.shape.at(-1) ?? 0, scope))[part];
  return add(matmul(x, transpose(weight)), bias);
}

/** Multi-head self-attention of x [B, T, D]; `mask` is added to the scores and broadcasts to [B, heads, T, T]. */
export function selfAttention(x: Value, heads: number, scope: ParameterScope, mask?: Value): Value {
  const width = x.shape.at(-1) ?? 0;
  const { weight, bias } = packedProjection(width, scope);
  const packed = add(matmul(x, transpose(weight)), bias); // [B, T, 3 · D]
  const [queries, keys, values] = split(packed, 2, [width, width, width]).map((part) => splitHeads(part, heads));
  return linear(attend(queries!, { keys: keys!, values: values! }, mask), width, scope.scope('out_proj'));
}

type Projection = { readonly weight: Value; readonly bias: Value };
type ProjectionParts = Readonly<Record<'queries' | 'keys' | 'values', Projection>>;

// The parts of a packed projection are cut once, so that the gradients of all their uses are added before they are
// put together again.
const PARTS = new WeakMap<Value, ProjectionParts>();

function projectionParts({ weight, bias }: Projection): ProjectionParts {
  const known = PARTS.get(weight);
  if (known !== undefined) return known;
  const width = weight.shape[1] ?? 0;
  const cut = (i: number) => ({
    weight: slice(weight, 0, i * width, (i + 1) * width),
    bias: slice(bias, 0, i * width, (i + 1) * width),
  });
  const parts = { queries: cut(0), keys: cut(1), values: cut(2) };
  PARTS.set(weight, parts);
  return parts;
}

function packedProjection(width: number, scope: ParameterScope): Projection {
  const initial = { kind: 'uniform', bound: Math.sqrt(6 / (4 * width)) } as const;
  return {
    weight: scope.parameter('in_proj_weight', [3 * width, width], initial),
    bias: scope.parameter('in_proj_bias', [3 * width], { kind: 'zeros' }),
  };
}
