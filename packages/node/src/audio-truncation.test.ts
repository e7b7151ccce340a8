import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ffmpegSync, tone, wave } from '../test/sounds.ts';
import { inspectAudio } from './audio-decode.ts';
import { findFileEnd } from './audio-truncation.ts';
import { probeVideo } from './probe-video.ts';

const folder = mkdtempSync(join(tmpdir(), 'pctalk-end-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

function put(name: string, ...parts: (Uint8Array | string)[]): string {
  writeFileSync(at(name), Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array))));
  return at(name);
}

const SAMPLES = 16_000;
const plain = wave(tone(1, SAMPLES), SAMPLES);

/** The same tone behind another header. @param data what its `data` chunk announces, bytes */
function waveWith(riff: number, data: number): Buffer {
  const file = Buffer.from(plain);
  file.writeUInt32LE(riff, 4);
  file.writeUInt32LE(data, 40);
  return file;
}

function chunk(name: string, body: Uint8Array, length = body.length): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length & 1)]);
}

/** An RF64 file. @param large what `ds64` says of the samples, bytes */
function rf64(large: bigint, format: Buffer, samples: Buffer, magic = 'RF64'): Buffer {
  const sizes = Buffer.alloc(28);
  sizes.writeBigUInt64LE(large, 8);
  const head = Buffer.concat([Buffer.from(magic), Buffer.from([255, 255, 255, 255]), Buffer.from('WAVE')]);
  return Buffer.concat([head, chunk('ds64', sizes), format, chunk('data', samples, 0xffff_ffff)]);
}

const PCM = plain.subarray(44);
const FORMAT = plain.subarray(12, 36);

describe('the length of a WAV', () => {
  it.each([0, 0x7fff_ffff, 0x7fff_f000, 0x7fff_ffdb, 0x8000_0000, 0xffff_ffff, 0xffff_ffdb, 0xffff_f000])(
    'is that of its samples where nobody filled in another: %i',
    async (length) => {
      const info = await inspectAudio(put('placeholder.wav', waveWith(Math.min(length + 36, 0xffff_ffff), length)));
      expect(info.samples).toBe(SAMPLES);
    },
  );

  it.each([0.5, 0.9, 0.99])('shows that it is cut: %f of it', async (share) => {
    const cut = put('cut.wav', plain.subarray(0, 44 + 32_000 * share));
    await expect(inspectAudio(cut)).rejects.toMatchObject({ code: 'audio-unreadable' });
  });

  it('may count the header in', async () => {
    for (const slip of [8, 36, 44]) {
      expect((await inspectAudio(put('slip.wav', waveWith(32_036, 32_000 + slip)))).samples, `${slip}`).toBe(SAMPLES);
    }
  });

  it('ends before what follows the samples, odd or even', async () => {
    const notes = chunk('LIST', Buffer.from('INFOINAM\x03\0\0\0abc\0', 'latin1'));
    expect((await inspectAudio(put('notes.wav', plain, notes, 'stray'))).samples).toBe(SAMPLES);
    const format = Buffer.from(FORMAT);
    format.writeUInt32LE(SAMPLES, 16); // bytes a second
    format.writeUInt16LE(1, 20); // a sample of 8 bits
    format.writeUInt16LE(8, 22);
    for (const pad of [Buffer.alloc(0), Buffer.alloc(1)]) {
      const head = Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE'), format, chunk('data', Buffer.alloc(0), 4001)]);
      const odd = put('odd.wav', head, Buffer.alloc(4001, 140), pad, pad.length > 0 ? notes : '');
      expect((await inspectAudio(odd)).samples).toBe(4001);
    }
  });

  it.each(['RF64', 'BW64'])('stands in ds64: %s', async (magic) => {
    const whole = put('large.wav', rf64(32_000n, FORMAT, PCM, magic));
    expect(await findFileEnd(whole)).toEqual({ isCounted: true });
    if (magic === 'RF64') expect((await inspectAudio(whole)).samples).toBe(SAMPLES); // No ffmpeg of 2018 knows the other.
    const cut = put('large-cut.wav', rf64(32_000n, FORMAT, PCM.subarray(0, 16_000), magic));
    await expect(inspectAudio(cut)).rejects.toMatchObject({ code: 'audio-unreadable' });
  });

  it.each([0n, 2n ** 64n - 1n])('may be left out of ds64: %i', async (length) => {
    const info = await inspectAudio(put('streamed.wav', rf64(length, FORMAT, PCM)));
    expect(info).toMatchObject({ samples: SAMPLES, sampleRate: SAMPLES, channels: 1 });
  });

  it('may be missing from what ffmpeg streams, extensible formats too', async () => {
    for (const [name, codec] of [
      ['riff', ['-c:a', 'pcm_s24le', '-ac', '2', '-ar', '48000']],
      ['rf64', ['-c:a', 'pcm_s24le', '-ac', '2', '-ar', '48000', '-rf64', 'always']],
    ] as const) {
      put('whole.wav', plain);
      const streamed = put(`${name}.wav`, ffmpegSync(['-i', at('whole.wav'), ...codec, '-f', 'wav', 'pipe:1']));
      const info = await inspectAudio(streamed);
      expect(info, name).toMatchObject({ sampleRate: 48_000, channels: 2 });
      expect(Math.abs(info.samples - SAMPLES), name).toBeLessThan(8);
    }
  });
});

