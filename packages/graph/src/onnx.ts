/**
 * Writing ONNX: the protobuf messages of an ONNX model, and nothing above them.
 *
 * @source onnx/onnx.proto (field numbers), https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import { BinaryWriter } from '@bufbuild/protobuf/wire';

/** Element types the project uses, with their ONNX `TensorProto.DataType` codes. */
export const ONNX_TYPES = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
} as const;
export type OnnxType = keyof typeof ONNX_TYPES;

/** A constant stored in the model. `data` is the little-endian bytes of the elements, row-major. */
export interface OnnxTensor {
  readonly type: OnnxType;
  readonly dims: readonly number[];
  readonly data: Uint8Array;
}

/** An ONNX attribute. Integers and floats look alike in JavaScript, so floats are wrapped: `{ float: 1 }`. */
export type OnnxAttribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: OnnxTensor };

/** Shape of a model input or output; a string names a dimension that varies. */
export type OnnxShape = readonly (number | string)[];

interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
  readonly domain: string;
}

interface OnnxValue {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: OnnxShape;
}

/** Collects inputs, constants, nodes and outputs of one graph and serialises them as a `ModelProto`. */
export class OnnxModel {
  readonly #nodes: OnnxNode[] = [];
  readonly #inputs: OnnxValue[] = [];
  readonly #outputs: OnnxValue[] = [];
  readonly #constants = new Map<string, OnnxTensor>();
  readonly #metadata = new Map<string, string>();
  readonly #name: string;
  readonly #opset: number;
  #serial = 0;

  /** @param opset version of the default operator set; 20 is the first with 5-D GridSample. */
  constructor(name: string, opset = 20) {
    this.#name = name;
    this.#opset = opset;
  }

  /** Declares a model input and returns its name. */
  input(name: string, type: OnnxType, shape: OnnxShape): string {
    this.#inputs.push({ name, type, shape });
    return name;
  }

  /** Declares an existing value as a model output. */
  output(name: string, type: OnnxType, shape: OnnxShape): void {
    this.#outputs.push({ name, type, shape });
  }

  /** Stores a constant (weights) under `name` and returns the name. */
  constant(name: string, tensor: OnnxTensor): string {
    this.#constants.set(name, tensor);
    return name;
  }

  /** Stores a float32 constant. */
  floats(name: string, data: Float32Array, dims: readonly number[]): string {
    return this.constant(name, { type: 'float32', dims, data: bytesOf(data) });
  }

  /** Stores an int64 constant, as shapes, axes and indices need. */
  integers(name: string, data: readonly number[], dims: readonly number[] = [data.length]): string {
    return this.constant(name, { type: 'int64', dims, data: bytesOf(BigInt64Array.from(data, BigInt)) });
  }

  /** A name that no other value of this model has. */
  fresh(hint: string): string {
    return `${hint}_${this.#serial++}`;
  }

  /** Adds a node with one output and returns the output's name (`output` or a fresh one). Empty inputs are ''. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    output: string = this.fresh(op),
    domain = '',
  ): string {
    this.#nodes.push({ op, inputs, outputs: [output], attributes, domain });
    return output;
  }

  /** Adds a node with several outputs and returns their names. */
  nodes(
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain = '',
  ): readonly string[] {
    this.#nodes.push({ op, inputs, outputs, attributes, domain });
    return outputs;
  }

  /** Free text kept with the model, such as its card: `metadata_props` of the file. */
  metadata(key: string, value: string): void {
    this.#metadata.set(key, value);
  }

