import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { emitInference, emitWithParameterInputs } from './emit.ts';
import { interpret } from './interpret.ts';
import { conv1d, conv2d, layerNorm, linear, selfAttention } from './modules.ts';
import { relu } from './ops/activation.ts';
import * as g from './ops/arithmetic.ts';
import { averagePool, maxPool } from './ops/convolution.ts';
import { gridSample, pixelShuffle, upsampleNearest } from './ops/image.ts';
import { concat, reshape, transpose } from './ops/layout.ts';
import { matmul } from './ops/linear-algebra.ts';
import { initialWeights, ParameterScope } from './parameters.ts';
import { input, sizeOf, type Value } from './value.ts';

const SESSION = { intraOpNumThreads: 1, logSeverityLevel: 3 } as const;
const uniform = (name: string, i: number) => {
  const x = Math.sin(i * 12.9898 + name.length * 78.233 + (name.codePointAt(0) ?? 0)) * 43758.5453;
  return x - Math.floor(x);
};
const noise = (size: number, tag: string) => Float32Array.from({ length: size }, (_, i) => 2 * uniform(tag, i) - 1);

async function runOnce(model: Uint8Array, feeds: Record<string, Tensor>) {
  const session = await InferenceSession.create(model, SESSION);
  const result = await session.run(feeds);
  await session.release();
  return result;
}

/** Runs one network on onnxruntime and on the reference interpreter; the largest difference. */
async function difference(build: (x: Value, scope: ParameterScope) => Value, shape: readonly number[]) {
  const scope = new ParameterScope();
  const y = build(input('x', shape), scope);
  const weights = initialWeights(scope.parameters(), uniform);
  const x = noise(sizeOf(shape), 'x');
  const result = await runOnce(emitInference({ name: 'net', outputs: { y } }, weights), {
    x: new Tensor('float32', x, shape),
  });
  expect(result['y']!.dims).toEqual(y.shape);
  const feeds = new Map([['x', Array.from(x)], ...[...weights].map(([n, w]) => [n, Array.from(w.data)] as const)]);
  const expected = interpret([y], feeds)[0]!;
  return Math.max(...expected.map((v, i) => Math.abs(v - Number(result['y']!.data[i]))));
}

