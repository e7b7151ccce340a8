/** Writes PyTorch checkpoints for tests: what `torch.save` makes of dicts of tensors, in every variant the reader takes. */
import type { ElementType } from '../../src/formats/stored-tensor.ts';
import { Call, Global, PersistentId, Tuple, writePickle } from './pickle-writer.ts';
import { type WriteZipOptions, writeZip } from './zip-writer.ts';

const STORAGE_NAMES: Partial<Record<ElementType, string>> = {
  float64: 'DoubleStorage',
  float32: 'FloatStorage',
  float16: 'HalfStorage',
  bfloat16: 'BFloat16Storage',
  int64: 'LongStorage',
  int32: 'IntStorage',
  uint8: 'ByteStorage',
  bool: 'BoolStorage',
};

/** A tensor to write: a window of a storage. `strides` are row-major unless given. */
export interface TensorToWrite {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly storage: ArrayBufferView;
  readonly offset?: number;
  readonly strides?: readonly number[];
}

/** Marks a tensor inside the tree handed to `writeCheckpoint`. */
export class TensorNode {
  readonly tensor: TensorToWrite;
  constructor(tensor: TensorToWrite) {
    this.tensor = tensor;
  }
}

/** A float32 tensor. */
export function floatTensor(dims: readonly number[], data: Float32Array): TensorNode {
  return new TensorNode({ type: 'float32', dims, storage: data });
}

/** An `argparse.Namespace`. */
export function namespace(fields: Readonly<Record<string, unknown>>): Call {
  return new Call(new Global('argparse', 'Namespace'), [], new Map(Object.entries(fields)));
}

/** A state dict as PyTorch pickles it: an OrderedDict that carries `_metadata`. */
export function orderedDict(entries: ReadonlyMap<string, unknown>): Call {
  const dict = new Global('collections', 'OrderedDict');
  const pairs = [...entries].map(([key, value]) => new Tuple(key, value));
  return new Call(dict, [pairs], new Map([['_metadata', new Call(dict, [])]]));
}

export interface WriteCheckpointOptions extends WriteZipOptions {
  readonly protocol?: 2 | 4;
  /** Name of the archive's folder. */
  readonly folder?: string;
  /** Further entries, or other bytes for an entry. */
  readonly entries?: Readonly<Record<string, Uint8Array>>;
}

/** @param root Maps, lists and scalars with `TensorNode`s as leaves. */
export function writeCheckpoint(root: unknown, options: WriteCheckpointOptions = {}): Uint8Array {
  const folder = options.folder ?? 'archive';
  const storages = new Map<ArrayBufferView, string>();
  const entries = new Map<string, Uint8Array>();
  const pickled = writePickle(replaceTensors(root, storages), options.protocol ?? 2);
  entries.set(`${folder}/data.pkl`, pickled);
  entries.set(`${folder}/byteorder`, new TextEncoder().encode('little'));
  for (const [view, key] of storages) {
    entries.set(`${folder}/data/${key}`, new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  }
  entries.set(`${folder}/version`, new TextEncoder().encode('3\n'));
  for (const [name, data] of Object.entries(options.entries ?? {})) entries.set(`${folder}/${name}`, data);
  return writeZip(entries, options);
}

function replaceTensors(value: unknown, storages: Map<ArrayBufferView, string>): unknown {
  const inside = (item: unknown) => replaceTensors(item, storages);
  if (value instanceof TensorNode) return tensorCall(value.tensor, storages);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, inside(item)]));
  if (Array.isArray(value)) return value.map(inside);
  if (value instanceof Tuple) return new Tuple(...value.items.map(inside));
  if (value instanceof Call) return new Call(value.callee, value.args.map(inside), inside(value.state));
  return value;
}

function tensorCall(tensor: TensorToWrite, storages: Map<ArrayBufferView, string>): Call {
  const { storage, dims, type } = tensor;
  if (!storages.has(storage)) storages.set(storage, String(storages.size));
  const elements =
    storage.byteLength /
    { float64: 8, int64: 8, float32: 4, int32: 4, float16: 2, bfloat16: 2, int16: 2, int8: 1, uint8: 1, bool: 1 }[type];
  const id = new Tuple('storage', new Global('torch', STORAGE_NAMES[type]!), storages.get(storage)!, 'cpu', elements);
  const strides = tensor.strides ?? dims.map((_, axis) => dims.slice(axis + 1).reduce((a, b) => a * b, 1));
  const hooks = new Call(new Global('collections', 'OrderedDict'), []);
  return new Call(new Global('torch._utils', '_rebuild_tensor_v2'), [
    new PersistentId(id),
    tensor.offset ?? 0,
    new Tuple(...dims),
    new Tuple(...strides),
    false,
    hooks,
  ]);
}