  /** @returns the serialised `ModelProto`, new memory; weights are copied once. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const graph = this.#graphParts();
    const head = message((w) => {
      w.uint32(tag(1, 0)).int64(10); // ir_version: 10 goes with opset 20 and later
      w.uint32(tag(2, 2)).string('pctalk');
      w.uint32(tag(7, 2)).uint32(sizeOfParts(graph));
    });
    const tail = message((w) => {
      for (const domain of new Set(['', ...this.#nodes.map((node) => node.domain)])) {
        const opset = message((o) => {
          if (domain !== '') o.uint32(tag(1, 2)).string(domain);
          o.uint32(tag(2, 0)).int64(domain === '' ? this.#opset : 1);
        });
        w.uint32(tag(8, 2)).bytes(opset);
      }
      for (const [key, value] of this.#metadata) {
        const entry = message((e) => {
          e.uint32(tag(1, 2)).string(key);
          e.uint32(tag(2, 2)).string(value);
        });
        w.uint32(tag(14, 2)).bytes(entry);
      }
    });
    return joinParts([head, ...graph, tail]);
  }

  /** The `GraphProto` in pieces, so that weights need not be copied at every level they are nested in. */
  #graphParts(): Uint8Array[] {
    const nodes = message((w) => {
      for (const node of this.#nodes) w.uint32(tag(1, 2)).bytes(nodeBytes(node));
      w.uint32(tag(2, 2)).string(this.#name);
    });
    const constants = [...this.#constants].flatMap(([name, tensor]) => {
      const head = tensorHead(tensor, name);
      const size = head.length + tensor.data.length;
      return [message((w) => w.uint32(tag(5, 2)).uint32(size)), head, tensor.data];
    });
    const values = message((w) => {
      for (const value of this.#inputs) w.uint32(tag(11, 2)).bytes(valueBytes(value));
      for (const value of this.#outputs) w.uint32(tag(12, 2)).bytes(valueBytes(value));
    });
    return [nodes, ...constants, values];
  }
}

/** The raw bytes of a typed array: a view, not a copy. */
export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function tag(field: number, wireType: 0 | 2 | 5): number {
  return (field << 3) | wireType;
}

function message(write: (writer: BinaryWriter) => unknown): Uint8Array {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
}

function nodeBytes(node: OnnxNode): Uint8Array {
  return message((w) => {
    for (const input of node.inputs) w.uint32(tag(1, 2)).string(input);
    for (const output of node.outputs) w.uint32(tag(2, 2)).string(output);
    w.uint32(tag(3, 2)).string(node.outputs[0] ?? node.op);
    w.uint32(tag(4, 2)).string(node.op);
    for (const [name, value] of Object.entries(node.attributes)) {
      w.uint32(tag(5, 2)).bytes(attributeBytes(name, value));
    }
    if (node.domain !== '') w.uint32(tag(7, 2)).string(node.domain);
  });
}

function attributeBytes(name: string, value: OnnxAttribute): Uint8Array {
  return message((w) => {
    w.uint32(tag(1, 2)).string(name);
    const kind = (code: number) => w.uint32(tag(20, 0)).int32(code);
    if (typeof value === 'number') {
      w.uint32(tag(3, 0)).int64(value);
      kind(2);
    } else if (typeof value === 'string') {
      w.uint32(tag(4, 2)).string(value);
      kind(3);
    } else if ('float' in value) {
      w.uint32(tag(2, 5)).float(value.float);
      kind(1);
    } else if ('floats' in value) {
      for (const item of value.floats) w.uint32(tag(7, 5)).float(item);
      kind(6);
    } else if ('tensor' in value) {
      w.uint32(tag(5, 2)).bytes(tensorBytes(value.tensor, ''));
      kind(4);
    } else {
      for (const item of value) w.uint32(tag(8, 0)).int64(item);
      kind(7);
    }
  });
}

/** A `TensorProto` up to its data, which must follow. */
function tensorHead(tensor: OnnxTensor, name: string): Uint8Array {
  return message((w) => {
    for (const size of tensor.dims) w.uint32(tag(1, 0)).int64(size);
    w.uint32(tag(2, 0)).int32(ONNX_TYPES[tensor.type]);
    if (name !== '') w.uint32(tag(8, 2)).string(name);
    w.uint32(tag(9, 2)).uint32(tensor.data.length);
  });
}

function tensorBytes(tensor: OnnxTensor, name: string): Uint8Array {
  return joinParts([tensorHead(tensor, name), tensor.data]);
}

function sizeOfParts(parts: readonly Uint8Array[]): number {
  return parts.reduce((size, part) => size + part.length, 0);
}

function joinParts(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(sizeOfParts(parts));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function valueBytes(value: OnnxValue): Uint8Array {
  const shape = message((w) => {
    for (const size of value.shape) {
      const dimension = message((d) => {
        if (typeof size === 'number') d.uint32(tag(1, 0)).int64(size);
        else d.uint32(tag(2, 2)).string(size);
      });
      w.uint32(tag(1, 2)).bytes(dimension);
    }
  });
  const tensorType = message((w) => {
    w.uint32(tag(1, 0)).int32(ONNX_TYPES[value.type]);
    w.uint32(tag(2, 2)).bytes(shape);
  });
  const type = message((w) => w.uint32(tag(1, 2)).bytes(tensorType));
  return message((w) => {
    w.uint32(tag(1, 2)).string(value.name);
    w.uint32(tag(2, 2)).bytes(type);
  });
}
