/** Layers of released networks whose normalisation becomes part of the weights when the graph is built. */
import { add, type ConvolutionOptions, conv, mul, reshape, type Shape, type Value } from '@pctalk/graph';
import type { ReleasedScope } from './released-scope.ts';

const BATCH_NORM_EPSILON = 1e-5;

/** Names of a convolution and of the batch normalisation after it, inside one scope. */
export interface ConvNames {
  readonly conv: string;
  readonly norm: string;
}
const CONV_NAMES: ConvNames = { conv: 'conv', norm: 'norm' };

/** γ / sqrt(σ² + ε), the factor of a batch normalisation by running moments. */
function normFactor(gain: number, variance: number): number {
  return gain / Math.sqrt(variance + BATCH_NORM_EPSILON);
}

/**
 * Convolution of x [B, C, ...space] and batch normalisation as one convolution: W' = W·γ/σ, b' = (b − μ)·γ/σ + β.
 * Kernel sizes are given for each spatial axis.
 */
export function convBatchNorm(
  x: Value,
  out: number,
  kernel: Shape,
  scope: ReleasedScope,
  options: ConvolutionOptions = {},
  names: ConvNames = CONV_NAMES,
): Value {
  const { weight, bias } = foldConvBatchNorm(x.shape[1] ?? 0, out, kernel, scope, names);
  return conv(x, weight, bias, options);
}

/** The weights of `convBatchNorm`, for convolutions carried out in other ways. */
export function foldConvBatchNorm(
  channels: number,
  out: number,
  kernel: Shape,
  scope: ReleasedScope,
  names: ConvNames = CONV_NAMES,
): { readonly weight: Value; readonly bias: Value } {
  const shape = [out, channels, ...kernel];
  const [w, b] = [`${names.conv}.weight`, `${names.conv}.bias`];
  const norm = (field: string) => `${names.norm}.${field}`;
  const [gain, shift, mean, variance] = [norm('weight'), norm('bias'), norm('running_mean'), norm('running_var')];
  const weight = scope.fold(
    `${names.conv}.folded_weight`,
    shape,
    { [w]: shape, [gain]: [out], [variance]: [out] },
    (s) => scaleRows(s[w]!, (row) => normFactor(s[gain]![row]!, s[variance]![row]!), out),
  );
  const sources = { [b]: [out], [gain]: [out], [shift]: [out], [mean]: [out], [variance]: [out] };
  const bias = scope.fold(`${names.conv}.folded_bias`, [out], sources, (s) =>
    Float32Array.from(
      s[b]!,
      (value, i) => (value - s[mean]![i]!) * normFactor(s[gain]![i]!, s[variance]![i]!) + s[shift]![i]!,
    ),
  );
  return { weight, bias };
}

/** Batch normalisation with no convolution before it: one factor and one shift for each channel of x [B, C, ...space]. */
export function batchNormAffine(x: Value, scope: ReleasedScope): Value {
  const channels = [x.shape[1] ?? 0];
  const perChannel = [...channels, ...x.shape.slice(2).map(() => 1)];
  const factor = scope.fold('factor', channels, { weight: channels, running_var: channels }, (s) =>
    Float32Array.from(s.weight, (gain, i) => normFactor(gain, s.running_var[i]!)),
  );
  const sources = { weight: channels, bias: channels, running_mean: channels, running_var: channels };
  const shift = scope.fold('shift', channels, sources, (s) =>
    Float32Array.from(s.bias, (value, i) => value - s.running_mean[i]! * normFactor(s.weight[i]!, s.running_var[i]!)),
  );
  return add(mul(x, reshape(factor, perChannel)), reshape(shift, perChannel));
}

/** A spectrally normalised weight [O, ...rest]: W / (u · W v) with the stored u [O] and v [rest], no iteration. */
export function spectralWeight(shape: Shape, scope: ReleasedScope): Value {
  const [out = 0, ...rest] = shape;
  const width = rest.reduce((product, size) => product * size, 1);
  const sources = { weight_orig: shape, weight_u: [out], weight_v: [width] };
  return scope.fold('weight', shape, sources, ({ weight_orig: w, weight_u: u, weight_v: v }) => {
    let sigma = 0;
    for (let row = 0; row < out; row++) {
      let product = 0;
      for (let i = 0; i < width; i++) product += w[row * width + i]! * v[i]!;
      sigma += u[row]! * product;
    }
    return scaleRows(w, () => 1 / sigma, out);
  });
}

function scaleRows(weight: Float32Array, factor: (row: number) => number, rows: number): Float32Array {
  const out = new Float32Array(weight.length);
  const width = weight.length / rows;
  for (let row = 0, i = 0; row < rows; row++) {
    const scale = factor(row);
    for (const end = i + width; i < end; i++) out[i] = weight[i]! * scale;
  }
  return out;
}
