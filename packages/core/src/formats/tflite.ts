import { ByteBuffer } from 'flatbuffers';
import { PcTalkError } from '../errors.ts';

/** Element types of TFLite tensors that the project's models use. */
export type TfliteType = 'float32' | 'float16' | 'int32' | 'other';

/** A value of the graph; constants carry their little-endian bytes. */
export interface TfliteTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: TfliteType;
  /** A view of the model, empty for values computed at run time. */
  readonly data: Uint8Array;
}

/** One operation; tensors are indices into `TfliteModel.tensors`, −1 = absent. */
export interface TfliteOperator {
  /** Code of the built-in operation; 32 = custom. */
  readonly code: number;
  /** Name of a custom operation, else ''. */
  readonly custom: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Reads field `index` of the operation's options table. */
  readonly option: (index: number, kind: 'int8' | 'int32', absent: number) => number;
  /** FlexBuffer with the options of a custom operation. */
  readonly customOptions: Uint8Array;
}

/** The first subgraph of a TFLite file. */
export interface TfliteModel {
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

const SCHEMA_VERSION = 3;
const TYPES: Readonly<Record<number, TfliteType>> = { 0: 'float32', 1: 'float16', 2: 'int32' };

/**
 * Reads a TFLite file.
 * @returns tables of views into `bytes`, which must stay unchanged.
 * @throws `model-invalid` if the bytes are not a TFLite file.
 * @source tensorflow/lite/schema/schema.fbs, version 3 (order of the table fields)
 */
export function parseTflite(bytes: Uint8Array): TfliteModel {
  if (bytes.length < 8 || String.fromCharCode(...bytes.subarray(4, 8)) !== 'TFL3') {
    throw new PcTalkError(
      'model-invalid',
      'TFLite model: expected the mark TFL3 at byte 4, try reinstalling the package',
    );
  }
  try {
    return readModel(new TableReader(new ByteBuffer(bytes)));
  } catch (cause) {
    throw new PcTalkError('model-invalid', 'TFLite model: expected a whole file, got a damaged one, try reinstalling', {
      cause,
    });
  }
}

function readModel(reader: TableReader): TfliteModel {
  const root = reader.root();
  if (reader.int32(root, 0, 0) !== SCHEMA_VERSION) throw new RangeError('unknown schema version');
  const codes = reader.tables(root, 1).map((table) => ({
    code: Math.max(reader.int8(table, 0, 0), reader.int32(table, 3, 0)),
    custom: reader.text(table, 1),
  }));
  const buffers = reader.tables(root, 4).map((table) => reader.bytes(table, 0));
  const graph = reader.tables(root, 2)[0]!;
  const tensors = reader.tables(graph, 0).map((table) => ({
    shape: reader.ints(table, 0),
    type: TYPES[reader.int8(table, 1, 0)] ?? 'other',
    data: buffers[reader.int32(table, 2, 0)]!,
    name: reader.text(table, 3),
  }));
  const operators = reader.tables(graph, 3).map((table) => {
    const options = reader.table(table, 4);
    return {
      ...codes[reader.int32(table, 0, 0)]!,
      inputs: reader.ints(table, 1),
      outputs: reader.ints(table, 2),
      option: (index: number, kind: 'int8' | 'int32', absent: number) =>
        options === 0 ? absent : reader[kind](options, index, absent),
      customOptions: reader.bytes(table, 5),
    };
  });
  return { tensors, operators, inputs: reader.ints(graph, 1), outputs: reader.ints(graph, 2) };
}

/** Access to FlatBuffers tables by field number; a table is its byte position, 0 = absent. */
class TableReader {
  readonly #buffer: ByteBuffer;

  constructor(buffer: ByteBuffer) {
    this.#buffer = buffer;
  }

  root(): number {
    return this.#buffer.readInt32(this.#buffer.position()) + this.#buffer.position();
  }

  int8(table: number, field: number, absent: number): number {
    const at = this.#field(table, field);
    return at === 0 ? absent : this.#buffer.readInt8(at);
  }

  int32(table: number, field: number, absent: number): number {
    const at = this.#field(table, field);
    return at === 0 ? absent : this.#buffer.readInt32(at);
  }

  text(table: number, field: number): string {
    const at = this.#field(table, field);
    return at === 0 ? '' : String(this.#buffer.__string(at));
  }

  table(table: number, field: number): number {
    const at = this.#field(table, field);
    return at === 0 ? 0 : this.#buffer.__indirect(at);
  }

  tables(table: number, field: number): number[] {
    const [start, length] = this.#vector(table, field);
    return Array.from({ length }, (_, i) => this.#buffer.__indirect(start + 4 * i));
  }

  ints(table: number, field: number): number[] {
    const [start, length] = this.#vector(table, field);
    return Array.from({ length }, (_, i) => this.#buffer.readInt32(start + 4 * i));
  }

  bytes(table: number, field: number): Uint8Array {
    const [start, length] = this.#vector(table, field);
    return this.#buffer.bytes().subarray(start, start + length);
  }

  #field(table: number, field: number): number {
    const offset = this.#buffer.__offset(table, 4 + 2 * field);
    return offset === 0 ? 0 : table + offset;
  }

  #vector(table: number, field: number): [start: number, length: number] {
    const at = this.#field(table, field);
    if (at === 0) return [0, 0];
    const start = this.#buffer.__vector(at);
    const length = this.#buffer.__vector_len(at);
    if (start < 0 || length < 0 || start + length > this.#buffer.capacity())
      throw new RangeError('vector beyond the file');
    return [start, length];
  }
}
