import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  floatTensor,
  namespace,
  orderedDict,
  TensorNode,
  writeCheckpoint,
} from '../../test/helpers/checkpoint-writer.ts';
import { Call, Global, writePickle } from '../../test/helpers/pickle-writer.ts';
import { readShared, sharedPath } from '../../test/helpers/shared.ts';
import { type StoredTensor, toFloat32 } from './stored-tensor.ts';
import { readTorchCheckpoint } from './torch-checkpoint.ts';

const COUNTING = Float32Array.from({ length: 12 }, (_, i) => i / 4);
const plain = () => new Map<string, unknown>([['weight', floatTensor([3, 4], COUNTING)]]);
const read = (bytes: Uint8Array) => readTorchCheckpoint(bytes, 'test.pth') as Map<string, unknown>;
const floats = (dict: Map<string, unknown>, key: string) => [...toFloat32(dict.get(key) as StoredTensor)];

describe('readTorchCheckpoint', () => {
  it.each([
    ['protocol 2', {}],
    ['protocol 4', { protocol: 4 }],
    ['ZIP64 records', { zip64: true }],
    ['a folder of another name', { folder: 'lac' }],
  ] as const)('reads %s', (_, options) => {
    const dict = read(writeCheckpoint(plain(), options));
    expect((dict.get('weight') as StoredTensor).dims).toEqual([3, 4]);
    expect(floats(dict, 'weight')).toEqual([...COUNTING]);
  });

  it('reads an OrderedDict with its hidden state, nested dicts and Namespace fields', () => {
    const bytes = writeCheckpoint(
      new Map<string, unknown>([
        ['model', orderedDict(plain())],
        ['args', namespace({ person_num: 210, T: 25, rate: 0.5, name: 'lac', flag: true, none: null })],
      ]),
    );
    const dict = read(bytes);
    expect(floats(dict.get('model') as Map<string, unknown>, 'weight')).toEqual([...COUNTING]);
    expect(Object.fromEntries(dict.get('args') as Map<string, unknown>)).toEqual({
      person_num: 210,
      T: 25,
      rate: 0.5,
      name: 'lac',
      flag: true,
      none: null, // biome-ignore format: one line
    });
  });

  it('follows offsets and strides, and shares storages', () => {
    const transposed = new TensorNode({ type: 'float32', dims: [4, 3], strides: [1, 4], storage: COUNTING });
    const part = new TensorNode({ type: 'float32', dims: [2, 2], strides: [4, 1], offset: 5, storage: COUNTING });
    const dict = read(
      writeCheckpoint(
        new Map([
          ['t', transposed],
          ['p', part],
        ]),
      ),
    );
    expect(floats(dict, 't')).toEqual([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11].map((i) => i / 4));
    expect(floats(dict, 'p')).toEqual([5, 6, 9, 10].map((i) => i / 4));
  });

  it('reads every element type', () => {
    const root = new Map<string, unknown>([
      ['half', new TensorNode({ type: 'float16', dims: [3], storage: Uint16Array.of(0x3c00, 0xc100, 0x0001) })],
      ['brain', new TensorNode({ type: 'bfloat16', dims: [2], storage: Uint16Array.of(0x3f80, 0xc040) })],
      ['double', new TensorNode({ type: 'float64', dims: [2], storage: Float64Array.of(0.1, -2) })],
      ['long', new TensorNode({ type: 'int64', dims: [], storage: BigInt64Array.of(-7n) })],
      ['bool', new TensorNode({ type: 'bool', dims: [2], storage: Uint8Array.of(1, 0) })],
    ]);
    const dict = read(writeCheckpoint(root));
    expect(floats(dict, 'half')).toEqual([1, -2.5, 2 ** -24]);
    expect(floats(dict, 'brain')).toEqual([1, -3]);
    expect(floats(dict, 'double')).toEqual([Math.fround(0.1), -2]);
    expect(floats(dict, 'long')).toEqual([-7]);
    expect(floats(dict, 'bool')).toEqual([1, 0]);
  });

  it.each(['posix system', 'builtins eval', 'torch load', '__builtin__ getattr', 'os system', 'toString constructor'])(
    'refuses the global %s without calling it',
    (global) => {
      const [module, name] = global.split(' ') as [string, string];
      const root = plain().set('x', new Call(new Global(module, name), ['echo no']));
      expect(() => read(writeCheckpoint(root))).toThrowError(/not on the list of allowed names/);
    },
  );

  it('refuses tensors that reach outside their storage or repeat it', () => {
    for (const tensor of [
      { dims: [4, 4], strides: [4, 1] },
      { dims: [1 << 20, 1 << 20], strides: [0, 0] },
      { dims: [3, 4], strides: [4, 1], offset: 1 },
      { dims: [-3, -4], strides: [4, 1] },
    ]) {
      const root = new Map([['x', new TensorNode({ type: 'float32', storage: COUNTING, ...tensor })]]);
      expect(() => read(writeCheckpoint(root)), JSON.stringify(tensor)).toThrowError(/over a storage of 12 elements/);
    }
  });

  it('refuses small files that would become large, and arrays of a hundred axes', () => {
    const storage = new Float32Array(2 ** 16);
    const strided = { type: 'float32', dims: [256, 256], strides: [1, 256], storage } as const;
    const many = (count: number) =>
      writeCheckpoint(new Map(Array.from({ length: count }, (_, i) => [`t${i}`, new TensorNode(strided)])));
    expect(read(many(100)).size).toBe(100);
    expect(() => read(many(400))).toThrowError(/more than fits in \d+ MB of memory/);
    const axes = { type: 'float32', dims: new Array(100).fill(1), storage } as const;
    expect(() => read(writeCheckpoint(new Map([['x', new TensorNode(axes)]])))).toThrowError(/over a storage/);
  });

  it('refuses a flipped bit, missing storages, compressed entries, TorchScript and big-endian files', () => {
    const whole = writeCheckpoint(plain());
    const flipped = whole.slice();
    flipped[Buffer.from(whole).indexOf(new Uint8Array(COUNTING.buffer)) + 9]! ^= 1;
    expect(() => read(flipped)).toThrowError(/checksum/);
    expect(() => read(writeCheckpoint(plain(), { method: 8 }))).toThrowError(/compressed/);
    expect(() => read(writeCheckpoint(plain(), { entries: { 'constants.pkl': new Uint8Array(1) } }))).toThrowError(
      /TorchScript/,
    );
    expect(() =>
      read(writeCheckpoint(plain(), { entries: { byteorder: new TextEncoder().encode('big') } })),
    ).toThrowError(/big-endian/);
    expect(() => read(writeCheckpoint(plain(), { entries: { 'data/0': new Uint8Array(8) } }))).toThrowError(
      /8 bytes where 12 float32/,
    );
  });

  it('refuses the format before 1.6, a bare pickle and other files', () => {
    const legacy = writePickle(new Map([['weight', 1]]), 2); // that format begins with pickles, not with a ZIP record
    expect(() => read(legacy)).toThrowError(/before 1\.6/);
    expect(() => read(new TextEncoder().encode('GGUF, or anything else'))).toThrowError(/no ZIP archive/);
  });

  it('refuses every truncation with a readable error', () => {
    const whole = writeCheckpoint(plain());
    for (let size = 0; size < whole.length; size += 7) {
      expect(() => read(whole.subarray(0, size)), `${size} bytes`).toThrowError(
        expect.objectContaining({ code: 'model-invalid', message: expect.stringContaining('test.pth') }),
      );
    }
  });
});

