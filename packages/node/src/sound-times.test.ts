import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ffmpegSync, wave } from '../test/sounds.ts';
import { decodeAudio, framesOf, inspectAudio, SPEECH_RATE } from './audio-decode.ts';
import { openVideoEncoder } from './video-encode.ts';

const folder = mkdtempSync(join(tmpdir(), 'pctalk-times-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

const RATE = 48_000;
/** Two seconds of silence with a click of 5 ms every half second from `CLICKS[0]` on. */
const CLICKS = [0.1, 0.6, 1.1, 1.6];
beforeAll(() => {
  const samples = new Float32Array(2 * RATE);
  for (const time of CLICKS) {
    for (let n = 0; n < 0.005 * RATE; n++) samples[Math.round(time * RATE) + n] = n % 48 < 24 ? 0.9 : -0.9;
  }
  writeFileSync(at('clicks.wav'), wave(samples, RATE));
  const pictures = ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=25:d=3', '-pix_fmt', 'yuv420p'];
  ffmpegSync([...pictures, '-c:v', 'libx264', '-bf', '0', at('pictures.mp4')]);
  ffmpegSync(['-f', 'lavfi', '-i', 'anullsrc=r=16000:cl=mono', '-t', '3', '-c:a', 'pcm_s16le', at('silence.wav')]);
});

/** When the sound is loud after at least 0.1 s of quiet, seconds. */
function onsets(samples: Float32Array): number[] {
  const found: number[] = [];
  let last = -SPEECH_RATE;
  for (const [n, value] of samples.entries()) {
    if (Math.abs(value) < 0.25) continue;
    if (n - last > SPEECH_RATE / 10) found.push(n / SPEECH_RATE);
    last = n;
  }
  return found;
}

async function heard(path: string): Promise<number[]> {
  const pieces: number[] = [];
  for await (const piece of decodeAudio(path)) pieces.push(...piece);
  return onsets(Float32Array.from(pieces));
}

function near(times: readonly number[], wanted: readonly number[], within = 0.012): void {
  expect(times.length, `${times} for ${wanted}`).toBe(wanted.length);
  for (const [n, time] of times.entries()) expect(Math.abs(time - wanted[n]!), `${times}`).toBeLessThan(within);
}

/** The pictures with the clicks beside them, which begin late or have a part cut out of the middle. */
function clip(name: string, codec: readonly string[], { late = 0, gap }: { late?: number; gap?: string }): string {
  const sound = ['-itsoffset', `${late}`, '-i', at('clicks.wav')];
  const filter = gap === undefined ? [] : ['-af', `aselect='not(between(t,${gap}))'`];
  const maps = ['-map', '0:v', '-map', '1:a', ...filter];
  ffmpegSync(['-i', at('pictures.mp4'), ...sound, ...maps, ...codec, at(name)]);
  return at(name);
}

const KINDS: readonly (readonly [string, readonly string[]])[] = [
  ['mp4', ['-c:v', 'copy', '-c:a', 'aac', '-b:a', '128k']],
  ['mov', ['-c:v', 'copy', '-c:a', 'alac']],
  ['mkv', ['-c:v', 'copy', '-c:a', 'pcm_s16le']],
  ['ts', ['-c:v', 'copy', '-c:a', 'aac', '-b:a', '128k']],
  ['webm', ['-c:v', 'libvpx', '-deadline', 'realtime', '-c:a', 'libopus']],
];

describe('the times of a sound', () => {
  for (const [kind, codec] of KINDS) {
    it(`are kept where it begins late: ${kind}`, async () => {
      const path = clip(`late.${kind}`, codec, { late: 0.8 });
      near(
        await heard(path),
        CLICKS.map((time) => time + 0.8),
        0.02,
      );
    });

    it(`are kept where it has a gap: ${kind}`, async () => {
      const path = clip(`gap.${kind}`, codec, { gap: '0.3,0.9' });
      const times = await heard(path);
      near([times[0]!, ...times.slice(-2)], [0.1, 1.1, 1.6], 0.025); // A frame of AAC comes first in MPEG-TS.
    });
  }

  it('are kept by small steps', async () => {
    const lost = 'mod(floor(t/0.02),5)'; // every fifth packet of 20 ms
    ffmpegSync([
      '-i',
      at('clicks.wav'),
      '-af',
      `asetnsamples=960,aselect='${lost}'`,
      '-c:a',
      'pcm_s16le',
      at('lost.mkv'),
    ]);
    const times = await heard(at('lost.mkv'));
    expect(Math.abs(times.at(-1)! - 1.6)).toBeLessThan(0.045);
  });

  it('count from the first of all streams, whatever the clock said', async () => {
    const path = clip('clock.ts', [...KINDS[3]![1], '-output_ts_offset', '5000'], { late: 0.4 });
    near(
      await heard(path),
      CLICKS.map((time) => time + 0.4),
      0.02,
    );
  });

  it('of a file with nothing else begin where it begins, whole', async () => {
    for (const [name, options] of [
      ['late.m4a', ['-c:a', 'aac']],
      ['late.mka', ['-c:a', 'pcm_s16le']],
      ['late.opus.webm', ['-c:a', 'libopus', '-copyts']],
    ] as const) {
      ffmpegSync(['-itsoffset', '0.6', '-i', at('clicks.wav'), ...options, at(name)]);
      expect(framesOf((await inspectAudio(at(name))).duration), name).toBeGreaterThanOrEqual(50);
      const times = await heard(at(name));
      near(
        times,
        CLICKS.map((time) => time - CLICKS[0]! + times[0]!),
      );
    }
    ffmpegSync(['-i', at('clicks.wav'), '-af', "aselect='not(between(t,0.7,1))'", '-c:a', 'pcm_s16le', at('gap.mka')]);
    expect((await inspectAudio(at('gap.mka'))).samples).toBe(2 * SPEECH_RATE);
  });

  it('leave out what codecs put before it', async () => {
    for (const [name, options] of [
      ['pre.webm', ['-c:a', 'libopus']],
      ['pre.ogg', ['-c:a', 'libopus']],
      ['pre.mp3', ['-c:a', 'libmp3lame']],
      ['vorbis.webm', ['-c:a', 'libvorbis']],
    ] as const) {
      ffmpegSync(['-i', at('clicks.wav'), ...options, at(name)]);
      near(await heard(at(name)), CLICKS, 0.008);
    }
  });

  it('do not cost memory for what no one recorded', async () => {
    const jump = "asetpts='if(lt(T,1),PTS,PTS+3600/TB)'";
    ffmpegSync(['-i', at('clicks.wav'), '-af', jump, '-c:a', 'pcm_s16le', at('hours.mka')]);
    let samples = 0;
    const read = async () => {
      for await (const piece of decodeAudio(at('hours.mka'))) samples += piece.length;
    };
    await expect(read()).rejects.toMatchObject({ code: 'audio-unreadable' });
    expect(samples / SPEECH_RATE).toBeLessThan(603);
  });

  it('cannot hide that a file is cut', async () => {
    ffmpegSync(['-itsoffset', '0.6', '-i', at('clicks.wav'), '-c:a', 'libvorbis', '-copyts', at('whole.webm')]);
    const bytes = readFileSync(at('whole.webm'));
    writeFileSync(at('cut.webm'), bytes.subarray(0, Math.floor(bytes.length * 0.7)));
    await expect(inspectAudio(at('cut.webm'))).rejects.toMatchObject({ code: 'audio-unreadable' });
  });
});

describe('a video laid under a sound with times', () => {
  /** Three seconds of grey with this sound; what is heard then, seconds. */
  async function laid(audio: string, second?: { readonly path: string; readonly speech: boolean }): Promise<number[]> {
    const output = at('out.mp4');
    const info = await inspectAudio(audio);
    const sound = second && { ...second, level: 1 };
    {
      const size = { width: 64, height: 64 };
      await using encoder = openVideoEncoder({ ...size, audio: { path: audio, info }, sound, duration: 3, output });
      for (let n = 0; n < 75; n++) await encoder.write(new Uint8ClampedArray(64 * 64 * 4).fill(99));
      await encoder.finish();
    }
    const raw = ffmpegSync([
      '-i',
      output,
      '-map',
      '0:a:0',
      '-ac',
      '1',
      '-ar',
      `${SPEECH_RATE}`,
      '-f',
      'f32le',
      'pipe:1',
    ]);
    return onsets(new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length)));
  }

  it('speaks when the speech does', async () => {
    near(
      await laid(clip('speech.mp4', KINDS[0]![1], { late: 0.8 })),
      CLICKS.map((time) => time + 0.8),
      0.02,
    );
  });

  it.each([false, true])('keeps the times of the other sound, speech beside it: %s', async (speech) => {
    const late = clip('other.mp4', KINDS[0]![1], { late: 0.8 });
    near(
      await laid(at('silence.wav'), { path: late, speech }),
      CLICKS.map((time) => time + 0.8),
      0.02,
    );
    const gap = clip('other.mkv', KINDS[2]![1], { gap: '0.3,0.9' });
    const times = await laid(at('silence.wav'), { path: gap, speech });
    near(times.slice(-2), [1.1, 1.6], 0.02);
  });
});
