import { emitInference, ParameterScope, type WeightTensor } from '@pctalk/graph';
import { invariant } from '../../errors.ts';
import { readSafetensors } from '../../formats/safetensors.ts';
import { cutEncoder } from './cut-encoder.ts';
import { EAR_GRID, EAR_STEP, EAR_WIDTH, earStepNetwork } from './ear-network.ts';
import { takeArray } from './take-array.ts';

/** What the ear is made of: bytes the platform has read. */
export interface EarFiles {
  /** `encoder_model.onnx` of Moonshine tiny, as published: `EAR_ENCODER_SHA256`. */
  readonly encoder: Uint8Array;
  /** assets/ear-scale.safetensors: mean (`centre` [288]) and deviation (`spread` [288]) of the numbers of a row. */
  readonly scale: Uint8Array;
}

/** The ear as ONNX, cut from the encoder. @throws `model-invalid` if an array is missing or has another shape. */
export function buildEar(files: EarFiles): Uint8Array<ArrayBuffer> {
  const arrays = cutEncoder(files.encoder);
  const scale = readSafetensors(files.scale).tensors;
  for (const name of ['centre', 'spread']) arrays.set(name, takeArray(scale, name, [EAR_WIDTH]));
  const read = (name: string) => {
    const array = arrays.get(name);
    invariant(array !== undefined, `the ear has no array ${name}`);
    return array;
  };
  const scope = new ParameterScope();
  const network = earStepNetwork(scope);
  const weights = new Map<string, WeightTensor>();
  for (const [name, { shape }] of scope.parameters()) {
    weights.set(name, { dims: shape, data: FOLDED[name]?.(read) ?? read(name) });
  }
  return emitInference(network, weights);
}

type ArrayReader = (name: string) => Float32Array;

/** Weights that are not stored as they are used: the group normalisation's gain and bias go into the convolution after it. */
const FOLDED: Readonly<Record<string, (read: ArrayReader) => Float32Array>> = {
  conv1: (read) => {
    const taps = 2 * EAR_GRID.columnSamples - 1;
    const padded = new Float32Array((taps + 1) * EAR_WIDTH); // the 128th sample counts for nothing
    padded.set(read('conv1'));
    return padded;
  },
  conv2: (read) => {
    const weights = read('conv2');
    const gain = read('group_gain');
    return weights.map((w, i) => w * gain[Math.floor(i / EAR_STEP.halfWidth) % EAR_WIDTH]!);
  },
  conv2_level: (read) => inputSums(read('conv2'), read('group_gain')),
  conv2_bias: (read) => {
    const shift = inputSums(read('conv2'), read('group_bias'));
    return read('conv2_bias').map((bias, out) => bias + shift[out]!);
  },
};

/** Σ over taps and inputs of weight · factor, for each output. */
function inputSums(weights: Float32Array, factor: Float32Array): Float32Array {
  const sums = new Float64Array(EAR_STEP.halfWidth);
  for (let i = 0; i < weights.length; i++) {
    sums[i % EAR_STEP.halfWidth]! += weights[i]! * factor[Math.floor(i / EAR_STEP.halfWidth) % EAR_WIDTH]!;
  }
  return Float32Array.from(sums);
}
