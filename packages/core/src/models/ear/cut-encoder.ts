import { readOnnxConstants } from '../../formats/onnx-constants.ts';
import { EAR_GRID, EAR_STEP, EAR_WIDTH } from './ear-network.ts';
import { takeArray } from './take-array.ts';

/**
 * SHA-256 of the encoder that the ear is cut from, and that its heads were trained behind:
 * `dist/model/tiny/quantized/encoder_model.onnx` of the npm package `@moonshine-ai/moonshine-js` 0.1.29.
 */
export const EAR_ENCODER_SHA256 = 'c6fc4b7bc5af75c0591fd157a1f3829b533d18e9769a888fd95a62e470dd4f4a';

/** The convolutions, as the file holds them: [outputs, inputs, taps]. */
const CONVOLUTIONS = {
  conv1: [EAR_WIDTH, 1, 2 * EAR_GRID.columnSamples - 1],
  conv2: [EAR_STEP.halfWidth, EAR_WIDTH, 7],
  conv3: [EAR_WIDTH, EAR_STEP.halfWidth, 3],
} as const;

/** Number of the first matrix product of layer 0 in the encoder's names, and from a layer to the next. */
const FIRST_PRODUCT = 1493;
const PRODUCTS_PER_LAYER = 47;
const SQUARE = [EAR_WIDTH, EAR_WIDTH] as const;
/** Matrix products of a layer, counted from its first, and their shapes [inputs, outputs]. */
const PRODUCTS = {
  queries: [0, SQUARE],
  keys: [1, SQUARE],
  values: [2, SQUARE],
  out: [44, SQUARE],
  widen: [45, [EAR_WIDTH, 4 * EAR_WIDTH]],
  narrow: [46, [4 * EAR_WIDTH, EAR_WIDTH]],
} as const;
const HEADS = 8;
/** Numbers of a head that turn with time, in pairs side by side. */
const TURNED = 32;

/**
 * The stem and the first layers out of the encoder of Moonshine tiny: convolutions as [taps, inputs, outputs], products as
 * [inputs, outputs], widened from the 8 bits they are stored in; the turning pairs of queries and keys are put apart as the
 * step network wants them.
 * @param file bytes of the published `encoder_model.onnx`. @returns arrays by their names in the step network, new memory.
 * @throws `model-invalid` if it is no ONNX model, or an array is missing or has another shape.
 */
export function cutEncoder(file: Uint8Array): Map<string, Float32Array> {
  const source = readOnnxConstants(file, 'ear');
  const cut = new Map<string, Float32Array>();
  const take = (name: string, dims: readonly number[]) => takeArray(source, name, dims);
  const number = (name: string) => take(name, [1])[0]!;
  for (const [name, dims] of Object.entries(CONVOLUTIONS)) {
    const [outputs, inputs, taps] = dims;
    const from = (i: number) =>
      ((i % outputs) * inputs + (Math.floor(i / outputs) % inputs)) * taps + Math.floor(i / outputs / inputs);
    const [scale, offset] = [number(`${name}.weight_scale`), number(`${name}.weight_zero_point`)];
    cut.set(name, widened(take(`${name}.weight_quantized`, dims), from, scale, offset));
  }
  cut.set('conv2_bias', take('conv2.bias', [EAR_STEP.halfWidth]));
  cut.set('conv3_bias', take('conv3.bias', [EAR_WIDTH]));
  cut.set('group_gain', take('onnx::Mul_1488', [EAR_WIDTH]));
  cut.set('group_bias', take('onnx::Add_1489', [EAR_WIDTH]));
  for (let layer = 0; layer < EAR_STEP.layers; layer++) {
    for (const [name, [place, dims]] of Object.entries(PRODUCTS)) {
      const product = `onnx::MatMul_${FIRST_PRODUCT + PRODUCTS_PER_LAYER * layer + place}`;
      const scale = number(`${product}_scale`);
      const offset = Math.fround(-number(`${product}_zero_point`) * scale);
      const from = name === 'queries' || name === 'keys' ? pairsApart : (i: number) => i;
      cut.set(`layer_${layer}.${name}`, widened(take(`${product}_quantized`, dims), from, scale, offset));
    }
    cut.set(`layer_${layer}.norm`, take(`layers.${layer}.input_layernorm.weight`, [EAR_WIDTH]));
    cut.set(`layer_${layer}.wide_norm`, take(`layers.${layer}.post_attention_layernorm.weight`, [EAR_WIDTH]));
    cut.set(`layer_${layer}.widen_bias`, take(`layers.${layer}.mlp.fc1.bias`, [4 * EAR_WIDTH]));
    cut.set(`layer_${layer}.narrow_bias`, take(`layers.${layer}.mlp.fc2.bias`, [EAR_WIDTH]));
  }
  return cut;
}

/** w = q · scale + offset, of the number that `from` says for each place. */
function widened(q: Float32Array, from: (i: number) => number, scale: number, offset: number): Float32Array {
  const weights = new Float32Array(q.length);
  for (let i = 0; i < weights.length; i++) weights[i] = q[from(i)]! * scale + offset;
  return weights;
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
