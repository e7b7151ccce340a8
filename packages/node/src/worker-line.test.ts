import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { WorkerLine, workerFile } from './worker-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'pctalk-line-'));
afterAll(() => rmSync(folder, { recursive: true }));

function thread(body: string): URL {
  const path = join(folder, `${body.length}.mjs`);
  writeFileSync(path, `import { parentPort as port } from 'node:worker_threads';\nlet factor = 1;\n${body}`);
  return pathToFileURL(path);
}

const scaling = thread(`port.on('message', (m) => {
  if ('factor' in m) { factor = m.factor; return; }
  if (m.data[0] === 99) throw new Error('ninety-nine');
  port.postMessage(m.data.map((x) => x * factor));
});`);

async function collect(line: WorkerLine<{ data: Float64Array }, Float64Array>, values: number[]): Promise<number[]> {
  const data = new Float64Array(1); // Overwritten by each request, as frames are.
  function* requests() {
    for (const value of values) {
      data[0] = value;
      yield { request: { data }, transfer: [] };
    }
  }
  const out: number[] = [];
  for await (const answer of line.askAll(requests())) out.push(answer[0]!);
  return out;
}

it('answers in order, and every request as it was when it was made', async () => {
  await using line = new WorkerLine<{ data: Float64Array }, Float64Array>(scaling);
  line.tell({ factor: 3 });
  const values = Array.from({ length: 40 }, (_, i) => i);
  expect(await collect(line, values)).toEqual(values.map((x) => 3 * x));
});

it('passes on what goes wrong in the thread', async () => {
  await using line = new WorkerLine<{ data: Float64Array }, Float64Array>(scaling);
  await expect(collect(line, [1, 2, 99, 4, 5, 6, 7])).rejects.toThrow('ninety-nine');
});

it('does not wait for a thread that has ended', async () => {
  await using line = new WorkerLine<{ data: Float64Array }, Float64Array>(thread('process.exit(0);'));
  await expect(collect(line, [1, 2, 3, 4, 5])).rejects.toThrow('ended early');
});

it('says so when it is used after it was disposed, also to who still waits', async () => {
  const line = new WorkerLine<{ data: Float64Array }, Float64Array>(thread("port.on('message', () => {});"));
  const waiting = collect(line, [1, 2]);
  setTimeout(() => void line[Symbol.asyncDispose](), 200);
  const expected = { code: 'usage', message: expect.stringContaining('disposed') };
  await expect(waiting).rejects.toMatchObject(expected);
  await expect(collect(line, [3])).rejects.toMatchObject(expected);
});

it('has no file beside TypeScript sources', () => {
  expect(workerFile('clip-worker')).toBeUndefined();
});
