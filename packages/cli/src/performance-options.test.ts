import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readPerformance } from './performance-options.ts';

const folder = mkdtempSync(join(tmpdir(), 'pctalk-performance-'));
afterAll(() => rmSync(folder, { recursive: true }));
const spoken = join(folder, 'spoken.json');
const words = ['hello', 'big', 'world', 'hello'].map((text, i) => ({ text, start: i, end: i + 0.5, origin: 'given' }));
writeFileSync(spoken, JSON.stringify({ version: 1, words, lipScale: 0.7 }));
const read = (flags: Parameters<typeof readPerformance>[0]) =>
  readPerformance({ performance: spoken, ...flags }, () => {}, 'none.wav');

describe('lip controls of the command line', () => {
  it('hold throughout, at words by text or number, or for a time', async () => {
    const { lipScale, articulation } = await read({
      lipScale: ['0.8', '1.3:hello', '1.1:#1-2'],
      articulation: ['opening:1.4:big world', 'pursing:0.7:0.5s-1s', 'widening:1.2'],
    });
    expect(lipScale).toEqual([
      { value: 0.8 },
      { value: 1.3, words: [0, 0] },
      { value: 1.3, words: [3, 3] },
      { value: 1.1, words: [1, 2] },
    ]);
    expect(articulation).toEqual([
      { movement: 'opening', scale: 1.4, words: [1, 2] },
      { movement: 'pursing', scale: 0.7, start: 0.5, end: 1 },
      { movement: 'widening', scale: 1.2 },
    ]);
  });

  it('take further movements from documents of their own, and refuse their names without', async () => {
    const file = join(folder, 'teeth.json');
    const teeth = { name: 'teeth', vector: { mouthUpperUpLeft: 1, mouthUpperUpRight: 1 } };
    writeFileSync(file, JSON.stringify(teeth));
    const given = await read({ articulationFile: [file], articulation: ['teeth:1.5:hello'] });
    expect(given.articulations).toEqual([teeth]);
    expect(given.articulation).toHaveLength(2);
    await expect(read({ articulation: ['teeth:1.5'] })).rejects.toMatchObject({ code: 'unknown-name' });
    writeFileSync(file, JSON.stringify({ name: 'teeth' }));
    await expect(read({ articulationFile: [file] })).rejects.toMatchObject({ code: 'performance-invalid' });
  });

  it('are a plain number where they are one, and leave the document alone where they are not given', async () => {
    expect((await read({ lipScale: ['1.2'] })).lipScale).toBe(1.2);
    expect((await read({})).lipScale).toBe(0.7);
  });

  it('are refused beyond their limits, at words that are not said and where malformed', async () => {
    await expect(read({ lipScale: ['2:hello'] })).rejects.toMatchObject({ code: 'value-out-of-range' });
    await expect(read({ lipScale: ['1.2:helo'] })).rejects.toMatchObject({ code: 'unknown-name' });
    await expect(read({ lipScale: ['1.2:#9'] })).rejects.toMatchObject({ code: 'performance-invalid' });
    await expect(read({ lipScale: ['1.2:hello:big'] })).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('files of the command line', () => {
  const write = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  it('are refused where a performance nests deep', async () => {
    const performance = write('deep.json', `{"version":1,"note":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    await expect(read({ performance })).rejects.toMatchObject({
      code: 'performance-invalid',
      message: expect.stringMatching(/got lists or objects more than 64 deep/),
    });
  });

  it('are refused where a transcript is no text, or its cues have no times', async () => {
    const transcript = write('picture.txt', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0x0d, 1, 2));
    await expect(read({ transcript })).rejects.toMatchObject({ code: 'transcript-mismatch' });
  });
});
