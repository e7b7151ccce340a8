/** Convolution and pooling over one, two or three axes: x [B, C, ...space], as in ONNX and PyTorch. */
import { check, format, node, type Shape, sizeOf, type Value } from '../value.ts';
import { add } from './arithmetic.ts';
import { reshape, slice, transpose } from './layout.ts';

/** One number for all spatial axes, or one for each. */
export type PerAxis = number | readonly number[];

/** Stride, padding and groups of a convolution. */
export interface ConvolutionOptions {
  readonly stride?: PerAxis;
  readonly dilation?: PerAxis;
  /** Zeros on both sides of each axis; a pair of lists gives the sides apart (causal convolution: [[k − 1], [0]]). */
  readonly padding?: PerAxis | readonly [readonly number[], readonly number[]];
  readonly groups?: number;
}

/** Convolution (correlation) of x [B, C, ...space] with weight [O, C / groups, ...kernel] and bias [O]. */
export function conv(x: Value, weight: Value, bias?: Value, options: ConvolutionOptions = {}): Value {
  const rank = x.shape.length - 2;
  const groups = options.groups ?? 1;
  const [batch = 0, channels = 0, ...space] = x.shape;
  const [out = 0, perGroup = 0, ...kernel] = weight.shape;
  check(
    rank >= 1 && weight.shape.length === x.shape.length && perGroup * groups === channels && out % groups === 0,
    'conv',
    `weight [O×${channels / groups}×kernel] with O a multiple of ${groups} for ${format(x.shape)}`,
    format(weight.shape),
  );
  const window = windowOf(rank, kernel, options);
  const outSpace = space.map((size, i) => slidingSize(size, window, i));
  const attributes = { ...attributesOf(window), group: groups };
  const y = node('Conv', [x, weight], [batch, out, ...outSpace], {
    attributes,
    gradient: (dy) => [
      convInputGradient(x, weight, dy, window, groups),
      convWeightGradient(x, weight, dy, window, groups),
    ],
  });
  if (bias === undefined) return y;
  check(sizeOf(bias.shape) === out, 'conv', `a bias of ${out}`, format(bias.shape));
  return add(y, reshape(bias, [out, ...space.map(() => 1)])); // onnxruntime folds the sum into the Conv
}

/** Transposed convolution of x [B, C, ...space] with weight [C, O / groups, ...kernel]; inference only. */
export function convTranspose(
  x: Value,
  weight: Value,
  bias?: Value,
  options: ConvolutionOptions & { readonly outputPadding?: PerAxis } = {},
): Value {
  const groups = options.groups ?? 1;
  const [, channels = 0, ...space] = x.shape;
  const [inputs, perGroup = 0, ...kernel] = weight.shape;
  check(inputs === channels, 'convTranspose', `weight [${channels}×O×kernel]`, format(weight.shape));
  const window = windowOf(space.length, kernel, options);
  const y = transposedConv(x, weight, window, groups, perAxis(options.outputPadding ?? 0, space.length));
  return bias === undefined ? y : add(y, reshape(bias, [perGroup * groups, ...space.map(() => 1)]));
}

/** Mean over windows, counting padded zeros out; inference only. */
export function averagePool(x: Value, kernel: PerAxis, options: ConvolutionOptions = {}): Value {
  return pool('AveragePool', x, kernel, options);
}

/** Maximum over windows; inference only. */
export function maxPool(x: Value, kernel: PerAxis, options: ConvolutionOptions = {}): Value {
  return pool('MaxPool', x, kernel, options);
}

interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
}

function pool(op: string, x: Value, kernel: PerAxis, options: ConvolutionOptions): Value {
  const [batch = 0, channels = 0, ...space] = x.shape;
  const size = perAxis(kernel, space.length);
  const window = windowOf(space.length, size, { stride: size, ...options });
  return node(op, [x], [batch, channels, ...space.map((n, i) => slidingSize(n, window, i))], {
    attributes: attributesOf(window),
  });
}

