import { emitInference, ParameterScope, type WeightTensor } from '@pctalk/graph';
import { PcTalkError } from '../../errors.ts';
import { readSafetensors } from '../../formats/safetensors.ts';
import { elementCount, type StoredTensor, toFloat32 } from '../../formats/stored-tensor.ts';
import { EAR_GRID, EAR_STEP, EAR_WIDTH, earStepNetwork } from './ear-network.ts';

/**
 * The ear as ONNX. The file holds matrices as bytes q with `NAME.scale` and `NAME.offset`: w = q · scale + offset.
 * @param file bytes of assets/ear.safetensors. @throws `model-invalid` if an array is missing or has another shape.
 */
export function buildEar(file: Uint8Array): Uint8Array {
  const { tensors } = readSafetensors(file);
  const scope = new ParameterScope();
  const network = earStepNetwork(scope);
  const read = (name: string, dims: readonly number[]) => readArray(tensors, name, dims);
  const weights = new Map<string, WeightTensor>();
  for (const [name, { shape }] of scope.parameters()) {
    weights.set(name, { dims: shape, data: FOLDED[name]?.(read) ?? read(name, shape) });
  }
  return emitInference(network, weights);
}

type ArrayReader = (name: string, dims: readonly number[]) => Float32Array;

const CONV2 = [7 * EAR_WIDTH, EAR_STEP.halfWidth] as const;

/** Weights that are not stored as they are used: the group normalisation's gain and bias go into the convolution after it. */
const FOLDED: Readonly<Record<string, (read: ArrayReader) => Float32Array>> = {
  conv1: (read) => {
    const taps = 2 * EAR_GRID.columnSamples - 1;
    const padded = new Float32Array((taps + 1) * EAR_WIDTH); // the 128th sample counts for nothing
    padded.set(read('conv1', [taps, EAR_WIDTH]));
    return padded;
  },
  conv2: (read) => {
    const weights = read('conv2', CONV2);
    const gain = read('group_gain', [EAR_WIDTH]);
    return weights.map((w, i) => w * gain[Math.floor(i / CONV2[1]) % EAR_WIDTH]!);
  },
  conv2_level: (read) => inputSums(read('conv2', CONV2), read('group_gain', [EAR_WIDTH])),
  conv2_bias: (read) => {
    const shift = inputSums(read('conv2', CONV2), read('group_bias', [EAR_WIDTH]));
    return read('conv2_bias', [CONV2[1]]).map((bias, out) => bias + shift[out]!);
  },
};

/** Σ over taps and inputs of weight · factor, for each output. */
function inputSums(weights: Float32Array, factor: Float32Array): Float32Array {
  const sums = new Float64Array(CONV2[1]);
  for (let i = 0; i < weights.length; i++) {
    sums[i % CONV2[1]]! += weights[i]! * factor[Math.floor(i / CONV2[1]) % EAR_WIDTH]!;
  }
  return Float32Array.from(sums);
}

function readArray(tensors: ReadonlyMap<string, StoredTensor>, name: string, dims: readonly number[]): Float32Array {
  const tensor = tensors.get(name);
  if (tensor === undefined || elementCount(tensor.dims) !== elementCount(dims)) {
    throw new PcTalkError(
      'model-invalid',
      `ear: expected an array '${name}' [${dims}], got ${tensor ? `[${tensor.dims}]` : 'none'}, try the shipped file`,
    );
  }
  const numbers = toFloat32(tensor);
  if (tensor.type !== 'int8' && tensor.type !== 'uint8') return numbers;
  const [scale] = readArray(tensors, `${name}.scale`, [1]);
  const [offset] = readArray(tensors, `${name}.offset`, [1]);
  return numbers.map((q) => q * scale! + offset!);
}
