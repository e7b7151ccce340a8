import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNodeRuntime } from '@pctalk/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { convertTfjsGraph } from './tfjs-graph.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pctalk-tfjs-'));
});
afterAll(() => rm(folder, { recursive: true }));

const text = (value: string) => ({ s: Buffer.from(value).toString('base64') });
const ints = (...values: number[]) => ({ list: { i: values.map(String) } });

async function writeGraph(op: string): Promise<string> {
  const node = [
    { name: 'x', op: 'Placeholder', attr: {} },
    {
      name: 'y',
      op,
      input: ['x', 'w', 'b'],
      attr: { strides: ints(1, 2, 2, 1), padding: text('SAME'), fused_ops: { list: { s: [text('Relu').s] } } },
    },
    { name: 'z', op: 'Mean', input: ['y'], attr: {} },
    { name: 'out', op: 'Identity', input: ['z'], attr: {} },
  ];
  const weights = [
    { name: 'w', shape: [3, 3, 1, 2], dtype: 'float32' },
    { name: 'b', shape: [2], dtype: 'float32' },
  ];
  const path = join(folder, `${op}.json`);
  const manifest = [{ paths: ['weights.bin'], weights }];
  await writeFile(path, JSON.stringify({ modelTopology: { node }, weightsManifest: manifest }));
  return path;
}

it('computes what the graph says, strides, padding and order of weights included', async () => {
  const kernel = Float32Array.from({ length: 18 }, (_, i) => i - 8);
  const bias = Float32Array.of(-3, 20);
  await writeFile(join(folder, 'weights.bin'), Buffer.from(new Float32Array([...kernel, ...bias]).buffer));
  const session = await createNodeRuntime().load(await convertTfjsGraph(await writeGraph('_FusedConv2D'), 4, 1));
  const picture = Float32Array.from({ length: 16 }, (_, i) => (i % 5) - 2);
  const { answer } = await session.run({ picture: { dims: [1, 1, 4, 4], data: picture } });
  await session.dispose();
  // TensorFlow's SAME: 4 at stride 2 with 3 taps needs one pixel of padding, and it goes below and to the right.
  const sums = [0, 0];
  for (const [row, column] of [
    [0, 0],
    [0, 2],
    [2, 0],
    [2, 2],
  ] as const) {
    for (let o = 0; o < 2; o++) {
      let y = bias[o]!;
      for (let i = 0; i < 9; i++) {
        const [r, c] = [row + Math.floor(i / 3), column + (i % 3)];
        if (r < 4 && c < 4) y += picture[r * 4 + c]! * kernel[i * 2 + o]!;
      }
      sums[o]! += Math.max(0, y) / 4;
    }
  }
  expect(Array.from(answer!.data as Float32Array)).toEqual(sums.map((sum) => expect.closeTo(sum, 4)));
});

it('refuses operations it does not know', async () => {
  await expect(convertTfjsGraph(await writeGraph('FFT'), 4, 1)).rejects.toMatchObject({ code: 'model-invalid' });
});