describe('what follows a whole file', () => {
  const heard = async (path: string) => {
    const warnings: string[] = [];
    const { samples } = await inspectAudio(path, { onWarning: ({ code }) => warnings.push(code) });
    return { samples, warnings };
  };
  const encoded = (name: string, ...options: string[]) => {
    put('whole.wav', plain);
    ffmpegSync(['-i', at('whole.wav'), ...options, at(name)]);
    return readFileSync(at(name));
  };
  const strays = ['\r\n\r\nextra bytes here', 'x', '\0\0\0\0\0\0\0\0\0\0', Buffer.alloc(70_000, 7)];

  it.each([
    ['end.m4a', []],
    ['front.m4a', ['-movflags', '+faststart']],
    ['pieces.m4a', ['-movflags', '+frag_keyframe+empty_moov', '-frag_duration', '200000']],
  ])('is left out with a warning: %s', async (name, options) => {
    const whole = encoded(name, ...options);
    const { samples, warnings } = await heard(at(name));
    expect(warnings).toEqual([]);
    for (const stray of strays) {
      expect(await heard(put('stray.m4a', whole, stray))).toEqual({ samples, warnings: ['file-end'] });
    }
  });

  it.each(['end.m4a', 'front.m4a', 'pieces.m4a'])('is no excuse for a cut file: %s', async (name) => {
    const whole = readFileSync(at(name));
    for (const share of [0.3, 0.7, 0.95]) {
      const cut = put('cut.m4a', whole.subarray(0, Math.floor(whole.length * share)));
      expect((await findFileEnd(cut)).missing, `${share}`).toBeDefined();
    }
  });

  it('is told of a clip too', async () => {
    const size = ['-f', 'lavfi', '-i', 'color=c=red:s=64x64:r=25:d=0.2', '-pix_fmt', 'yuv420p'];
    ffmpegSync([...size, at('red.mp4')]);
    const warnings: string[] = [];
    const stray = put('red-stray.mp4', readFileSync(at('red.mp4')), '\r\n\r\nextra bytes here');
    await probeVideo(stray, { onWarning: ({ code }) => warnings.push(code) });
    expect(warnings).toEqual(['file-end']);
  });

  it('is left out of Ogg, whose end mark may be missing, with a warning', async () => {
    const whole = encoded('plain.ogg', '-c:a', 'libvorbis');
    const { samples, warnings } = await heard(at('plain.ogg'));
    expect(warnings).toEqual([]);
    for (const stray of strays) {
      expect(await heard(put('stray.ogg', whole, stray))).toEqual({ samples, warnings: ['file-end'] });
    }
    const unmarked = Buffer.from(whole);
    unmarked[unmarked.lastIndexOf('OggS') + 5]! &= ~4;
    expect((await findFileEnd(put('unmarked.ogg', unmarked))).oddity).toContain('not marked');
    const pages = encoded('pages.ogg', '-c:a', 'libvorbis', '-page_duration', '200000');
    const shorter = await heard(put('shorter.ogg', pages.subarray(0, pages.lastIndexOf('OggS'))));
    expect(shorter.warnings).toEqual(['file-end']);
    expect(shorter.samples).toBeGreaterThan(0.6 * samples);
    const last = pages.lastIndexOf('OggS');
    for (const end of [last + 2, last + 20, last + 30, pages.length - 1]) {
      expect((await findFileEnd(put('cut.ogg', pages.subarray(0, end)))).missing, `${end}`).toBeDefined();
    }
  });
});
