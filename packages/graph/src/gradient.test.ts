/**
 * Every operator's gradient against central differences in float64 (the reference interpreter), and against the same
 * gradient on onnxruntime in float32.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { emitInference } from './emit.ts';
import { gradients } from './gradient.ts';
import { interpret } from './interpret.ts';
import { conv1d, layerNorm, linear, selfAttention } from './modules.ts';
import * as a from './ops/activation.ts';
import * as g from './ops/arithmetic.ts';
import { conv, maxPool } from './ops/convolution.ts';
import { concat, expand, gather, pad, reshape, slice, split, transpose } from './ops/layout.ts';
import { matmul } from './ops/linear-algebra.ts';
import { batchNormalise, batchNormaliseByBatch, instanceNormalise, layerNormalise } from './ops/normalisation.ts';
import { mean, sum } from './ops/reduction.ts';
import { ParameterScope } from './parameters.ts';
import { booleans, constant, input, integers, type Shape, sizeOf, type Value } from './value.ts';

/** Builds a value from the inputs of a case. */
type Build = (...inputs: Value[]) => Value;
interface Case {
  readonly shapes: readonly Shape[];
  readonly build: Build;
  /** Inputs lie in [low, low + 1); −0.5 unless given. */
  readonly low?: number;
}

// Irrational steps: no two equal, none on a kink of |x|, relu or the comparisons below.
function numbers(size: number, tag: number, low = -0.5): number[] {
  return Array.from({ length: size }, (_, i) => low + (((i + 1) * Math.SQRT2 + tag * 0.7548776662) % 1));
}

const scope = () => new ParameterScope();
const asLinear = (x: Value, w: Value, b: Value) => g.add(matmul(x, transpose(w)), b);

