import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { toFloat32 } from '../../../core/src/formats/stored-tensor.ts';
import { audioEncoder } from '../../../core/src/models/pctalk/audio-encoder.ts';
import { floatTensor, writeCheckpoint } from '../../../core/test/helpers/checkpoint-writer.ts';
import { pcTalkState } from '../../../core/test/helpers/pctalk-formula.ts';
import { GraphFolder } from '../../../node/src/model-store/graph-folder.ts';
import { run } from '../program.ts';

const folder = mkdtempSync(join(tmpdir(), 'pctalk-models-'));
const file = join(folder, 'audio_encoder.pth');
const other = join(folder, 'encoder_model.onnx');

beforeAll(() => {
  vi.stubEnv('PCTALK_CACHE', folder);
  writeFileSync(other, 'not the published file');
  const state = pcTalkState('pctalk_audio', audioEncoder(1).scope.entries());
  writeFileSync(file, writeCheckpoint(new Map([...state].map(([key, t]) => [key, floatTensor(t.dims, toFloat32(t))]))));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function pctalk(...args: string[]) {
  const text = { out: '', err: '' };
  const spy = (stream: NodeJS.WriteStream, name: keyof typeof text) =>
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      text[name] += chunk;
      return true;
    });
  const spies = [spy(process.stdout, 'out'), spy(process.stderr, 'err')];
  try {
    const status = await run(args);
    return { status, ...text };
  } finally {
    process.exitCode = undefined;
    for (const each of spies) each.mockRestore();
  }
}

describe('pctalk models', () => {
  it('shows the licence before anything is taken, and takes nothing without consent to it', async () => {
    const { status, err } = await pctalk('models', 'add', file);
    expect(status).toBe(2);
    expect(err.indexOf('research only')).toBeLessThan(err.indexOf('error [licence-not-accepted]'));
    expect(err).toContain('Not for commercial use');
    expect((await pctalk('models', 'list', '--json')).out).not.toContain('"installed"');
  });

  it('adds, lists, finds and verifies a file', async () => {
    expect(await pctalk('models', 'add', file, '--accept-licence')).toMatchObject({ status: 0 });
    expect((await pctalk('models', 'list')).out).toMatch(/pctalk-audio +installed +11\.3 MB/);
    expect((await pctalk('models', 'path', 'pctalk-audio')).out).toBe(
      `${join(folder, 'models', 'audio_encoder.pth')}\n`,
    );
    expect(await pctalk('models', 'verify')).toMatchObject({ status: 0 });
    writeFileSync(join(folder, 'models', 'audio_encoder.pth'), 'changed');
    const { status, out } = await pctalk('models', 'verify', 'pctalk-audio');
    expect([status, out]).toEqual([1, expect.stringContaining('changed')]);
  });

  it('shows and deletes built graphs', async () => {
    expect((await pctalk('models', 'list')).out).not.toContain('graphs');
    await new GraphFolder(join(folder, 'graphs')).obtain('x', async () => new Uint8Array(2_000_000));
    expect((await pctalk('models', 'list')).out).toContain(
      `${join(folder, 'graphs')}: 1 graphs built from them, 2.0 MB`,
    );
    expect((await pctalk('models', 'clean')).out).toContain('1 graphs deleted, 2.0 MB');
    expect((await pctalk('models', 'clean')).out).toContain('0 graphs deleted');
  });

  it('shows and clears the cache, part by part', async () => {
    await new GraphFolder(join(folder, 'graphs')).obtain('x', async () => new Uint8Array(2_000_000));
    expect((await pctalk('cache', 'show')).out).toContain(`graphs     1 files, 2.0 MB  ${join(folder, 'graphs')}\n`);
    expect((await pctalk('cache', 'clear', 'tracks')).out).toContain('tracks     0 files, 0.0 MB deleted');
    const { out } = await pctalk('cache', 'show', '--json');
    expect(JSON.parse(out).map(({ part }: { part: string }) => part)).toEqual(['tracks', 'graphs', 'leftovers']);
    expect(JSON.parse(out)[1]).toMatchObject({ files: 1, bytes: 2_000_000 });
    expect(await pctalk('cache', 'clear')).toMatchObject({ status: 0 });
    expect((await pctalk('cache', 'show')).out).toContain('graphs     0 files');
    expect(await pctalk('cache', 'clear', 'all')).toMatchObject({
      status: 2,
      err: expect.stringContaining('unknown-name'),
    });
  });

  it.each([
    [['models', 'path', 'pctalk-lac'], 5, 'model-missing'],
    [['models', 'pull', 'lac'], 2, 'unknown-name'],
    [['models', 'add', 'nothing.bin', '--accept-licence'], 2, 'unknown-name'],
    [['models', 'add', 'nothing.bin', '--as', 'pctalk-emc', '--accept-licence'], 5, 'model-missing'],
    [['models', 'pull'], 2, 'usage'],
    [['models', 'add', other, '--accept-licence'], 5, 'model-invalid'],
    [['models', 'path', 'moonshine-ear'], 5, 'model-missing'],
    [['models', 'pull', 'moonshine-ear', '--registry', 'http://127.0.0.1:9', '--accept-licence'], 5, 'download-failed'],
  ])('refuses %j', async (args, wanted, code) => {
    const { status, err } = await pctalk(...args);
    expect(err).toContain(`error [${code}]: `);
    expect(status).toBe(wanted);
  });
});

