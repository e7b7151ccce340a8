import { describe, expect, it } from 'vitest';
import { MADE_SCALE, madeByte, madeEncoder, madeScale } from '../../../test/helpers/made-ear.ts';
import { writeSafetensors } from '../../formats/safetensors.ts';
import { cutEncoder } from './cut-encoder.ts';
import { buildEar } from './ear-weights.ts';

const int8 = (byte: number) => (byte < 128 ? byte : byte - 256);
const invalid = (part: string) =>
  expect.objectContaining({ code: 'model-invalid', message: expect.stringContaining(part) });
const thrown = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('the ear is cut from the encoder', () => {
  const cut = cutEncoder(madeEncoder());

  it('takes stem and three layers, and no more', () => {
    expect(cut.size).toBe(3 + 4 + 3 * (6 + 4));
    expect([...cut.values()].reduce((sum, { length }) => sum + length, 0)).toBe(
      288 * 127 + 576 * 288 * 7 + 288 * 576 * 3 + 4 * 288 + 576 - 288 + 3 * (12 * 288 * 288 + 7 * 288),
    );
  });

  it.each([
    ['conv1', 0, 288, 1, 127],
    ['conv2', 1, 576, 288, 7],
    ['conv3', 2, 288, 576, 3],
  ] as const)(
    'turns %s from [outputs, inputs, taps] to [taps, inputs, outputs]',
    (name, array, outputs, inputs, taps) => {
      for (const [tap, from, to] of [
        [0, 0, 0],
        [taps - 1, inputs - 1, outputs - 1],
        [1, inputs >> 1, 5],
        [2, inputs >> 2, 200],
      ] as const) {
        const q = int8(madeByte(array, (to * inputs + from) * taps + tap));
        expect(cut.get(name)![(tap * inputs + from) * outputs + to]).toBe((q + 0.5) * MADE_SCALE.conv);
      }
    },
  );

  it('puts the turning pairs of queries and keys apart, head by head, and leaves all other products', () => {
    const { product, zero } = MADE_SCALE;
    const at = (array: number, i: number) => (madeByte(array, i) - zero) * product;
    const row = 7 * 288;
    for (const [name, array] of [
      ['layer_0.queries', 3],
      ['layer_2.keys', 3 + 2 * 6 + 1],
    ] as const) {
      for (let head = 0; head < 8; head++) {
        const first = row + 36 * head;
        const got = cut.get(name)!.slice(first, first + 36);
        const pairs = Array.from({ length: 16 }, (_, i) => i);
        const wanted = [...pairs.map((i) => 2 * i), ...pairs.map((i) => 2 * i + 1), 32, 33, 34, 35];
        expect([...got]).toEqual(wanted.map((i) => at(array, first + i)));
      }
    }
    expect(cut.get('layer_1.values')![1000]).toBe(at(3 + 6 + 2, 1000));
    expect(cut.get('layer_1.narrow')![300_000]).toBe(at(3 + 6 + 5, 300_000));
  });

  it('refuses what is no encoder, with what is wrong', () => {
    expect(thrown(() => cutEncoder(new Uint8Array()))).toEqual(invalid("an array 'conv1"));
    expect(thrown(() => cutEncoder(Uint8Array.of(0xff, 0xff, 0xff)))).toEqual(invalid('ear: expected an ONNX model'));
    const without = madeEncoder('onnx::MatMul_1494_quantized');
    expect(thrown(() => cutEncoder(without))).toEqual(invalid("'onnx::MatMul_1494_quantized' [288,288], got none"));
    const cutShort = madeEncoder().subarray(0, 1_000_000);
    expect(thrown(() => cutEncoder(cutShort))).toEqual(invalid('ear: expected an ONNX model'));
  });

  it('is built with the scale beside it', () => {
    const encoder = madeEncoder();
    expect(buildEar({ encoder, scale: madeScale() }).length).toBeGreaterThan(4 * 4_700_000);
    const scale = writeSafetensors({ tensors: new Map(), metadata: {} });
    expect(thrown(() => buildEar({ encoder, scale }))).toEqual(invalid("'centre' [288], got none"));
  });
});
