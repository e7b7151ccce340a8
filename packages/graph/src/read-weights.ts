import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { ONNX_TYPES } from './onnx.ts';
import type { Weights, WeightTensor } from './parameters.ts';
import { GraphError } from './value.ts';

/** Fields of ModelProto, GraphProto and TensorProto. @source onnx/onnx.proto */
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const TENSOR = { dims: 1, type: 2, name: 8, raw: 9 } as const;

/**
 * The float32 parameters of a model that `emitInference` wrote, by name: to train on from a shipped file.
 * @throws GraphError if it is no ONNX model or holds none.
 */
export function readModelWeights(model: Uint8Array): Weights {
  const weights = new Map<string, WeightTensor>();
  try {
    for (const graph of messages(model, MODEL_GRAPH)) {
      for (const bytes of messages(graph, GRAPH_INITIALIZER)) {
        const { name, type, dims, data } = readTensor(bytes);
        if (type === ONNX_TYPES.float32) weights.set(name, { dims, data });
      }
    }
  } catch (cause) {
    throw new GraphError(`model: expected ONNX, got ${(cause as Error).message}`);
  }
  if (weights.size === 0) throw new GraphError('model: expected ONNX with float32 parameters, got none');
  return weights;
}

function messages(bytes: Uint8Array, wanted: number): Uint8Array[] {
  const reader = new BinaryReader(bytes);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === wanted && wire === WireType.LengthDelimited) found.push(reader.bytes());
    else reader.skip(wire, field);
  }
  return found;
}

function readTensor(bytes: Uint8Array) {
  const reader = new BinaryReader(bytes);
  const dims: number[] = [];
  let [name, type, raw] = ['', 0, new Uint8Array()];
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === TENSOR.dims && wire === WireType.LengthDelimited) {
      const end = reader.uint32() + reader.pos;
      while (reader.pos < end) dims.push(Number(reader.int64()));
    } else if (field === TENSOR.dims) dims.push(Number(reader.int64()));
    else if (field === TENSOR.type) type = reader.int32();
    else if (field === TENSOR.name) name = reader.string();
    else if (field === TENSOR.raw) raw = Uint8Array.from(reader.bytes());
    else reader.skip(wire, field);
  }
  return { name, type, dims, data: new Float32Array(raw.buffer, 0, raw.byteLength >> 2) };
}