const CASES: Readonly<Record<string, Case>> = {
  add: { shapes: [[2, 3], [3]], build: (x, y) => g.add(x, y) },
  sub: {
    shapes: [
      [2, 1],
      [1, 3],
    ],
    build: (x, y) => g.sub(x, y),
  },
  mul: {
    shapes: [
      [2, 3],
      [2, 1],
    ],
    build: (x, y) => g.mul(x, y),
  },
  div: { shapes: [[2, 3], [3]], low: 0.5, build: (x, y) => g.div(x, y) },
  maximum: { shapes: [[7], [7]], build: (x, y) => g.maximum(x, y) },
  minimum: { shapes: [[2, 4], [4]], build: (x, y) => g.minimum(x, y) },
  clamp: { shapes: [[9]], build: (x) => g.clamp(x, -0.3, 0.2) },
  neg: { shapes: [[3]], build: g.neg },
  exp: { shapes: [[4]], build: g.exp },
  log: { shapes: [[4]], low: 0.3, build: g.log },
  sqrt: { shapes: [[4]], low: 0.3, build: g.sqrt },
  square: { shapes: [[4]], build: g.square },
  abs: { shapes: [[6]], build: g.abs },
  sin: { shapes: [[4]], build: g.sin },
  cos: { shapes: [[4]], build: g.cos },
  where: { shapes: [[3], [2, 3]], build: (x, y) => g.where(booleans([true, false, true]), x, y) },
  relu: { shapes: [[8]], build: a.relu },
  leakyRelu: { shapes: [[8]], build: (x) => a.leakyRelu(x, 0.2) },
  tanh: { shapes: [[4]], build: a.tanh },
  sigmoid: { shapes: [[4]], build: a.sigmoid },
  softplus: { shapes: [[4]], build: a.softplus },
  mish: { shapes: [[4]], build: a.mish },
  erf: { shapes: [[4]], build: a.erf },
  gelu: { shapes: [[8]], build: a.gelu },
  softmax: { shapes: [[2, 3, 2]], build: (x) => a.softmax(x, 1) },
  logSoftmax: { shapes: [[2, 4]], build: (x) => a.logSoftmax(x) },
  normalise: { shapes: [[2, 4]], build: (x) => a.normalise(x) },
  'matmul with a shared matrix': {
    shapes: [
      [2, 3, 4],
      [4, 2],
    ],
    build: matmul,
  },
  'matmul with broadcast leading axes': {
    shapes: [
      [2, 1, 3, 4],
      [3, 4, 2],
    ],
    build: matmul,
  },
  'matmul by a transposed matrix': { shapes: [[2, 3, 4], [5, 4], [5]], build: asLinear },
  reshape: { shapes: [[2, 6]], build: (x) => reshape(x, [3, -1]) },
  transpose: { shapes: [[2, 3, 4]], build: (x) => transpose(x, [2, 0, 1]) },
  'transpose of transpose': { shapes: [[2, 3, 4]], build: (x) => transpose(transpose(x, [2, 0, 1]), [1, 0, 2]) },
  expand: { shapes: [[3, 1]], build: (x) => expand(x, [2, 3, 4]) },
  concat: {
    shapes: [
      [2, 1],
      [2, 3],
    ],
    build: (x, y) => concat([x, y, x], 1),
  },
  slice: { shapes: [[2, 5]], build: (x) => slice(x, 1, 1, 4) },
  split: { shapes: [[5, 2]], build: (x) => g.mul(...(split(x, 0, [2, 1, 2]) as [Value, Value])) },
  pad: { shapes: [[2, 3]], build: (x) => pad(x, -1, 2, 1) },
  gather: { shapes: [[4, 2]], build: (x) => gather(x, integers([3, 0, 3, 1, 3, 3], [2, 3])) },
  sum: { shapes: [[2, 3, 4]], build: (x) => sum(x, [0, 2]) },
  mean: { shapes: [[2, 3, 4]], build: (x) => mean(x, [-1], { keepAxes: true }) },
  layerNormalise: { shapes: [[2, 3, 4], [4], [4]], build: (x, s, b) => layerNormalise(x, s, b) },
  batchNormalise: {
    shapes: [[2, 3, 4], [3], [3]],
    build: (x, scale, bias) =>
      batchNormalise(x, { scale, bias, mean: constant([0.1, 0.2, 0.3]), variance: constant([0.5, 1, 2]) }),
  },
  batchNormaliseByBatch: { shapes: [[2, 3, 4], [3], [3]], build: (x, s, b) => batchNormaliseByBatch(x, s, b).y },
  instanceNormalise: { shapes: [[2, 2, 3, 2]], build: (x) => instanceNormalise(x) },
  conv1d: { shapes: [[2, 3, 7], [4, 3, 3], [4]], build: (x, w, b) => conv(x, w, b, { padding: 1 }) },
  'causal dilated conv1d': {
    shapes: [
      [1, 2, 8],
      [3, 2, 3],
    ],
    build: (x, w) => conv(x, w, undefined, { dilation: 2, padding: [[4], [0]] }),
  },
  conv2d: {
    shapes: [
      [2, 2, 5, 4],
      [3, 2, 3, 2],
    ],
    build: (x, w) => conv(x, w, undefined, { padding: [1, 0] }),
  },
  'strided conv2d with rows its stride does not reach': {
    shapes: [[2, 2, 8, 6], [3, 2, 3, 3], [3]],
    build: (x, w, b) => conv(x, w, b, { stride: [3, 2], padding: 1 }),
  },
  'grouped strided dilated conv2d': {
    shapes: [
      [2, 4, 7, 6],
      [6, 2, 2, 2],
    ],
    build: (x, w) => conv(x, w, undefined, { groups: 2, stride: 2, dilation: [2, 1], padding: 1 }),
  },
  conv3d: {
    shapes: [
      [1, 2, 3, 4, 3],
      [2, 2, 2, 3, 2],
    ],
    build: (x, w) => conv(x, w, undefined, { padding: 1 }),
  },
};