describe('emitInference', () => {
  test('a transformer layer equals the reference interpreter', async () => {
    const layer = (x: Value, scope: ParameterScope) => {
      const attended = layerNorm(g.add(x, selfAttention(x, 2, scope.scope('self_attn'))), scope.scope('norm1'));
      const hidden = relu(linear(attended, 12, scope.scope('linear1')));
      return layerNorm(g.add(attended, linear(hidden, 8, scope.scope('linear2'))), scope.scope('norm2'));
    };
    expect(await difference(layer, [2, 5, 8])).toBeLessThan(2e-6);
  });

  test('strided, dilated and grouped convolutions equal the reference interpreter', async () => {
    const net = (x: Value, scope: ParameterScope) => {
      const first = relu(conv2d(x, 6, 3, scope.scope('0'), { stride: [2, 1], padding: 1 }));
      return conv2d(first, 4, 3, scope.scope('1'), {
        groups: 2,
        dilation: [1, 2],
        padding: [
          [1, 4],
          [1, 0],
        ],
      });
    };
    expect(await difference(net, [2, 3, 9, 8])).toBeLessThan(2e-6);
    expect(await difference((x, s) => conv1d(x, 5, 3, s, { padding: [[2], [0]] }), [1, 4, 7])).toBeLessThan(2e-6);
  });

  test('shared weights are stored once and a value may be given under two names', async () => {
    const scope = new ParameterScope();
    const x = input('x', [2, 3]);
    const y = linear(linear(x, 3, scope), 3, scope);
    const weights = initialWeights(scope.parameters(), uniform);
    expect([...weights.keys()]).toEqual(['weight', 'bias']);
    const result = await runOnce(emitInference({ name: 'n', outputs: { y, again: y, same: x } }, weights), {
      x: new Tensor('float32', [1, 2, 3, 4, 5, 6], [2, 3]),
    });
    expect(result['again']!.data).toEqual(result['y']!.data);
    expect(Array.from(result['same']!.data as Float32Array)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('an output may not take the name of an input', () => {
    const x = input('x', [2]);
    const net = { name: 'net', outputs: { x: g.neg(x) } };
    expect(() => emitInference(net, new Map())).toThrow('net: expected an output name of its own, got input x');
  });

  test('refuses missing weights and weights of another shape by name', () => {
    const scope = new ParameterScope();
    const y = linear(input('x', [2, 3]), 4, scope.scope('head'));
    const net = { name: 'net', outputs: { y } };
    expect(() => emitInference(net, new Map())).toThrow('net: expected weights for head.weight, got none');
    const wrong = new Map([['head.weight', { dims: [3, 4], data: new Float32Array(12) }]]);
    expect(() => emitInference(net, wrong)).toThrow('weights of head.weight: expected [4×3], got [3×4]');
  });

  test('parameters can be inputs', async () => {
    const scope = new ParameterScope();
    const y = linear(input('x', [1, 2]), 1, scope);
    const result = await runOnce(emitWithParameterInputs({ name: 'n', outputs: { y } }), {
      x: new Tensor('float32', [2, 3], [1, 2]),
      weight: new Tensor('float32', [10, 100], [1, 2]),
      bias: new Tensor('float32', [1000], [1]),
    });
    expect(result['y']!.data[0]).toBe(1320);
  });
});

describe('pictures and volumes', () => {
  test('pixelShuffle, upsampleNearest and pools move the elements PyTorch moves', async () => {
    const x = input('x', [1, 4, 2, 2]);
    const outputs = {
      shuffled: pixelShuffle(x, 2),
      larger: upsampleNearest(x, [1, 2]),
      average: averagePool(x, 2),
      most: maxPool(x, 2),
    };
    const data = Float32Array.from({ length: 16 }, (_, i) => i);
    const result = await runOnce(emitInference({ name: 'n', outputs }, new Map()), {
      x: new Tensor('float32', data, [1, 4, 2, 2]),
    });
    const numbers = (name: string) => Array.from(result[name]!.data as Float32Array);
    expect(numbers('shuffled').slice(0, 8)).toEqual([0, 4, 1, 5, 8, 12, 9, 13]);
    expect(numbers('larger').slice(0, 8)).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    expect(numbers('average')).toEqual([1.5, 5.5, 9.5, 13.5]);
    expect(numbers('most')).toEqual([3, 7, 11, 15]);
  });

  test('gridSample reads a volume at its element centres', async () => {
    const x = input('x', [1, 1, 2, 2, 2]);
    const grid = input('grid', [1, 1, 1, 3, 3]);
    const model = emitInference({ name: 'n', outputs: { y: gridSample(x, grid) } }, new Map());
    const result = await runOnce(model, {
      x: new Tensor('float32', [0, 1, 2, 3, 4, 5, 6, 7], [1, 1, 2, 2, 2]),
      grid: new Tensor('float32', [-0.5, -0.5, 0.5, 0.5, -0.5, -0.5, 0, 0, 0], [1, 1, 1, 3, 3]),
    });
    expect(Array.from(result['y']!.data as Float32Array)).toEqual([4, 1, 3.5]);
  });
});

describe('shape mistakes name the operator, what was expected and what came', () => {
  const x = input('x', [2, 3, 4]);
  test.each([
    [() => matmul(x, input('w', [3, 5])), 'matmul: expected [..., M, K] and [..., K, N], got [2×3×4] and [3×5]'],
    [() => g.add(x, input('y', [2, 4])), 'Add: expected shapes that broadcast, got [2×3×4] and [2×4]'],
    [() => reshape(x, [5, -1]), 'reshape: expected a shape of 24 elements as [2×3×4], got [5×-1]'],
    [() => transpose(x, [0, 1]), 'transpose: expected an order of 3 axes for [2×3×4], got [0×1]'],
    [() => concat([x, input('y', [2, 2, 5])], 1), 'concat: expected shapes like [2×3×4] except in axis 1, got [2×2×5]'],
  ])('%#', (build, message) => {
    expect(build).toThrow(message);
  });
});
