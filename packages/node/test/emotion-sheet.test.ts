import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TalkerCore } from '@pctalk/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawEmotionSheet } from '../src/emotion-sheet.ts';
import { decodeImage, encodePng } from '../src/image.ts';
import { createNodeRuntime } from '../src/onnx-runtime.ts';
import { verifyProvenance } from '../src/provenance.ts';
import { sampleFiles } from '../src/sample.ts';
import { readTalkerAssets } from '../src/talker-assets.ts';

describe('emotion sheet', () => {
  let folder: string;
  let core: TalkerCore;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pctalk-sheet-'));
    core = await TalkerCore.create(createNodeRuntime(), await readTalkerAssets());
  });
  afterAll(async () => {
    await core.dispose();
    await rm(folder, { recursive: true });
  });

  it('draws each emotion stronger from left to right, signed with consent', async () => {
    const output = join(folder, 'sheet.png');
    const { width, height } = await drawEmotionSheet(core, { ...sampleFiles(), output, kind: 'intensity' });
    const image = await decodeImage(output);
    expect([image.width, image.height]).toEqual([width, height]);
    const tile = (width - 130) / 4;
    const differs = (row: number, a: number, b: number) => {
      let sum = 0;
      for (let y = 26 + row * tile; y < 26 + (row + 1) * tile; y++) {
        for (let x = 0; x < tile; x++) {
          const at = (column: number) => (y * width + 130 + column * tile + x) * 4;
          sum += Math.abs(image.data[at(a)]! - image.data[at(b)]!);
        }
      }
      return sum / tile ** 2;
    };
    for (let row = 0; row < 7; row++) expect(differs(row, 0, 3)).toBeGreaterThan(differs(row, 0, 1));
    const report = await verifyProvenance(output);
    expect(report.valid).toBe(true);
    expect(report.consent?.text).toContain('public-domain');
  });

  it('asks for consent, and leaves nothing behind', async () => {
    const source = join(folder, 'other.png');
    const { writeFile, readdir } = await import('node:fs/promises');
    await writeFile(source, await encodePng(await decodeImage(sampleFiles().source)));
    const output = join(folder, 'refused.png');
    await expect(drawEmotionSheet(core, { source, output, kind: 'compound' })).rejects.toMatchObject({
      code: 'consent-missing',
    });
    expect(await readdir(folder)).not.toContain('refused.png');
  });

  it('tells of a missing picture, and stops when it is cancelled', async () => {
    const { readdir } = await import('node:fs/promises');
    const output = join(folder, 'stopped.png');
    const missing = join(folder, 'none.jpg');
    await expect(drawEmotionSheet(core, { source: missing, output, kind: 'compound' })).rejects.toMatchObject({
      code: 'image-unreadable',
    });
    const signal = AbortSignal.abort();
    await expect(drawEmotionSheet(core, { ...sampleFiles(), output, kind: 'compound', signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect((await readdir(folder)).filter((name) => name.includes('stopped'))).toEqual([]);
  });
});