// A loss with another weight for every element, so that no error cancels.
function lossOf(y: Value): Value {
  return sum(g.mul(y, constant(numbers(sizeOf(y.shape), 9, 0.2), y.shape)));
}

describe('the gradient of', () => {
  test.each(Object.entries(CASES))('%s', async (_, { shapes, build, low }) => {
    const inputs = shapes.map((shape, i) => input(`x${i}`, shape));
    const loss = lossOf(build(...inputs));
    const feeds = new Map(shapes.map((shape, i) => [`x${i}`, numbers(sizeOf(shape), i + 1, low)]));
    const slopes = gradients(loss, inputs);
    const exact = interpret(slopes, feeds);
    inputs.forEach((_, i) => {
      const differences = centralDifferences(loss, feeds, `x${i}`);
      exact[i]!.forEach((slope, j) => {
        expect(slope, `element ${j} of input ${i}`).toBeCloseTo(differences[j]!, 6);
      });
    });
    const onRuntime = await runOnnx(slopes, feeds, inputs);
    onRuntime.forEach((values, i) => {
      values.forEach((value, j) => {
        expect(value, `element ${j} of input ${i} on onnxruntime`).toBeCloseTo(exact[i]![j]!, 5);
      });
    });
  });

  test('a network whose parameter is used twice adds both paths', () => {
    const net = scope();
    const x = input('x', [1, 3, 4]);
    const shared = net.scope('shared');
    const y = linear(linear(x, 4, shared), 4, shared);
    const attended = layerNorm(selfAttention(y, 2, net.scope('attention')), net.scope('norm'));
    const loss = lossOf(conv1d(transpose(attended, [0, 2, 1]), 2, 3, net.scope('conv'), { padding: 1 }));
    const parameters = [...net.parameters().values()];
    const names = [...net.parameters().keys()];
    const feeds = new Map(parameters.map((p, i) => [names[i]!, numbers(sizeOf(p.shape), i)]));
    feeds.set('x', numbers(12, 50));
    const exact = interpret(gradients(loss, parameters), feeds);
    names.forEach((name, i) => {
      const differences = centralDifferences(loss, feeds, name);
      exact[i]!.forEach((slope, j) => {
        expect(slope, `${name}[${j}]`).toBeCloseTo(differences[j]!, 6);
      });
    });
  });

  test('an operator without a gradient is an error that names it', () => {
    const x = input('x', [1, 1, 4, 4]);
    expect(() => gradients(sum(maxPool(x, 2)), [x])).toThrow(
      'expected an operator with a gradient, got output 0 of MaxPool',
    );
    expect(() => gradients(sum(input('y', [2])), [x])).toThrow('expected a loss that depends on x');
    expect(() => gradients(x, [x])).toThrow('expected a float32 scalar loss, got [1×1×4×4]');
  });
});

function centralDifferences(loss: Value, feeds: ReadonlyMap<string, number[]>, name: string): number[] {
  const step = 1e-5;
  const at = (j: number, change: number) => {
    const moved = feeds.get(name)!.with(j, feeds.get(name)![j]! + change);
    return interpret([loss], new Map([...feeds, [name, moved]]))[0]![0]!;
  };
  return feeds.get(name)!.map((_, j) => (at(j, step) - at(j, -step)) / (2 * step));
}

async function runOnnx(values: readonly Value[], feeds: ReadonlyMap<string, number[]>, inputs: readonly Value[]) {
  const outputs = Object.fromEntries(values.map((value, i) => [`y${i}`, value]));
  const session = await InferenceSession.create(emitInference({ name: 'gradient', outputs }, new Map()), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const tensors = session.inputNames.map((name) => {
    const shape = inputs[Number(name.slice(1))]!.shape;
    return [name, new Tensor('float32', Float32Array.from(feeds.get(name)!), shape)] as const;
  });
  const result = await session.run(Object.fromEntries(tensors));
  await session.release();
  return values.map((_, i) => Array.from(result[`y${i}`]!.data as Float32Array));
}
