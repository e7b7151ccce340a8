/** Reading the constants of an ONNX file: the arrays a graph stores, and nothing above them. */

import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { PcTalkError } from '../errors.ts';
import type { ElementType, StoredTensor } from './stored-tensor.ts';

/** Field numbers. @source onnx/onnx.proto */
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const TENSOR = { dims: 1, type: 2, floats: 4, integers: 5, name: 8, raw: 9 } as const;
const TYPES: Readonly<Record<number, ElementType>> = { 1: 'float32', 2: 'uint8', 3: 'int8', 7: 'int64' };

/**
 * @param where names the file in errors
 * @returns the stored arrays of a model by name, often views into it.
 * @throws `model-invalid` if the file is no ONNX model or holds types not known here.
 */
export function readOnnxConstants(model: Uint8Array, where: string): Map<string, StoredTensor> {
  const constants = new Map<string, StoredTensor>();
  const reader = new BinaryReader(model);
  try {
    for (const graph of messages(reader, reader.len, MODEL_GRAPH)) {
      for (const tensor of messages(graph.reader, graph.end, GRAPH_INITIALIZER)) {
        const [name, value] = readTensor(tensor.reader, tensor.end);
        constants.set(name, value);
      }
    }
  } catch (cause) {
    const got = (cause as Error).message;
    throw new PcTalkError('model-invalid', `${where}: expected an ONNX model, got ${got}; fetch it anew`, { cause });
  }
  return constants;
}

/** The messages of one field, one after the other; the reader stands at the start of each. */
function* messages(reader: BinaryReader, end: number, wanted: number) {
  while (reader.pos < end) {
    const [field, wire] = reader.tag();
    if (field !== wanted || wire !== WireType.LengthDelimited) {
      reader.skip(wire, field);
      continue;
    }
    const next = reader.uint32() + reader.pos;
    if (next > end) throw new Error(`a message up to byte ${next} of ${end}`);
    yield { reader, end: next };
    reader.pos = next;
  }
}

function readTensor(reader: BinaryReader, end: number): [string, StoredTensor] {
  const dims: number[] = [];
  const loose: number[] = []; // numbers that are not stored as raw bytes
  let [name, type]: [string, ElementType | undefined] = ['', undefined];
  let raw: Uint8Array | undefined;
  const each = (wire: WireType, packed: WireType, read: () => number, into: number[]) => {
    if (wire === packed) return void into.push(read());
    const last = reader.uint32() + reader.pos;
    while (reader.pos < last) into.push(read());
  };
  while (reader.pos < end) {
    const [field, wire] = reader.tag();
    if (field === TENSOR.dims) each(wire, WireType.Varint, () => Number(reader.int64()), dims);
    else if (field === TENSOR.floats) each(wire, WireType.Bit32, () => reader.float(), loose);
    else if (field === TENSOR.integers) each(wire, WireType.Varint, () => reader.int32(), loose);
    else if (field === TENSOR.type) type = TYPES[reader.int32()];
    else if (field === TENSOR.name) name = reader.string();
    else if (field === TENSOR.raw) raw = reader.bytes();
    else reader.skip(wire, field);
  }
  if (type === undefined) throw new Error(`an array '${name}' of a type other than ${Object.values(TYPES).join(', ')}`);
  return [name, { type, dims, data: raw ?? bytesOf(loose, type) }];
}

function bytesOf(numbers: readonly number[], type: ElementType): Uint8Array {
  if (type === 'float32') return new Uint8Array(Float32Array.from(numbers).buffer);
  return type === 'int64' ? new Uint8Array(BigInt64Array.from(numbers, BigInt).buffer) : Uint8Array.from(numbers);
}
