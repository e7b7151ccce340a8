/**
 * NumPy arrays inside pickles: the constructors a pickled ndarray, dtype or scalar names, as plain data.
 *
 * @source NumPy numpy/_core/src/multiarray/methods.c (array_reduce, array_setstate), descriptor.c (arraydescr_reduce)
 */
import { toLatin1 } from './byte-reader.ts';
import { MEMORY_COST, type MemoryBudget } from './memory-budget.ts';
import { type PickleGlobal, type PickleValue, pickledNumber, pickledText } from './pickle.ts';
import { showValue } from './show-value.ts';
import {
  type ElementType,
  elementCount,
  gatherElements,
  MOST_AXES,
  readElement,
  type StoredTensor,
} from './stored-tensor.ts';

const TYPES: Readonly<Record<string, readonly [type: ElementType, size: number]>> = {
  f8: ['float64', 8],
  f4: ['float32', 4],
  f2: ['float16', 2],
  i8: ['int64', 8],
  i4: ['int32', 4],
  i2: ['int16', 2],
  i1: ['int8', 1],
  u1: ['uint8', 1],
  b1: ['bool', 1],
};

/** A pickled `numpy.dtype`; the byte order arrives with its state. */
class NumpyType {
  readonly code: string;
  bigEndian = false;
  constructor(code: string) {
    this.code = code;
  }
}

const NOTHING = new Uint8Array();

/** A pickled `numpy.ndarray`; empty until its state arrives. */
export class NumpyArray implements StoredTensor {
  type: ElementType = 'uint8';
  dims: readonly number[] = [0];
  data: Uint8Array = NOTHING;
}

const RECONSTRUCT: PickleGlobal = {
  make: () => new NumpyArray(),
  setState: (array, state, budget) => {
    const [, shape, type, fortran, data] = state as readonly PickleValue[];
    fill(array as NumpyArray, { shape, type, fortran: fortran === true, data }, budget);
  },
};

const SCALAR: PickleGlobal = {
  make: ([type, data], budget) => {
    const array = new NumpyArray();
    fill(array, { shape: [], type, fortran: false, data }, budget);
    return readElement(new DataView(array.data.buffer, array.data.byteOffset), array.type, 0);
  },
};

const FROM_BUFFER: PickleGlobal = {
  make: ([data, type, shape, order], budget) => {
    const array = new NumpyArray();
    fill(array, { shape, type, fortran: order === 'F', data }, budget);
    return array;
  },
};

/** Globals for `readPickle` that admit NumPy arrays (as `NumpyArray`), scalars (as numbers) and dtypes. */
export const NUMPY_GLOBALS: Readonly<Record<string, PickleGlobal>> = {
  'numpy ndarray': { make: () => new NumpyArray() },
  'numpy dtype': {
    make: ([code]) => new NumpyType(pickledText(code)),
    setState: (type, state) => {
      (type as NumpyType).bigEndian = (state as readonly PickleValue[])[1] === '>';
    },
  },
  'numpy.core.multiarray _reconstruct': RECONSTRUCT,
  'numpy._core.multiarray _reconstruct': RECONSTRUCT,
  'numpy.core.multiarray scalar': SCALAR,
  'numpy._core.multiarray scalar': SCALAR,
  'numpy.core.numeric _frombuffer': FROM_BUFFER,
  'numpy._core.numeric _frombuffer': FROM_BUFFER,
  // Protocols below 3 write bytes as text encoded in Latin-1.
  '_codecs encode': { make: ([text], budget) => encode(pickledText(text), budget) },
};

function encode(text: string, budget: MemoryBudget): Uint8Array {
  budget.spend(MEMORY_COST.view + text.length);
  return toLatin1(text);
}

/** What an array is filled from, as pickled. */
interface ArrayState {
  readonly shape: PickleValue;
  readonly type: PickleValue;
  readonly fortran: boolean;
  readonly data: PickleValue;
}

function fill(array: NumpyArray, { shape, type, fortran, data }: ArrayState, budget: MemoryBudget): void {
  if (!(type instanceof NumpyType) || !Array.isArray(shape)) throw new TypeError('an array without type and shape');
  const [element, size] = TYPES[type.code.replace(/^[<>|=]/, '')] ?? [];
  if (element === undefined || size === undefined) throw new TypeError(`elements of type ${showValue(type.code)}`);
  if (shape.length > MOST_AXES) throw new TypeError(`an array of more than ${MOST_AXES} axes`);
  const dims = shape.map(pickledNumber);
  budget.spend(MEMORY_COST.list + dims.length * MEMORY_COST.slot);
  const bytes = typeof data === 'string' ? encode(data, budget) : data;
  if (!(bytes instanceof Uint8Array) || bytes.length !== elementCount(dims) * size) {
    throw new TypeError(`an array of shape ${showValue(dims)} whose data has another size`);
  }
  const isSwapped = type.bigEndian || type.code.startsWith('>');
  const copies = (isSwapped ? 1 : 0) + (fortran ? 1 : 0);
  budget.spend(copies * (MEMORY_COST.view + bytes.length));
  const ordered = isSwapped ? swapBytes(bytes, size) : bytes;
  array.type = element;
  array.dims = dims;
  array.data = fortran ? gatherElements(ordered, size, dims, columnMajorStrides(dims), 0) : ordered;
}

function columnMajorStrides(dims: readonly number[]): number[] {
  let stride = 1;
  return dims.map((size) => {
    const own = stride;
    stride *= size;
    return own;
  });
}

function swapBytes(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i] = bytes[i - (i % size) + size - 1 - (i % size)]!;
  return out;
}
