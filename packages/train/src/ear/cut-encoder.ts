import { EAR_STEP, EAR_WIDTH, type StoredTensor, toFloat32 } from '@pctalk/core';
import { readOnnxConstants } from './onnx-constants.ts';

/** Numbers of the first matrix product of layer 0 in the encoder's names, and from a layer to the next. */
const FIRST_PRODUCT = 1493;
const PRODUCTS_PER_LAYER = 47;
/** Matrix products of a layer, from its first. */
const PRODUCTS = { queries: 0, keys: 1, values: 2, out: 44, widen: 45, narrow: 46 } as const;
const HEADS = 8;
/** Numbers of a head that turn with time, in pairs side by side. */
const TURNED = 32;

/**
 * The arrays of the ear out of the encoder's file: weights stay the bytes they are, [inputs, outputs], scales and offsets
 * beside them (w = q · scale + offset); the turning pairs of queries and keys are put apart as the step network wants them.
 */
export function cutEncoder(file: Uint8Array): Map<string, StoredTensor> {
  const source = readOnnxConstants(file);
  const cut = new Map<string, StoredTensor>();
  const take = (name: string) => {
    const tensor = source.get(name);
    if (tensor === undefined) throw new Error(`encoder: expected an array ${name}, got none`);
    return tensor;
  };
  const number = (name: string) => toFloat32(take(name))[0]!;
  const bytes = (name: string, from: StoredTensor, order: (i: number) => number, scale: number, offset: number) => {
    const data = from.data.map((_, i) => from.data[order(i)]!);
    cut.set(name, { type: from.type, dims: [from.data.length], data });
    cut.set(`${name}.scale`, single(scale));
    cut.set(`${name}.offset`, single(offset));
  };
  const flat = (name: string, from: string) => {
    const tensor = take(from);
    cut.set(name, { ...tensor, dims: [tensor.data.length / 4], data: tensor.data.slice() });
  };
  // [outputs, inputs, taps] to [taps, inputs, outputs]
  for (const conv of ['conv1', 'conv2', 'conv3']) {
    const from = take(`${conv}.weight_quantized`);
    const [outputs = 0, inputs = 0, taps = 0] = from.dims;
    const order = (i: number) =>
      ((i % outputs) * inputs + (Math.floor(i / outputs) % inputs)) * taps + Math.floor(i / outputs / inputs);
    bytes(conv, from, order, number(`${conv}.weight_scale`), number(`${conv}.weight_zero_point`));
  }
  flat('conv2_bias', 'conv2.bias');
  flat('conv3_bias', 'conv3.bias');
  flat('group_gain', 'onnx::Mul_1488');
  flat('group_bias', 'onnx::Add_1489');
  for (let layer = 0; layer < EAR_STEP.layers; layer++) {
    for (const [name, place] of Object.entries(PRODUCTS)) {
      const product = `onnx::MatMul_${FIRST_PRODUCT + PRODUCTS_PER_LAYER * layer + place}`;
      const scale = number(`${product}_scale`);
      const order = name === 'queries' || name === 'keys' ? pairsApart : (i: number) => i;
      bytes(
        `layer_${layer}.${name}`,
        take(`${product}_quantized`),
        order,
        scale,
        -number(`${product}_zero_point`) * scale,
      );
    }
    flat(`layer_${layer}.norm`, `layers.${layer}.input_layernorm.weight`);
    flat(`layer_${layer}.wide_norm`, `layers.${layer}.post_attention_layernorm.weight`);
    flat(`layer_${layer}.widen_bias`, `layers.${layer}.mlp.fc1.bias`);
    flat(`layer_${layer}.narrow_bias`, `layers.${layer}.mlp.fc2.bias`);
  }
  return cut;
}

/** Where the number comes from that stands at `i` of [inputs, outputs] once the pairs of every head are put apart. */
function pairsApart(i: number): number {
  const head = EAR_WIDTH / HEADS;
  const output = i % EAR_WIDTH;
  const place = output % head;
  const half = TURNED / 2;
  const from = place < TURNED ? 2 * (place % half) + Math.floor(place / half) : place;
  return i - place + from;
}

function single(number: number): StoredTensor {
  return { type: 'float32', dims: [1], data: new Uint8Array(Float32Array.of(number).buffer) };
}
