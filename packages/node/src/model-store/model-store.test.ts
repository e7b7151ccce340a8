import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toFloat32 } from '../../../core/src/formats/stored-tensor.ts';
import {
  STITCHING_NETWORKS,
  type StitchingNetwork,
  stitchingNetwork,
} from '../../../core/src/models/liveportrait/stitching.ts';
import { floatTensor, writeCheckpoint } from '../../../core/test/helpers/checkpoint-writer.ts';
import { formulaState } from '../../../core/test/helpers/formula.ts';
import { modelsNamed } from './catalogue.ts';
import { downloadFile } from './download.ts';
import { ModelStore } from './model-store.ts';

const MODEL = 'liveportrait-stitching';
const accept = async () => true;

function stitchingFile(): Uint8Array {
  const root = new Map<string, unknown>();
  for (const kind of Object.keys(STITCHING_NETWORKS) as StitchingNetwork[]) {
    const network = stitchingNetwork(kind);
    const state = formulaState(network.name, network.scope.entries());
    root.set(network.name, new Map([...state].map(([key, t]) => [`module.${key}`, floatTensor(t.dims, toFloat32(t))])));
  }
  return writeCheckpoint(root);
}
const FILE = stitchingFile();
const SHA256 = createHash('sha256').update(FILE).digest('hex');

/** A server laid out as the hub: the address redirects to where the file is. */
interface Hub {
  readonly url: string;
  /** Requests as they came: method, path, range and token. */
  readonly seen: string[];
  file: Uint8Array;
  announced: string;
  /** Breaks the next transfers after so many bytes. */
  breaks: number[];
}

