import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { findFileEnd } from './audio-truncation.ts';
import { HeaderReader } from './header-reader.ts';
import { probeVideo } from './probe-video.ts';

const folder = mkdtempSync(join(tmpdir(), 'pctalk-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A container of `count` empty boxes or chunks. */
function hollow(name: string, count: number): string {
  const isWave = name.endsWith('.wav');
  const head = isWave
    ? Buffer.from('RIFF\xff\xff\xff\x7fWAVE', 'latin1')
    : Buffer.from('\x00\x00\x00\x08ftyp', 'latin1');
  const each = isWave ? Buffer.from('JUNK\x00\x00\x00\x00', 'latin1') : Buffer.from('\x00\x00\x00\x08free', 'latin1');
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat([head, Buffer.alloc(8 * count, each)]));
  return path;
}

describe('HeaderReader', () => {
  it('reads the file once each 64 kB, however many headers that holds', async () => {
    await using file = await open(hollow('few.mp4', 100_000));
    const read = vi.spyOn(file, 'read');
    const headers = new HeaderReader(file, 'few.mp4');
    for (let at = 0; at < 800_000; at += 8) {
      expect((await headers.read(at, 16)).toString('latin1', 4, 8)).toMatch(/ftyp|free/);
    }
    expect(read.mock.calls.length).toBeLessThan(15);
  });

  it('gives what is there at the end of the file', async () => {
    await using file = await open(hollow('end.mp4', 1));
    const headers = new HeaderReader(file, 'end.mp4');
    expect([(await headers.read(8, 16)).length, (await headers.read(16, 16)).length]).toEqual([8, 0]);
  });
});

describe('a file of empty boxes or chunks', () => {
  it.each(['moov', 'moov,udta', 'moov,trak,mdia,minf,stbl', 'wide,moov', 'skip,moof'])(
    'is refused as too many inside %s too',
    async (parents) => {
      const names = parents.split(',');
      let boxes = Buffer.alloc(8 * 2 ** 20, Buffer.from('\x00\x00\x00\x08free', 'latin1'));
      for (const name of names.toReversed()) {
        const head = Buffer.alloc(8);
        head.writeUInt32BE(name === 'wide' || name === 'skip' ? 8 : 8 + boxes.length);
        head.write(name, 4);
        boxes = Buffer.concat([head, boxes]);
      }
      writeFileSync(join(folder, 'nested.mp4'), boxes);
      await expect(probeVideo(join(folder, 'nested.mp4'))).rejects.toMatchObject({ code: 'limit-exceeded' });
    },
  );

  it.each(['boxes.mp4', 'chunks.wav'])('is refused as too many: %s', async (name) => {
    const path = hollow(name, 2 ** 21);
    await expect(findFileEnd(path)).rejects.toMatchObject({ code: 'limit-exceeded' });
    if (name.endsWith('.mp4')) await expect(probeVideo(path)).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});
