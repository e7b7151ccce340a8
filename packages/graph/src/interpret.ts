/**
 * The slow, obvious evaluation of a network description in float64: the reference that tests hold onnxruntime's
 * results and the gradients against. Indices are walked one by one; nothing here is meant to be fast.
 */
import type { OnnxAttribute } from './onnx.ts';
import { GraphError, inOrder, type Node, type Shape, sizeOf, type Value } from './value.ts';

/** Row-major numbers; bool is 0 or 1, integers are exact up to 2⁵³. */
export type Numbers = readonly number[];

/** Computes `outputs` from the inputs and parameters given by name. @throws GraphError for a name or operator unknown. */
export function interpret(outputs: readonly Value[], feeds: ReadonlyMap<string, Numbers>): readonly Numbers[] {
  const known = new Map<Value, Numbers>();
  for (const value of inOrder(outputs)) {
    const { origin } = value;
    if (origin.kind === 'constant') known.set(value, Array.from(origin.data as ArrayLike<number | bigint>, Number));
    else if (origin.kind === 'node') known.set(value, evaluate(origin.node, origin.index, known));
    else {
      const fed = feeds.get(origin.name);
      if (fed?.length !== sizeOf(value.shape)) {
        throw new GraphError(
          `interpret: expected ${sizeOf(value.shape)} numbers for ${origin.name}, got ${fed?.length}`,
        );
      }
      known.set(value, fed);
    }
  }
  return outputs.map((value) => known.get(value)!);
}

const ELEMENTWISE: Readonly<Record<string, (...x: number[]) => number>> = {
  Add: (a, b) => a! + b!,
  Sub: (a, b) => a! - b!,
  Mul: (a, b) => a! * b!,
  Div: (a, b) => a! / b!,
  Max: (a, b) => Math.max(a!, b!),
  Neg: (x) => -x!,
  Exp: (x) => Math.exp(x!),
  Log: (x) => Math.log(x!),
  Sqrt: (x) => Math.sqrt(x!),
  Abs: (x) => Math.abs(x!),
  Sin: (x) => Math.sin(x!),
  Cos: (x) => Math.cos(x!),
  Tanh: (x) => Math.tanh(x!),
  Relu: (x) => Math.max(x!, 0),
  Sigmoid: (x) => 1 / (1 + Math.exp(-x!)),
  Softplus: (x) => Math.max(x!, 0) + Math.log1p(Math.exp(-Math.abs(x!))),
  Erf: (x) => erf(x!),
  Gelu: (x) => 0.5 * x! * (1 + erf(x! * Math.SQRT1_2)),
  GreaterOrEqual: (a, b) => Number(a! >= b!),
  Equal: (a, b) => Number(a! === b!),
  Where: (condition, yes, no) => (condition ? yes! : no!),
  Identity: (x) => x!,
};