describe.skipIf(sharedPath('parity/checkpoints') === undefined)('files written by PyTorch', () => {
  const load = (name: string) =>
    readTorchCheckpoint(readShared(`parity/checkpoints/${name}`), name) as Map<string, Map<string, unknown>>;

  it('reads the official layouts', () => {
    expect(load('appearance_feature_extractor.pth').size).toBe(107);
    const stitching = load('stitching_retargeting_module.pth');
    expect([...stitching.keys()].sort()).toEqual(['retarget_eye', 'retarget_mouth', 'retarget_shoulder']);
    expect((stitching.get('retarget_shoulder')!.get('module.mlp.0.weight') as StoredTensor).dims).toEqual([128, 126]);
  });

  it('reads fp16 tensors with a Namespace beside them', () => {
    const file = load('wrapped_fp16_namespace.pth');
    expect(Object.fromEntries(file.get('args')!)).toEqual({ person_num: 210, T: 25, name: 'lac' });
    const half = toFloat32(file.get('model')!.get('module.mlp.0.weight') as StoredTensor);
    const whole = toFloat32(
      load('stitching_retargeting_module.pth').get('retarget_shoulder')!.get('module.mlp.0.weight') as StoredTensor,
    );
    expect(Math.max(...half.map((value, i) => Math.abs(value - whole[i]!)))).toBeLessThan(2 ** -12);
  });

  it.each([
    ['legacy_format.pth', /before 1\.6/],
    ['truncated.pth', /truncated/],
    ['hostile_pickle.pth', /posix\.system/],
  ])('refuses %s', (name, message) => {
    expect(() => load(name)).toThrowError(message);
    expect(existsSync('pickle-was-executed.txt')).toBe(false);
  });
});
