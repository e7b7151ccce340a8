/**
 * The safetensors file: 8 bytes with the length of a JSON header, the header (element type, shape and byte range of
 * each array, and a text map `__metadata__`), then the arrays without gaps, little-endian and row-major.
 *
 * @source https://github.com/huggingface/safetensors#format
 */
import { PcTalkError } from '../errors.ts';
import { parseJson } from './parse-json.ts';
import { showName, showValue } from './show-value.ts';
import { ELEMENT_SIZES, type ElementType, elementCount, type StoredTensor } from './stored-tensor.ts';

/** What a file holds. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const TYPE_NAMES: Readonly<Record<ElementType, string>> = {
  float64: 'F64',
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  int64: 'I64',
  int32: 'I32',
  int16: 'I16',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
};
const TYPES = new Map(Object.entries(TYPE_NAMES).map(([type, name]) => [name, type as ElementType]));
const MAX_HEADER = 100_000_000;

/**
 * Reads a whole file. Byte ranges must fill the file exactly, each once, as the format demands.
 * @returns views into `bytes`, in the order of the header.
 * @throws `model-invalid` if the file is truncated or breaks the format.
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  const { header, start } = readHeader(bytes);
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isRecord(metadata) || Object.values(metadata).some((text) => typeof text !== 'string')) {
    throw broken('a map of texts as __metadata__', showValue(metadata));
  }
  const body = bytes.subarray(start);
  const tensors = new Map<string, StoredTensor>();
  const ranges: (readonly [number, number])[] = [];
  for (const [name, entry] of Object.entries(entries)) {
    const { type, dims, range } = readEntry(name, entry, body.length);
    ranges.push(range);
    tensors.set(name, { type, dims, data: body.subarray(...range) });
  }
  checkCover(ranges, body.length);
  return { tensors, metadata: metadata as Record<string, string> };
}

/** Writes arrays in the order given, the widest element types first so that each lies aligned. @returns new memory. */
export function writeSafetensors({ tensors, metadata }: Safetensors): Uint8Array<ArrayBuffer> {
  const sorted = [...tensors].toSorted(([, a], [, b]) => ELEMENT_SIZES[b.type] - ELEMENT_SIZES[a.type]);
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const [name, { type, dims, data }] of sorted) {
    const expected = elementCount(dims) * ELEMENT_SIZES[type];
    if (data.length !== expected) throw broken(`${expected} bytes for ${name} [${dims}]`, `${data.length}`);
    header[name] = { dtype: TYPE_NAMES[type], shape: dims, data_offsets: [end, (end += data.length)] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(text.length / 8) * 8; // padded with spaces, so that the arrays start aligned
  const file = new Uint8Array(8 + length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file.fill(0x20, 8, 8 + length);
  file.set(text, 8);
  let at = 8 + length;
  for (const [, { data }] of sorted) {
    file.set(data, at);
    at += data.length;
  }
  return file;
}

function readHeader(bytes: Uint8Array): { readonly header: Record<string, unknown>; readonly start: number } {
  if (bytes.length < 8) throw broken('at least 8 bytes', `${bytes.length}`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > MAX_HEADER || length > bytes.length - 8) {
    throw broken(
      `a header inside the ${bytes.length} bytes of the file`,
      `a header of ${length} bytes (truncated file?)`,
    );
  }
  let header: unknown;
  try {
    header = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch (cause) {
    throw broken('a JSON header', cause instanceof Error ? cause.message : String(cause));
  }
  if (!isRecord(header)) throw broken('a JSON object as header', typeof header);
  return { header, start: 8 + length };
}

function readEntry(name: string, entry: unknown, bodyLength: number) {
  const { dtype, shape, data_offsets: range } = isRecord(entry) ? entry : {};
  const type = typeof dtype === 'string' ? TYPES.get(dtype) : undefined;
  const shown = showName(name);
  if (type === undefined) throw broken(`one of ${[...TYPES.keys()].join(', ')} as type of ${shown}`, showValue(dtype));
  if (!isSizes(shape)) throw broken(`a list of sizes as shape of ${shown}`, showValue(shape));
  const bytes = elementCount(shape) * ELEMENT_SIZES[type];
  if (!isSizes(range) || range.length !== 2 || range[1]! > bodyLength || range[1]! - range[0]! !== bytes) {
    throw broken(
      `${shown} ${showValue(shape)} in ${bytes} bytes of the ${bodyLength} stored`,
      `offsets ${showValue(range)}`,
    );
  }
  return { type, dims: shape, range: [range[0]!, range[1]!] as const };
}

function checkCover(ranges: readonly (readonly [number, number])[], length: number): void {
  let end = 0;
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (from !== end) throw broken(`the next array at byte ${end}`, `${from}`);
    end = to;
  }
  if (end !== length) throw broken(`${end} bytes of arrays`, `${length}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function broken(expected: string, got: string): PcTalkError {
  return new PcTalkError('model-invalid', `safetensors: expected ${expected}, got ${got}`);
}