function evaluate(node: Node, index: number, known: ReadonlyMap<Value, Numbers>): Numbers {
  const { op, attributes } = node;
  const sources = node.inputs as readonly Value[];
  const shape = node.outputs[index]!.shape;
  const x = sources[0]!;
  const data = (i: number) => known.get(sources[i]!)!;
  const own = known.get(x)!;
  const rule = ELEMENTWISE[op];
  if (rule !== undefined) {
    const strides = sources.map((source) => broadcastStrides(source.shape, shape));
    return build(shape, (at) => rule(...sources.map((_, i) => data(i)[dot(at, strides[i]!)]!)));
  }
  switch (op) {
    case 'Cast':
      return attributes['to'] === 9 ? own.map((v) => Number(v !== 0)) : own;
    case 'LeakyRelu':
      return own.map((v) => (v >= 0 ? v : v * float(attributes['alpha'])));
    case 'Reshape':
      return own;
    case 'Expand':
      return build(shape, (at) => own[dot(at, broadcastStrides(x.shape, shape))]!);
    case 'Transpose': {
      const order = attributes['perm'] as Numbers;
      const strides = stridesOf(x.shape);
      return build(shape, (at) => own[at.reduce((sum, n, i) => sum + n * strides[order[i]!]!, 0)]!);
    }
    case 'Concat': {
      const axis = attributes['axis'] as number;
      return build(shape, (at) => {
        let from = at[axis]!;
        let i = 0;
        while (from >= sources[i]!.shape[axis]!) from -= sources[i++]!.shape[axis]!;
        return data(i)[dot(at.with(axis, from), stridesOf(sources[i]!.shape))]!;
      });
    }
    case 'Slice': {
      const axis = data(3)[0]!;
      return build(shape, (at) => own[dot(at.with(axis, at[axis]! + data(1)[0]!), stridesOf(x.shape))]!);
    }
    case 'Pad': {
      const before = data(1).slice(0, x.shape.length);
      return build(shape, (at) => {
        const from = at.map((place, axis) => place - before[axis]!);
        const inside = from.map((place, axis) => Math.min(Math.max(place, 0), x.shape[axis]! - 1));
        if (attributes['mode'] === 'constant' && inside.join() !== from.join()) return 0;
        return own[dot(inside, stridesOf(x.shape))]!;
      });
    }
    case 'Gather': {
      const width = sizeOf(x.shape.slice(1));
      return data(1).flatMap((row) => own.slice(row * width, (row + 1) * width));
    }
    case 'MatMul':
      return matrixProduct(sources, own, data(1), shape);
    case 'ReduceSum':
      return reduce(x.shape, own, data(1), 0, (a, b) => a + b);
    case 'ReduceMean': {
      const sums = reduce(x.shape, own, data(1), 0, (a, b) => a + b);
      return sums.map((sum) => sum / (own.length / sums.length));
    }
    case 'ReduceMax':
      return reduce(x.shape, own, data(1), -Infinity, Math.max);
    case 'Softmax':
    case 'LogSoftmax': {
      const axis = [attributes['axis'] as number];
      const kept = broadcastStrides(x.shape.with(axis[0]!, 1), x.shape);
      const top = reduce(x.shape, own, axis, -Infinity, Math.max);
      const shifted = build(x.shape, (at, i) => own[i]! - top[dot(at, kept)]!);
      const total = reduce(x.shape, shifted.map(Math.exp), axis, 0, (a, b) => a + b);
      const logarithms = build(x.shape, (at, i) => shifted[i]! - Math.log(total[dot(at, kept)]!));
      return op === 'Softmax' ? logarithms.map(Math.exp) : logarithms;
    }
    case 'LayerNormalization': {
      const width = x.shape.at(-1)!;
      const average = reduce(x.shape, own, [x.shape.length - 1], 0, (a, b) => a + b).map((sum) => sum / width);
      const squares = own.map((v, i) => (v - average[Math.floor(i / width)]!) ** 2);
      const variance = reduce(x.shape, squares, [x.shape.length - 1], 0, (a, b) => a + b).map((sum) => sum / width);
      const inverse = variance.map((v) => 1 / Math.sqrt(v + float(attributes['epsilon'])));
      const affine = (v: number, i: number) => v * data(1)[i % width]! + data(2)[i % width]!;
      const row = (i: number) => Math.floor(i / width);
      return [own.map((v, i) => affine((v - average[row(i)]!) * inverse[row(i)]!, i)), average, inverse][index]!;
    }
    case 'BatchNormalization':
      return build(shape, (at, i) => {
        const [scale, bias, average, variance] = [1, 2, 3, 4].map((k) => data(k)[at[1]!]!);
        return ((own[i]! - average!) / Math.sqrt(variance! + float(attributes['epsilon']))) * scale! + bias!;
      });
    case 'Conv':
      return convolve(sources, own, data(1), shape, attributes);
    case 'ConvTranspose':
      return scatter(sources, own, data(1), shape, attributes);
    default:
      throw new GraphError(`interpret: expected a known operator, got ${op}`);
  }
}

function matrixProduct([a, b]: readonly Value[], left: Numbers, right: Numbers, shape: Shape): Numbers {
  const inner = a!.shape.at(-1)!;
  const width = shape.at(-1)!;
  const leftMatrices = broadcastStrides(a!.shape.slice(0, -2), shape.slice(0, -2));
  const rightMatrices = broadcastStrides(b!.shape.slice(0, -2), shape.slice(0, -2));
  return build(shape, (at) => {
    const [lead, row, column] = [at.slice(0, -2), at.at(-2)!, at.at(-1)!];
    const rowStart = (dot(lead, leftMatrices) * shape.at(-2)! + row) * inner;
    const columnStart = dot(lead, rightMatrices) * inner * width + column;
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += left[rowStart + k]! * right[columnStart + k * width]!;
    return sum;
  });
}