let folder: string;
let server: Server;
let hub: Hub;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pctalk-store-'));
  const seen: string[] = [];
  const state = { seen, file: FILE, announced: SHA256, breaks: [] as number[], url: '' };
  server = createServer((request, response) => {
    const { range, authorization } = request.headers;
    seen.push([request.method, request.url, range, authorization].filter(Boolean).join(' '));
    if (request.url?.includes('/resolve/main/')) {
      const path = '/cdn/file';
      response.writeHead(302, { location: path, 'x-linked-etag': `"${state.announced}"` }).end();
      return;
    }
    if (request.url !== '/cdn/file') return void response.writeHead(404).end();
    const start = range === undefined ? 0 : Number(/bytes=(\d+)-/.exec(range)?.[1]);
    if (start >= state.file.length) return void response.writeHead(416).end();
    const rest = state.file.subarray(start);
    response.writeHead(range === undefined ? 200 : 206, { 'content-length': rest.length, etag: '"cdn"' });
    if (request.method === 'HEAD') return void response.end();
    const stop = state.breaks.shift();
    if (stop === undefined) response.end(rest);
    else response.write(rest.subarray(0, stop), () => setTimeout(() => response.destroy(), 20));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  hub = Object.assign(state, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

const gets = () => hub.seen.filter((line) => line.startsWith('GET'));

describe('ModelStore.pull', () => {
  it('fetches, checks, records, and does not fetch again', async () => {
    const store = new ModelStore(folder);
    const progress: number[] = [];
    const status = await store.pull(MODEL, { accept, hub: hub.url, onProgress: ({ bytes }) => progress.push(bytes) });
    expect(status).toMatchObject({ state: 'installed', record: { sha256: SHA256, bytes: FILE.length } });
    expect(status.record?.licence).toMatch(/MIT/);
    expect(hub.seen[0]).toContain(
      '/KwaiVGI/LivePortrait/resolve/main/liveportrait/retargeting_models/stitching_retargeting_module.pth',
    );
    expect(progress.at(-1)).toBe(FILE.length);
    expect(Buffer.from(await store.read(MODEL)).equals(FILE)).toBe(true);
    const before = hub.seen.length;
    await store.pull(MODEL, { accept: async () => false, hub: hub.url });
    expect(hub.seen.length).toBe(before);
    expect((await readdir(folder)).sort()).toEqual(['models.json', 'stitching_retargeting_module.pth']);
  });

  it('asks for the licence before anything is fetched', async () => {
    const store = new ModelStore(folder);
    await expect(store.pull(MODEL, { accept: async () => false, hub: hub.url })).rejects.toMatchObject({
      code: 'licence-not-accepted',
    });
    expect(hub.seen).toEqual([]);
  });

  it('goes on where a broken connection stopped', async () => {
    hub.breaks = [100_000, 200_000];
    await new ModelStore(folder).pull(MODEL, { accept, hub: hub.url });
    expect(gets().length).toBe(3);
    expect(gets()[1]).toMatch(/bytes=[1-9]\d*-/);
    expect(gets()[2]).toMatch(/bytes=[1-9]\d*-/);
  });

  it('goes on in a later call, but not with another file', async () => {
    hub.breaks = [300_000];
    const path = join(folder, 'x');
    const fetchOnce = () => downloadFile(`${hub.url}/a/resolve/main/x`, path, { retries: 0 });
    await expect(fetchOnce()).rejects.toMatchObject({ code: 'download-failed' });
    const kept = (await stat(`${path}.part`)).size;
    expect(kept).toBeGreaterThan(0);
    expect(await fetchOnce()).toBe(SHA256);
    expect(gets()[1]).toContain(`bytes=${kept}-`);

    hub.breaks = [300_000];
    await expect(fetchOnce()).rejects.toThrow();
    hub.file = FILE.map((byte) => byte ^ 1);
    hub.announced = createHash('sha256').update(hub.file).digest('hex');
    expect(await fetchOnce()).toBe(hub.announced);
  });

  it('refuses content that is not what was announced, and files of another network', async () => {
    const store = new ModelStore(folder);
    hub.announced = '0'.repeat(64);
    await expect(store.pull(MODEL, { accept, hub: hub.url })).rejects.toMatchObject({ code: 'download-failed' });
    hub.announced = SHA256;
    await expect(store.pull('liveportrait-motion', { accept, hub: hub.url })).rejects.toMatchObject({
      code: 'model-invalid',
    });
    expect((await store.list()).filter(({ state }) => state !== 'missing')).toEqual([]);
  });

  it('keeps the token to the first host', async () => {
    await downloadFile(`${hub.url}/a/resolve/main/x`, join(folder, 'x'), { token: 'secret' });
    expect(hub.seen[0]).toContain('Bearer secret');
    const other = hub.url.replace('127.0.0.1', 'localhost');
    const redirect = createServer((_, response) => response.writeHead(302, { location: `${other}/cdn/file` }).end());
    await new Promise<void>((resolve) => redirect.listen(0, '127.0.0.1', resolve));
    hub.seen.length = 0;
    const first = `http://127.0.0.1:${(redirect.address() as AddressInfo).port}/file`;
    await downloadFile(first, join(folder, 'y'), { token: 'secret' });
    redirect.close();
    expect(hub.seen.length).toBeGreaterThan(0);
    expect(hub.seen.join()).not.toContain('secret');
  });

  it('tells of a host that does not answer as of a download that failed', async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    await expect(downloadFile(`http://127.0.0.1:${port}/x`, join(folder, 'x'))).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining('no answer from'),
    });
  });

  it('stops when cancelled and refuses plain http elsewhere', async () => {
    const signal = AbortSignal.abort();
    await expect(downloadFile(`${hub.url}/cdn/file`, join(folder, 'x'), { signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    await expect(downloadFile('http://example.invalid/x', join(folder, 'x'))).rejects.toThrow(/not https/);
  });
});

describe('ModelStore.add, read and list', () => {
  const download = () => join(folder, 'stitching_retargeting_module.pth');

  it('takes a file over by its name or by what it is said to be', async () => {
    await writeFile(download(), FILE);
    await writeFile(join(folder, 'mine.pth'), FILE);
    const store = new ModelStore(join(folder, 'store'));
    expect((await store.add(download(), { accept })).record?.sha256).toBe(SHA256);
    await expect(store.add(join(folder, 'mine.pth'), { accept })).rejects.toMatchObject({ code: 'unknown-name' });
    expect((await store.add(join(folder, 'mine.pth'), { accept, model: MODEL })).state).toBe('installed');
    await expect(store.add(join(folder, 'lac.pth'), { accept })).rejects.toMatchObject({ code: 'model-missing' });
    await expect(store.add(download(), { accept, model: 'pctalk-lac' })).rejects.toMatchObject({
      code: 'model-invalid',
    });
  });

  it('records a file found in the folder at first use and notices a change ever after', async () => {
    await writeFile(download(), FILE);
    const store = new ModelStore(folder);
    await store.read(MODEL);
    expect(JSON.parse(await readFile(join(folder, 'models.json'), 'utf8'))[MODEL].sha256).toBe(SHA256);
    const changed = FILE.slice();
    changed[1000]! ^= 1;
    await writeFile(download(), changed);
    await expect(store.read(MODEL)).rejects.toMatchObject({ code: 'model-invalid' });
    expect((await store.list({ models: [MODEL] }))[0]!.state).toBe('installed'); // size alone cannot tell
    expect((await store.list({ check: true, models: [MODEL] }))[0]!.state).toBe('changed');
    await truncate(download(), 1000);
    expect((await store.list({ models: [MODEL] }))[0]!.state).toBe('changed');
    await expect(store.read('pctalk-emc')).rejects.toMatchObject({ code: 'model-missing' });
  });
});

describe('names and places', () => {
  it('groups models by their family', () => {
    expect(modelsNamed('pctalk')).toEqual(['pctalk-audio', 'pctalk-lac', 'pctalk-emc', 'pctalk-style']);
    expect(modelsNamed('all').length).toBe(9);
    expect(modelsNamed('moonshine-ear')).toEqual(['moonshine-ear']);
    expect(modelsNamed('pc')).toEqual([]);
  });
});
