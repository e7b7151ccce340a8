import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ffmpegSync } from '../test/sounds.ts';
import { isVideoFile } from './is-video-file.ts';
import { probeVideo } from './probe-video.ts';
import { sampleFiles } from './sample.ts';
import { clipDecode } from './track-clip.ts';
import { decodeI420 } from './video-decode.ts';

const folder = mkdtempSync(join(tmpdir(), 'pctalk-containers-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

const H264 = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-g', '17'];
const KINDS: readonly (readonly [kind: string, codec: readonly string[]])[] = [
  ['mp4', H264],
  ['mov', H264],
  ['matroska', H264],
  ['webm', ['-c:v', 'libvpx', '-g', '17', '-deadline', 'realtime']],
  ['avi', ['-c:v', 'mpeg4', '-g', '17', '-q:v', '2']],
  ['mpegts', H264],
  ['mpegts', [...H264, '-mpegts_m2ts_mode', '1']],
  ['mpeg', ['-c:v', 'mpeg2video', '-g', '17', '-q:v', '2']],
  ['asf', ['-c:v', 'wmv2', '-g', '17', '-q:v', '2']],
  ['flv', H264],
  ['gif', []],
];

describe('a clip', () => {
  for (const [kind, codec] of KINDS) {
    it(`is known by its content and read from anywhere: ${kind} ${codec.slice(6).join(' ')}`, async () => {
      const path = at(`nameless-${kind}-${codec.length}`);
      ffmpegSync(['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=2.8', ...codec, '-f', kind, path]);
      expect(await isVideoFile(path)).toBe(true);
      const decode = clipDecode(await probeVideo(path));
      const all: Buffer[] = [];
      for await (const { data } of decodeI420(path, decode)) all.push(Buffer.from(data));
      expect(all.length).toBe(70);
      for (const from of [33, 57]) {
        const frames: Uint8Array[] = [];
        for await (const { data } of decodeI420(path, { ...decode, from, count: 1 })) frames.push(data);
        expect(Buffer.compare(frames[0]!, all[from]!), `frame ${from}`).toBe(0);
      }
    });
  }

  it('that is not read is spoken of as a clip, by its name', async () => {
    for (const name of ['a.wmv', 'a.ts', 'a.MTS', 'a.gif', 'a.flv', 'a.mpg', 'a.3gp', 'a.ogv', 'a.rm', 'a.mxf']) {
      writeFileSync(at(name), 'this is no clip, whatever its name says');
      expect(await isVideoFile(at(name)), name).toBe(true);
      await expect(probeVideo(at(name))).rejects.toMatchObject({ code: 'video-unreadable' });
      expect(await isVideoFile(join(folder, 'nowhere', name)), name).toBe(true);
    }
  });

  it('is no picture, whatever its name', async () => {
    ffmpegSync(['-i', sampleFiles().source, '-f', 'image2', '-c:v', 'png', at('picture.mp4')]);
    writeFileSync(at('note.txt'), `Good ${'g'.repeat(400)}`);
    for (const path of [sampleFiles().source, at('picture.mp4'), at('note.txt'), folder, at('nowhere.png')]) {
      expect(await isVideoFile(path), path).toBe(false);
    }
  });

  it('that is cut is refused: GIF and WMV say where they end', async () => {
    for (const [kind, codec] of [
      ['gif', []],
      ['asf', ['-c:v', 'wmv2']],
    ] as const) {
      ffmpegSync(['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=0.4', ...codec, '-f', kind, at(`whole.${kind}`)]);
      const whole = readFileSync(at(`whole.${kind}`));
      for (const share of [0.4, 0.8]) {
        writeFileSync(at('cut'), whole.subarray(0, Math.floor(whole.length * share)));
        await expect(probeVideo(at('cut')), `${kind} ${share}`).rejects.toMatchObject({ code: 'video-unreadable' });
      }
      const warnings: string[] = [];
      writeFileSync(at('stray'), Buffer.concat([whole, Buffer.from('stray bytes')]));
      await probeVideo(at('stray'), { onWarning: ({ code }) => warnings.push(code) });
      expect(warnings, kind).toEqual(kind === 'gif' ? ['file-end'] : []);
    }
  });
});