// dx: each output scattered back over its window. The output padding restores the rows a stride did not reach.
function convInputGradient(x: Value, weight: Value, dy: Value, window: Window, groups: number): Value {
  const extra = window.kernel.map((_, i) => {
    const padded = x.shape[2 + i]! + window.before[i]! + window.after[i]!;
    return (padded - span(window, i)) % window.stride[i]!;
  });
  return transposedConv(dy, weight, window, groups, extra);
}

// dw[o, c, k] = Σ_{b, p} x[b, c, p·stride + k·dilation] · dy[b, o, p]: a convolution whose batch axis is c, whose
// channels are b, whose kernel is dy, with stride and dilation exchanged.
function convWeightGradient(x: Value, weight: Value, dy: Value, window: Window, groups: number): Value {
  const [batch = 0, channels = 0, ...space] = x.shape;
  const [out = 0, perGroup = 0] = weight.shape;
  const axes = space.map((_, i) => 3 + i);
  const images = reshape(transpose(reshape(x, [batch, groups, channels / groups, ...space]), [2, 1, 0, ...axes]), [
    perGroup,
    groups * batch,
    ...space,
  ]);
  const kernels = transpose(dy, [1, 0, ...space.map((_, i) => 2 + i)]); // [O, B, ...]
  let dw = conv(images, kernels, undefined, {
    stride: window.dilation,
    dilation: window.stride,
    padding: [window.before, window.after],
    groups,
  }); // [C / groups, O, ...at least kernel]
  window.kernel.forEach((size, i) => {
    dw = slice(dw, 2 + i, 0, size);
  });
  check(dw.shape[1] === out, 'conv gradient', `${out} channels`, `${dw.shape[1]}`);
  return transpose(dw, [1, 0, ...space.map((_, i) => 2 + i)]);
}

function transposedConv(x: Value, weight: Value, window: Window, groups: number, extra: readonly number[]): Value {
  const [batch = 0, , ...space] = x.shape;
  const outSpace = space.map((size, i) => {
    const full = (size - 1) * window.stride[i]! + span(window, i) + extra[i]!;
    return full - window.before[i]! - window.after[i]!;
  });
  return node('ConvTranspose', [x, weight], [batch, weight.shape[1]! * groups, ...outSpace], {
    attributes: { ...attributesOf(window), group: groups, output_padding: extra },
  });
}

function windowOf(rank: number, kernel: readonly number[], options: ConvolutionOptions): Window {
  const padding = options.padding ?? 0;
  const sides = isPair(padding) ? padding : ([perAxis(padding, rank), perAxis(padding, rank)] as const);
  return {
    kernel,
    stride: perAxis(options.stride ?? 1, rank),
    dilation: perAxis(options.dilation ?? 1, rank),
    before: sides[0],
    after: sides[1],
  };
}

function isPair(padding: PerAxis | readonly [Shape, Shape]): padding is readonly [Shape, Shape] {
  return Array.isArray(padding) && Array.isArray(padding[0]);
}

function perAxis(numbers: PerAxis, rank: number): readonly number[] {
  if (typeof numbers === 'number') return Array<number>(rank).fill(numbers);
  check(numbers.length === rank, 'conv', `${rank} numbers, one for each spatial axis`, `${numbers.length}`);
  return numbers;
}

// Elements one window covers along an axis.
function span(window: Window, i: number): number {
  return window.dilation[i]! * (window.kernel[i]! - 1) + 1;
}

function slidingSize(size: number, window: Window, i: number): number {
  return Math.floor((size + window.before[i]! + window.after[i]! - span(window, i)) / window.stride[i]!) + 1;
}

function attributesOf(window: Window) {
  return {
    kernel_shape: window.kernel,
    strides: window.stride,
    dilations: window.dilation,
    pads: [...window.before, ...window.after],
  };
}
