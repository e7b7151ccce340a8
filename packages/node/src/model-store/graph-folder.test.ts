import { mkdtempSync, readdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stitchingNetwork } from '../../../core/src/models/liveportrait/stitching.ts';
import { warping } from '../../../core/src/models/liveportrait/warping.ts';
import { obtainNetwork } from '../../../core/src/models/released/graph-cache.ts';
import { formulaState } from '../../../core/test/helpers/formula.ts';
import { createNodeRuntime } from '../onnx-runtime.ts';
import { GraphFolder } from './graph-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'pctalk-graphs-'));
const folder = join(root, 'graphs');
beforeEach(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const files = () => readdirSync(folder).sort();
const bytes = (value: number, length = 100) => new Uint8Array(length).fill(value);

function counted(graph: Uint8Array<ArrayBuffer>) {
  const builder = {
    builds: 0,
    async build() {
      builder.builds++;
      return graph;
    },
  };
  return builder;
}

describe('GraphFolder', () => {
  it('builds once, and again when the file was cut or changed', async () => {
    const cache = new GraphFolder(folder);
    const one = counted(bytes(1));
    for (let i = 0; i < 3; i++) expect(await cache.obtain('one', one.build)).toEqual(bytes(1));
    expect([one.builds, files().length]).toEqual([1, 1]);
    expect(await cache.status()).toEqual({ folder, files: 1, bytes: 100 });
    truncateSync(join(folder, files()[0]!), 50);
    expect(await cache.obtain('one', one.build)).toEqual(bytes(1));
    writeFileSync(join(folder, files()[0]!), bytes(9));
    expect(await cache.obtain('one', one.build)).toEqual(bytes(1));
    expect([one.builds, files().length]).toEqual([3, 1]);
    expect((await cache.clean()).files).toBe(1);
    expect((await cache.status()).files).toBe(0);
  });

  it('stays within its bound by leaving out what was not used for longest', async () => {
    const cache = new GraphFolder(folder, 250);
    await cache.obtain('a', counted(bytes(1)).build);
    await cache.obtain('b', counted(bytes(2)).build);
    for (const name of files()) utimesSync(join(folder, name), 1000, 1000);
    await cache.obtain('a', counted(bytes(0)).build); // used again
    await cache.obtain('c', counted(bytes(3)).build);
    const again = { a: counted(bytes(1)), b: counted(bytes(2)) };
    await cache.obtain('a', again.a.build);
    await cache.obtain('b', again.b.build);
    expect([again.a.builds, again.b.builds]).toEqual([0, 1]);
  });

  it('does without where nothing can be written', async () => {
    const blocked = join(root, 'file');
    writeFileSync(blocked, '');
    const one = counted(bytes(1));
    expect(await new GraphFolder(join(blocked, 'graphs')).obtain('one', one.build)).toEqual(bytes(1));
    expect(one.builds).toBe(1);
  });
});

describe('obtainNetwork', () => {
  it('keeps a graph for its weights, form and precision, and does not read weights it need not', async () => {
    const cache = new GraphFolder(folder);
    let reads = 0;
    const sizes = {
      keypoints: 3,
      channels: 4,
      depth: 4,
      side: 8,
      compressed: 2,
      width: 4,
      maxWidth: 12,
      levels: 2,
      feature: 6,
    };
    const obtain = (form: '5d' | '2d', hash: string, precision?: 'float16') => {
      const network = warping(form, sizes);
      const read = async () => {
        reads++;
        return formulaState('warping_test', network.scope.entries());
      };
      const options = { where: 'w.pth', cache, ...(precision && { precision }) };
      return obtainNetwork(network, { hash, read }, options);
    };
    const first = await obtain('5d', 'x');
    expect(Buffer.from(await obtain('5d', 'x')).equals(first)).toBe(true);
    expect(reads).toBe(1);
    for (const [form, hash, precision] of [
      ['2d', 'x'],
      ['5d', 'y'],
      ['5d', 'x', 'float16'],
    ] as const) {
      await obtain(form, hash, precision);
    }
    expect([reads, files().length]).toEqual([4, 4]);
  });

  it('serves a loaded network', async () => {
    const network = stitchingNetwork('stitching');
    const read = async () => formulaState(network.name, network.scope.entries());
    const runtime = createNodeRuntime();
    const cache = new GraphFolder(folder);
    const outputs = [];
    for (let i = 0; i < 2; i++) {
      const session = await runtime.load(await obtainNetwork(network, { hash: 'x', read }, { where: 'S', cache }));
      outputs.push(
        (await session.run({ input: { dims: [1, 126], data: new Float32Array(126).fill(0.1) } }))['output']!.data,
      );
      await session.dispose();
    }
    expect(outputs[0]).toEqual(outputs[1]);
  });
});