interface ConvPlace {
  readonly source: number;
  readonly weight: number;
  readonly target: number;
}

function convolve(sources: readonly Value[], x: Numbers, w: Numbers, shape: Shape, attributes: Attributes): Numbers {
  const y = Array<number>(sizeOf(shape)).fill(0);
  for (const place of placesOf(sources[0]!.shape, sources[1]!.shape, shape, attributes)) {
    y[place.target]! += x[place.source]! * w[place.weight]!;
  }
  return y;
}

// The transpose of `convolve`: source and target change places.
function scatter(sources: readonly Value[], x: Numbers, w: Numbers, shape: Shape, attributes: Attributes): Numbers {
  const y = Array<number>(sizeOf(shape)).fill(0);
  for (const place of placesOf(shape, sources[1]!.shape, sources[0]!.shape, attributes)) {
    y[place.source]! += x[place.target]! * w[place.weight]!;
  }
  return y;
}

// The same convolution is walked for every finite difference, so its places are kept.
const PLACES = new Map<string, readonly ConvPlace[]>();

function placesOf(...convolution: Parameters<typeof windows>): readonly ConvPlace[] {
  const key = JSON.stringify(convolution);
  const places = PLACES.get(key) ?? [...windows(...convolution)];
  PLACES.set(key, places);
  return places;
}

// Every product of a convolution from `wide` [B, C, ...] to `narrow` [B, O, ...] with weight [O, C / groups, ...].
function* windows(wide: Shape, weight: Shape, narrow: Shape, attributes: Attributes): Generator<ConvPlace> {
  const [stride, dilation, pads] = ['strides', 'dilations', 'pads'].map((key) => attributes[key] as Numbers);
  const perGroup = weight[1]!;
  const outPerGroup = narrow[1]! / (attributes['group'] as number);
  const [wideStrides, weightStrides, narrowStrides] = [wide, weight, narrow].map(stridesOf);
  for (const at of indices(narrow)) {
    for (const tap of indices(weight.slice(1))) {
      const from = at.slice(2).map((n, i) => n * stride![i]! + tap[1 + i]! * dilation![i]! - pads![i]!);
      if (from.some((n, i) => n < 0 || n >= wide[2 + i]!)) continue;
      const channel = Math.floor(at[1]! / outPerGroup) * perGroup + tap[0]!;
      yield {
        source: dot([at[0]!, channel, ...from], wideStrides!),
        weight: dot([at[1]!, ...tap], weightStrides!),
        target: dot(at, narrowStrides!),
      };
    }
  }
}

type Attributes = Readonly<Record<string, OnnxAttribute>>;

function float(attribute: OnnxAttribute | undefined): number {
  return (attribute as { readonly float: number }).float;
}

function reduce(
  shape: Shape,
  x: Numbers,
  axes: Numbers,
  start: number,
  join: (a: number, b: number) => number,
): Numbers {
  const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const strides = broadcastStrides(kept, shape);
  const result = Array<number>(sizeOf(kept)).fill(start);
  let i = 0;
  for (const at of indices(shape)) {
    const to = dot(at, strides);
    result[to] = join(result[to]!, x[i++]!);
  }
  return result;
}

function build(shape: Shape, element: (at: readonly number[], i: number) => number): Numbers {
  const result: number[] = [];
  for (const at of indices(shape)) result.push(element(at, result.length));
  return result;
}

function* indices(shape: Shape): Generator<readonly number[]> {
  const strides = stridesOf(shape);
  for (let i = 0; i < sizeOf(shape); i++) yield strides.map((stride, axis) => Math.floor(i / stride) % shape[axis]!);
}

function stridesOf(shape: Shape): readonly number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

// Strides that read `from` as if it were broadcast to `to`: 0 where it repeats.
function broadcastStrides(from: Shape, to: Shape): readonly number[] {
  const strides = stridesOf(from);
  const lead = to.length - from.length;
  return to.map((_, axis) => (axis < lead || from[axis - lead] === 1 ? 0 : strides[axis - lead]!));
}

function dot(at: readonly number[], strides: readonly number[]): number {
  return at.reduce((sum, n, i) => sum + n * strides[i]!, 0);
}

// Maclaurin series of erf: exact to 1e-15 for the |x| < 4 of tests, and ±1 beyond 6.
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (sum * 2) / Math.sqrt(Math.PI);
}