describe('the full ear that was not fetched', () => {
  it.each([
    [['render', '--sample', '--ear', 'full', '--output', join(folder, 'out.mp4'), '--emotion', 'none']],
    [['motion', '--source', 'none.png', '--audio', 'none.wav', '--ear', 'full']],
  ])('is told before anything else is looked at: %j', async (args) => {
    const { status, err, out } = await pctalk(...args);
    expect(err).toContain('error [model-missing]: moonshine-ear: ');
    expect(err).toContain('pctalk models pull moonshine-ear');
    expect([status, out]).toEqual([5, '']);
    expect((await pctalk('models', 'list')).out).toMatch(/moonshine-ear +missing +MIT/);
  });
});

describe('the flags of the neural path', () => {
  const render = ['render', '--sample', '--output', join(folder, 'out.mp4')];
  it.each([
    [['--renderer', 'gan'], 2, 'unknown-name', 'mesh or liveportrait'],
    [['--person', '3'], 2, 'usage', '--renderer liveportrait'],
    [['--renderer', 'liveportrait', '--profile', 'fast'], 2, 'unknown-name', 'default or pc-talk'],
    [['--renderer', 'liveportrait', '--person', '-1'], 2, 'value-out-of-range', '--person'],
    [['--renderer', 'liveportrait', '--person', '1:x,2:1'], 2, 'value-out-of-range', 'PERSON:SHARE'],
    [['--renderer', 'liveportrait', '--device', 'tpu'], 2, 'unknown-name', 'cpu or cuda or webgpu'],
    [['--no-stitching'], 2, 'usage', '--no-stitching'],
    [['--eye-openness', '0.3'], 2, 'usage', '--eye-openness'],
    [['--renderer', 'liveportrait', '--eye-openness', '0.9'], 2, 'value-out-of-range', 'from 0 to 0.8'],
    [['--renderer', 'liveportrait', '--lip-openness', 'wide'], 2, 'value-out-of-range', "got 'wide'"],
    [['--renderer', 'liveportrait', '--lip-openness', 'reference'], 2, 'usage', '--motion-reference'],
    [['--renderer', 'liveportrait', '--motion-multiplier', '-1'], 2, 'value-out-of-range', 'from 0 to 2'],
    [['--renderer', 'liveportrait', '--relative-motion'], 2, 'usage', '--motion-reference'],
    [['--renderer', 'liveportrait', '--normalise-lips'], 2, 'usage', '--relative-motion'],
    [
      ['--renderer', 'liveportrait', '--driving-option', 'fast', '--relative-motion', '--motion-reference', 'x.pkl'],
      2,
      'unknown-name',
      'expression-friendly',
    ],
    [['--renderer', 'liveportrait', '--profile', 'pc-talk', '--relative-motion'], 2, 'usage', 'pc-talk'],
    [['--renderer', 'liveportrait', '--overlap', '2.5'], 2, 'value-out-of-range', '--overlap'],
    [['--renderer', 'liveportrait', '--emotion-person', 'x'], 2, 'value-out-of-range', '--emotion-person'],
    [['--renderer', 'liveportrait'], 5, 'model-missing', 'pctalk models pull'],
  ])('refuses %j', async (flags, wanted, code, part) => {
    const { status, err } = await pctalk(...render, ...flags);
    expect(err).toContain(`error [${code}]: `);
    expect(err).toContain(part);
    expect(status).toBe(wanted);
  });
});
