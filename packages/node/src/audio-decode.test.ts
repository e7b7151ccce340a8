import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { ffmpegSync, tone, wave } from '../test/sounds.ts';
import { decodeAudio, framesOf, inspectAudio, SPEECH_RATE } from './audio-decode.ts';

const folder = mkdtempSync(join(tmpdir(), 'pctalk-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

function soundFile(name: string, sampleRate = 44_100, seconds = 1.6): string {
  writeFileSync(at('original.wav'), wave(tone(seconds, sampleRate), sampleRate));
  if (name.endsWith('.wav')) writeFileSync(at(name), readFileSync(at('original.wav')));
  else ffmpegSync(['-i', at('original.wav'), ...(name.endsWith('.ogg') ? ['-c:a', 'libvorbis'] : []), at(name)]);
  return at(name);
}

async function samplesOf(input: string | Uint8Array): Promise<Float32Array> {
  const all: number[] = [];
  for await (const chunk of decodeAudio(input)) all.push(...chunk);
  return Float32Array.from(all);
}

/** Amplitude of the 440 Hz component by correlation. */
function amplitude(samples: Float32Array): number {
  let re = 0;
  let im = 0;
  for (let n = 0; n < samples.length; n++) {
    re += samples[n]! * Math.cos((2 * Math.PI * 440 * n) / SPEECH_RATE);
    im += samples[n]! * Math.sin((2 * Math.PI * 440 * n) / SPEECH_RATE);
  }
  return (2 * Math.hypot(re, im)) / samples.length;
}

describe('framesOf', () => {
  it('counts a frame for each 640 samples begun', () => {
    for (const samples of [1, 640, 641, 4480, 8960, 35_200]) {
      expect(framesOf(samples / 16_000), `${samples}`).toBe(Math.ceil(samples / 640));
    }
  });
});

describe('decodeAudio', () => {
  it.each(['a.wav', 'a.mp3', 'a.m4a', 'a.flac', 'a.ogg'])('hears the same tone in %s', async (name) => {
    const samples = await samplesOf(soundFile(name));
    expect(Math.abs(samples.length - 1.6 * SPEECH_RATE)).toBeLessThan(480);
    expect(amplitude(samples)).toBeCloseTo(0.5, 1);
  });

  it.each([8000, 11_025, 16_000, 22_050, 48_000, 96_000])('keeps the length at %i Hz', async (rate) => {
    const info = await inspectAudio(soundFile('rate.wav', rate));
    expect(info).toEqual({ samples: 25_600, duration: 1.6, sampleRate: rate, channels: 1 });
  });

  it('reads bytes as it reads a file, and leaves nothing behind', async () => {
    const path = soundFile('bytes.m4a');
    const own = join(folder, 'tmp');
    mkdirSync(own);
    vi.stubEnv('TMPDIR', own);
    expect(await samplesOf(readFileSync(path))).toEqual(await samplesOf(path));
    expect(readdirSync(own)).toEqual([]);
    vi.unstubAllEnvs();
  });

  it.each(['-i.wav', 'a\'b "c" $(x);é%20:|.wav', 'new\nline.wav', 'http:\\x.wav', 'pipe:0.wav'])(
    'takes the name %j literally',
    async (name) => {
      expect((await inspectAudio(soundFile(name))).samples).toBe(25_600);
    },
  );

  it('reads the tenth of a second', async () => {
    expect((await inspectAudio(soundFile('short.wav', 44_100, 0.1))).samples).toBe(1600);
  });

  it.each(['t.wav', 't.mp3', 't.m4a', 't.flac', 't.ogg'])('refuses a cut %s', async (name) => {
    const whole = readFileSync(soundFile(name));
    writeFileSync(at(name), whole.subarray(0, Math.floor(whole.length * 0.6)));
    await expect(inspectAudio(at(name))).rejects.toMatchObject({ code: 'audio-unreadable' });
  });

  it('refuses a cut m4a whose index stands in front', async () => {
    ffmpegSync(['-i', soundFile('whole.m4a'), '-c', 'copy', '-movflags', '+faststart', at('front.m4a')]);
    const whole = readFileSync(at('front.m4a'));
    writeFileSync(at('front.m4a'), whole.subarray(0, Math.floor(whole.length * 0.8)));
    await expect(inspectAudio(at('front.m4a'))).rejects.toMatchObject({ code: 'audio-unreadable' });
  });

  it('refuses what is no sound', async () => {
    writeFileSync(at('text.wav'), 'this is no sound');
    writeFileSync(at('list.m3u8'), `#EXTM3U\n#EXTINF:1,\n${soundFile('a.wav')}\n`);
    writeFileSync(at('list.ffconcat'), `ffconcat version 1.0\nfile '${at('a.wav')}'\n`);
    mkdirSync(at('folder.wav'));
    for (const name of ['text.wav', 'list.m3u8', 'list.ffconcat', 'folder.wav', 'missing.wav', 'a\0b.wav']) {
      await expect(inspectAudio(at(name)), name).rejects.toMatchObject({ code: 'audio-unreadable' });
    }
  });

  it('refuses a number that is none', async () => {
    const samples = new Float32Array(16_000);
    samples[8000] = Number.NaN;
    writeFileSync(at('nan.f32'), new Uint8Array(samples.buffer));
    ffmpegSync(['-f', 'f32le', '-ar', '16000', '-ac', '1', '-i', at('nan.f32'), '-c:a', 'pcm_f32le', at('nan.wav')]);
    await expect(inspectAudio(at('nan.wav'))).rejects.toMatchObject({ code: 'audio-unreadable' });
  });

  it('calls a sound without samples empty', async () => {
    writeFileSync(at('none.wav'), wave(new Float32Array(0), 16_000));
    writeFileSync(at('zero.wav'), '');
    for (const name of ['none.wav', 'zero.wav']) {
      await expect(inspectAudio(at(name)), name).rejects.toMatchObject({ code: 'audio-empty' });
    }
  });

  it('says of a video without sound that it has none', async () => {
    ffmpegSync(['-f', 'lavfi', '-i', 'color=c=red:s=64x64:d=1', '-pix_fmt', 'yuv420p', at('mute.mp4')]);
    await expect(inspectAudio(at('mute.mp4'))).rejects.toMatchObject({
      code: 'audio-empty',
      message: expect.stringContaining('without sound'),
    });
  });

  it('stops when cancelled', async () => {
    const path = soundFile('long.wav', 16_000, 30);
    const stop = new AbortController();
    const run = async (): Promise<void> => {
      for await (const _ of decodeAudio(path, { signal: stop.signal })) stop.abort();
    };
    await expect(run()).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('says how to get ffmpeg when there is none', async () => {
    const before = process.env['PCTALK_FFMPEG'];
    process.env['PCTALK_FFMPEG'] = at('no-such-ffmpeg');
    try {
      await expect(inspectAudio(at('a.wav'))).rejects.toMatchObject({ code: 'media-tool-missing' });
    } finally {
      if (before === undefined) delete process.env['PCTALK_FFMPEG'];
      else process.env['PCTALK_FFMPEG'] = before;
    }
  });
});
