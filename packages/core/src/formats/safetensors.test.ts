import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSafetensors, writeSafetensors } from './safetensors.ts';
import { type StoredTensor, toFloat32 } from './stored-tensor.ts';

const tensors = new Map<string, StoredTensor>([
  ['flags', { type: 'bool', dims: [3], data: Uint8Array.of(1, 0, 1) }],
  ['weight', { type: 'float32', dims: [2, 2], data: new Uint8Array(Float32Array.of(1, -2, 3.5, 4).buffer) }],
  ['nothing', { type: 'float32', dims: [0, 4], data: new Uint8Array(0) }],
  ['scalar', { type: 'int64', dims: [], data: new Uint8Array(BigInt64Array.of(7n).buffer) }],
]);

/** A file with the given header text and `body` bytes of zeros. */
function fileOf(header: string, body: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + text.length + body);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

test('arrays, shapes and metadata come back as they were written', () => {
  const { tensors: read, metadata } = readSafetensors(writeSafetensors({ tensors, metadata: { step: '12' } }));
  expect(metadata).toEqual({ step: '12' });
  expect(new Map([...read].toSorted())).toEqual(new Map([...tensors].toSorted()));
  expect(toFloat32(read.get('weight')!).byteOffset % 4).toBe(0);
});

test.each([
  ['an empty file', new Uint8Array(3), 'expected at least 8 bytes, got 3'],
  ['a truncated file', writeSafetensors({ tensors, metadata: {} }).subarray(0, 40), 'truncated file?'],
  ['a lost tail', writeSafetensors({ tensors, metadata: {} }).subarray(0, -1), 'bytes of the 26 stored, got offsets'],
  ['no JSON', fileOf('{"a":', 0), 'expected a JSON header'],
  ['an unknown type', fileOf('{"a":{"dtype":"F31","shape":[],"data_offsets":[0,4]}}', 4), 'as type of a, got "F31"'],
  ['a wrong length', fileOf('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 4), 'a [2] in 8 bytes of the 4'],
  ['a gap', fileOf('{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', 2), 'the next array at byte 0, got 1'],
  ['bytes left over', fileOf('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 2), '1 bytes of arrays, got 2'],
  ['a header nested deep', fileOf(`{"a":${'['.repeat(100_000)}`, 0), 'lists or objects more than 64 deep'],
  ['deep metadata', fileOf(`{"__metadata__":{"a":${'['.repeat(60)}${']'.repeat(60)}}}`, 0), 'got {"a": [[['],
  ['a deep type', fileOf(`{"a":{"dtype":${'['.repeat(60)}${']'.repeat(60)}}}`, 0), 'as type of a, got [[['],
  ['a long name', fileOf(`{"${'a'.repeat(1e6)}":{}}`, 0), 'aaaa…, got undefined'],
  [
    'a negative size',
    fileOf('{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}', 1),
    'list of sizes as shape of a',
  ],
])('refuses %s', (_, file, message) => {
  expect(() => readSafetensors(file)).toThrow(message);
});

const shared = process.env['PCTALK_SHARED'] ?? '../shared';
const checkpoint = join(shared, 'parity/checkpoints/stitching_flattened.safetensors');
test.skipIf(!existsSync(checkpoint))(`reads a file of another writer (skipped without ${checkpoint})`, () => {
  const { tensors: read } = readSafetensors(readFileSync(checkpoint));
  expect(read.size).toBe(8);
  for (const tensor of read.values()) expect(toFloat32(tensor).every(Number.isFinite)).toBe(true);
});
