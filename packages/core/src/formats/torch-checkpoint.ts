/**
 * Reading PyTorch checkpoints (.pth, .pt): a ZIP archive with one pickle and one file per tensor storage. No code of the
 * file runs; what is neither a tensor nor plain data refuses the file.
 *
 * @source PyTorch torch/serialization.py (_save, _load), torch/_utils.py (_rebuild_tensor_v2)
 */
import { PcTalkError } from '../errors.ts';
import { MEMORY_COST, MemoryBudget } from './memory-budget.ts';
import { NUMPY_GLOBALS } from './numpy-pickle.ts';
import {
  type PickleGlobal,
  PickleReference,
  type PickleValue,
  pickledNumber,
  pickledText,
  readPickle,
} from './pickle.ts';
import { PLAIN_GLOBALS } from './plain-pickle.ts';
import { showValue } from './show-value.ts';
import {
  ELEMENT_SIZES,
  type ElementType,
  elementCount,
  gatherElements,
  isDense,
  MOST_AXES,
  type StoredTensor,
} from './stored-tensor.ts';
import { readZip } from './zip.ts';

const STORAGE_TYPES: Readonly<Record<string, ElementType>> = {
  DoubleStorage: 'float64',
  FloatStorage: 'float32',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
};

interface Storage {
  readonly element: ElementType;
  readonly data: Uint8Array;
}

/**
 * Reads the object a checkpoint holds.
 * @returns dicts (and an argparse Namespace) as Maps, lists as arrays, tensors as `StoredTensor` views into `bytes`.
 * @throws `model-invalid` if the file is in the format before PyTorch 1.6, truncated, damaged, a TorchScript archive, or
 *   holds objects beyond tensors and plain data.
 */
export function readTorchCheckpoint(bytes: Uint8Array, where: string): PickleValue {
  refuseOtherFormats(bytes, where);
  const entries = readZip(bytes, where);
  const names = [...entries.keys()].filter((name) => name.endsWith('/data.pkl') && name.split('/').length === 2);
  if (names.length !== 1) throw invalid(where, `${names.length} entries called data.pkl where a checkpoint has one`);
  const folder = names[0]!.slice(0, -'data.pkl'.length);
  if (entries.has(`${folder}constants.pkl`)) {
    throw invalid(where, 'a TorchScript program; save its state_dict() with torch.save and use that file');
  }
  const order = entries.get(`${folder}byteorder`);
  if (order !== undefined && new TextDecoder().decode(order) !== 'little') throw invalid(where, 'big-endian storages');
  return readPickle(entries.get(names[0]!)!, {
    where,
    budget: new MemoryBudget(bytes.length),
    globals: TORCH_GLOBALS,
    persistentLoad: (id) => findStorage(id, entries, folder, where),
  });
}

function refuseOtherFormats(bytes: Uint8Array, where: string): void {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return;
  const legacy = bytes[0] === 0x80 && bytes[1] === 0x02;
  throw invalid(
    where,
    legacy
      ? 'the format PyTorch wrote before 1.6; load it in PyTorch 1.6 or later, torch.save it again and use that file'
      : 'something that is no ZIP archive at all',
  );
}

function findStorage(
  id: PickleValue,
  entries: ReadonlyMap<string, Uint8Array>,
  folder: string,
  where: string,
): Storage {
  if (!Array.isArray(id) || id[0] !== 'storage') throw invalid(where, 'a persistent id that names no storage');
  const type = id[1] instanceof PickleReference ? id[1].name.replace(/^torch /, '') : '';
  const element = Object.hasOwn(STORAGE_TYPES, type) ? STORAGE_TYPES[type] : undefined;
  const key = pickledText(id[2]);
  const count = pickledNumber(id[4]);
  if (element === undefined) throw invalid(where, 'a storage of an unknown element type');
  const data = entries.get(`${folder}data/${key}`);
  if (data === undefined) throw invalid(where, `storage ${showValue(key)}, which the archive lacks`);
  if (data.length !== count * ELEMENT_SIZES[element]) {
    throw invalid(where, `storage ${showValue(key)} of ${data.length} bytes where ${count} ${element} are declared`);
  }
  return { element, data };
}

/** A tensor over a storage: dims and strides in elements, never more elements than the storage holds. */
const REBUILD_TENSOR: PickleGlobal = {
  make: ([storage, offset, size, stride], budget): StoredTensor => {
    const { element, data } = storage as Storage;
    const dims = (size as readonly PickleValue[]).map(pickledNumber);
    const strides = (stride as readonly PickleValue[]).map(pickledNumber);
    const start = pickledNumber(offset);
    const available = data.length / ELEMENT_SIZES[element];
    const last = dims.reduce((sum, length, axis) => sum + (length - 1) * strides[axis]!, start);
    const whole = [start, ...dims, ...strides].every((value) => Number.isSafeInteger(value) && value >= 0);
    const count = elementCount(dims);
    if (
      !whole ||
      dims.length !== strides.length ||
      dims.length > MOST_AXES ||
      count > available ||
      (count > 0 && last >= available)
    ) {
      throw new RangeError(
        `a tensor of shape ${showValue(dims)} with strides ${showValue(strides)} over a storage of ${available} elements`,
      );
    }
    // Tensors may share a storage; those that do not lie in it as they are read are copied out, each anew.
    budget.spend(MEMORY_COST.view + (isDense(dims, strides) ? 0 : count * ELEMENT_SIZES[element]));
    return { type: element, dims, data: gatherElements(data, ELEMENT_SIZES[element], dims, strides, start) };
  },
};

const NOT_CALLABLE: PickleGlobal = {
  make: () => {
    throw new TypeError('a call of a storage or element type');
  },
};

const TORCH_GLOBALS: Readonly<Record<string, PickleGlobal>> = {
  ...PLAIN_GLOBALS,
  ...NUMPY_GLOBALS,
  ...Object.fromEntries(
    [...Object.keys(STORAGE_TYPES), ...Object.keys(ELEMENT_SIZES)].map((name) => [`torch ${name}`, NOT_CALLABLE]),
  ),
  'torch._utils _rebuild_tensor_v2': REBUILD_TENSOR,
  'torch._utils _rebuild_parameter': { make: ([tensor]) => tensor },
  'torch Size': { make: ([dims]) => dims },
  'torch device': { make: ([name]) => name },
};

function invalid(where: string, what: string): PcTalkError {
  return new PcTalkError('model-invalid', `${where}: expected a PyTorch checkpoint, got ${what}.`);
}
