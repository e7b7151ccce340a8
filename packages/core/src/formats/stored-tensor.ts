/** Arrays as checkpoint files hold them: an element type, a shape and little-endian bytes. */
import { invariant } from '../errors.ts';

/** Bytes per element of each type a checkpoint may hold. */
export const ELEMENT_SIZES = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
} as const;
export type ElementType = keyof typeof ELEMENT_SIZES;

/** A dense array. `data` is row-major and little-endian, often a view into the file. */
export interface StoredTensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly data: Uint8Array;
}

/** Axes an array has at most, as in PyTorch and NumPy. */
export const MOST_AXES = 64;

/** Product of the dimensions; 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}

/** Strides, in elements, of a row-major array. */
export function rowMajorStrides(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length);
  let stride = 1;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= dims[axis]!;
  }
  return strides;
}

/** Whether an array lies in its storage row-major and without gaps, or is empty, so that a view serves. */
export function isDense(dims: readonly number[], strides: readonly number[]): boolean {
  const dense = rowMajorStrides(dims);
  return elementCount(dims) === 0 || dims.every((size, axis) => size === 1 || strides[axis] === dense[axis]);
}

/**
 * Takes an array out of a larger storage.
 * @param offset @param strides in elements.
 * @returns row-major bytes: a view when the array already lies so, else new memory.
 */
export function gatherElements(
  storage: Uint8Array,
  elementSize: number,
  dims: readonly number[],
  strides: readonly number[],
  offset: number,
): Uint8Array {
  const count = elementCount(dims);
  if (isDense(dims, strides)) {
    return storage.subarray(offset * elementSize, (offset + count) * elementSize);
  }
  const out = new Uint8Array(count * elementSize);
  const index = new Array<number>(dims.length).fill(0);
  let from = offset * elementSize;
  for (let i = 0; i < out.length; i += elementSize) {
    for (let b = 0; b < elementSize; b++) out[i + b] = storage[from + b]!;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      from += strides[axis]! * elementSize;
      if (++index[axis]! < dims[axis]!) break;
      from -= strides[axis]! * elementSize * dims[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}

/** @returns the values as float32: a view when the file holds aligned float32, else new memory. Integers may round. */
export function toFloat32(tensor: StoredTensor): Float32Array {
  const { data, type } = tensor;
  const count = data.length / ELEMENT_SIZES[type];
  invariant(Number.isInteger(count), `${data.length} bytes are no whole number of ${type}`);
  if (type === 'float32' && data.byteOffset % 4 === 0) return new Float32Array(data.buffer, data.byteOffset, count);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const out = new Float32Array(count);
  for (let i = 0; i < count; i++) out[i] = readElement(view, type, i);
  return out;
}

/** Element `i` of a little-endian array, as a number. */
export function readElement(view: DataView, type: ElementType, i: number): number {
  switch (type) {
    case 'float64':
      return view.getFloat64(i * 8, true);
    case 'float32':
      return view.getFloat32(i * 4, true);
    case 'float16':
      return fromHalf(view.getUint16(i * 2, true));
    case 'bfloat16':
      return fromBrainFloat(view.getUint16(i * 2, true));
    case 'int64':
      return Number(view.getBigInt64(i * 8, true));
    case 'int32':
      return view.getInt32(i * 4, true);
    case 'int16':
      return view.getInt16(i * 2, true);
    case 'int8':
      return view.getInt8(i);
    default:
      return view.getUint8(i);
  }
}

/** IEEE 754 binary16 to number. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const SCRATCH = new DataView(new ArrayBuffer(4));

/** bfloat16 is the upper half of a float32. */
function fromBrainFloat(bits: number): number {
  SCRATCH.setUint32(0, bits << 16);
  return SCRATCH.getFloat32(0);
}
