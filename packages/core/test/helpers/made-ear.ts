import { OnnxModel } from '@pctalk/graph';
import { writeSafetensors } from '../../src/formats/safetensors.ts';

const WIDTH = 288;

/** The byte that stands at `i` of the array number `array` of the made encoder. */
export function madeByte(array: number, i: number): number {
  return (Math.imul(i + 1, 2_654_435_761) ^ Math.imul(array + 1, 40_503)) >>> 24;
}

/** What convolutions and products of the made encoder are multiplied by, and where products have their zero. */
export const MADE_SCALE = { conv: 2 ** -10, product: 2 ** -12, zero: 128 } as const;

/**
 * A file laid out as Moonshine's encoder, names and shapes, with other numbers in it; arrays count from 0 in the order
 * conv1, conv2, conv3, then queries, keys, values, out, widen, narrow of each layer. @param without name left out
 */
export function madeEncoder(without?: string): Uint8Array {
  const model = new OnnxModel('encoder');
  let array = 0;
  const one = (name: string, value: number) => model.floats(name, Float32Array.of(value), [1]);
  const bytes = (name: string, type: 'int8' | 'uint8', dims: readonly number[]) => {
    const number = array++;
    const length = dims.reduce((a, b) => a * b);
    if (name !== without)
      model.constant(name, { type, dims, data: Uint8Array.from({ length }, (_, i) => madeByte(number, i)) });
  };
  const floats = (name: string, length: number, base: number) =>
    model.floats(
      name,
      Float32Array.from({ length }, (_, i) => base + Math.sin(i) / 8),
      [length],
    );
  const convolutions = { conv1: [WIDTH, 1, 127], conv2: [2 * WIDTH, WIDTH, 7], conv3: [WIDTH, 2 * WIDTH, 3] };
  for (const [name, dims] of Object.entries(convolutions)) {
    bytes(`${name}.weight_quantized`, 'int8', dims);
    one(`${name}.weight_scale`, MADE_SCALE.conv);
    one(`${name}.weight_zero_point`, MADE_SCALE.conv / 2);
  }
  floats('conv2.bias', 2 * WIDTH, 0);
  floats('conv3.bias', WIDTH, 0);
  floats('onnx::Mul_1488', WIDTH, 1);
  floats('onnx::Add_1489', WIDTH, 0);
  for (let layer = 0; layer < 3; layer++) {
    for (const place of [0, 1, 2, 44, 45, 46]) {
      const name = `onnx::MatMul_${1493 + 47 * layer + place}`;
      const dims = place === 45 ? [WIDTH, 4 * WIDTH] : place === 46 ? [4 * WIDTH, WIDTH] : [WIDTH, WIDTH];
      bytes(`${name}_quantized`, 'uint8', dims);
      one(`${name}_scale`, MADE_SCALE.product);
      model.constant(`${name}_zero_point`, { type: 'uint8', dims: [], data: Uint8Array.of(MADE_SCALE.zero) });
    }
    floats(`layers.${layer}.input_layernorm.weight`, WIDTH, 1);
    floats(`layers.${layer}.post_attention_layernorm.weight`, WIDTH, 1);
    floats(`layers.${layer}.mlp.fc1.bias`, 4 * WIDTH, 0);
    floats(`layers.${layer}.mlp.fc2.bias`, WIDTH, 0);
  }
  return model.toBytes();
}

/** Mean 0 and deviation 1 for the rows of the made encoder. */
export function madeScale(): Uint8Array {
  const stored = (value: number) => ({
    type: 'float32' as const,
    dims: [WIDTH],
    data: new Uint8Array(new Float32Array(WIDTH).fill(value).buffer),
  });
  const tensors = new Map([
    ['centre', stored(0)],
    ['spread', stored(1)],
  ]);
  return writeSafetensors({ tensors, metadata: {} });
}
