import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { emitInference } from './emit.ts';
import { halfBytes } from './half.ts';
import { conv2d, linear } from './modules.ts';
import { add } from './ops/arithmetic.ts';
import { initialWeights, ParameterScope } from './parameters.ts';
import { input } from './value.ts';

/** The value of half-precision bits, by the definition. */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
}
const half = (...values: number[]) => new Uint16Array(halfBytes(Float32Array.from(values)).buffer);

describe('halfBytes', () => {
  it('gives every half back as it is', () => {
    const all = Array.from({ length: 0x10000 }, (_, bits) => bits).filter((bits) => !Number.isNaN(halfValue(bits)));
    expect([...half(...all.map(halfValue))]).toEqual(all);
    expect(Number.isNaN(halfValue(half(Number.NaN)[0]!))).toBe(true);
  });

  it('rounds to the nearest, ties to even', () => {
    for (let bits = 0; bits < 0x7bff; bits += 7) {
      const [low, high] = [halfValue(bits), halfValue(bits + 1)];
      const middle = (low + high) / 2;
      expect(half(middle)[0]).toBe(bits & 1 ? bits + 1 : bits);
      expect(half(middle + (high - low) / 64)[0]).toBe(bits + 1);
      expect(half(-(middle - (high - low) / 64))[0]).toBe(bits | 0x8000);
    }
    expect([...half(65519, 65520, 2 ** -26, -1e9)]).toEqual([0x7bff, 0x7c00, 0, 0xfc00]);
  });
});

describe('emitInference in half precision', () => {
  it('stores weights in half the space and computes close by', async () => {
    const scope = new ParameterScope();
    const image = input('x', [1, 8, 12, 12]);
    const y = conv2d(image, 16, 3, scope.scope('conv'), { padding: 1 });
    const network = { name: 'half', outputs: { y: add(y, linear(y, 12, scope.scope('mix'))) } };
    const weights = initialWeights(scope.parameters(), (name, i) => {
      const x = Math.sin(i * 12.9898 + name.length) * 43758.5453;
      return x - Math.floor(x);
    });
    const feeds = {
      x: new Tensor(
        'float32',
        Float32Array.from({ length: 1152 }, (_, i) => Math.sin(i)),
        [1, 8, 12, 12],
      ),
    };
    const run = async (model: Uint8Array) => {
      const session = await InferenceSession.create(model, { logSeverityLevel: 3 });
      return (await session.run(feeds))['y']!.data as Float32Array;
    };
    const full = emitInference(network, weights);
    const small = emitInference(network, weights, { precision: 'float16' });
    expect(small.length).toBeLessThan(full.length * 0.75);
    const [exact, close] = [await run(full), await run(small)];
    const worst = Math.max(...exact.map((value, i) => Math.abs(value - close[i]!)));
    expect(worst).toBeGreaterThan(0);
    expect(worst).toBeLessThan(5e-3);
  });
});
