import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { ffmpegSync, wave } from '../test/sounds.ts';
import { decodeAudio, inspectAudio, SPEECH_RATE } from './audio-decode.ts';
import { createOutputFile } from './output-file.ts';
import { probeVideo } from './probe-video.ts';
import { FRAME_RATE, openVideoEncoder } from './video-encode.ts';

const folder = mkdtempSync(join(tmpdir(), 'pctalk-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

/** Silence with one click of 5 ms, as a file of any format. */
function click(name: string, seconds: number, clickTime: number, sampleRate = 44_100): string {
  const samples = new Float32Array(Math.round(seconds * sampleRate));
  for (let n = 0; n < 0.005 * sampleRate; n++) samples[Math.round(clickTime * sampleRate) + n] = n % 8 < 4 ? 0.9 : -0.9;
  writeFileSync(at('click.wav'), wave(samples, sampleRate));
  ffmpegSync(['-i', at('click.wav'), at(name)]);
  return at(name);
}

/** Encodes frames filled with `colour(frameIndex)`. */
async function encode(
  audio: string,
  output: string,
  size: { width: number; height: number },
  colour: (frame: number) => readonly [number, number, number],
): Promise<number> {
  const info = await inspectAudio(audio);
  const frames = Math.ceil(info.duration * FRAME_RATE);
  await using encoder = openVideoEncoder({ ...size, audio: { path: audio, info }, output });
  const frame = new Uint8ClampedArray(size.width * size.height * 4);
  for (let n = 0; n < frames; n++) {
    const [r, g, b] = colour(n);
    for (let i = 0; i < frame.length; i += 4) frame.set([r, g, b, 255], i);
    await encoder.write(frame);
  }
  await encoder.finish();
  return frames;
}

/** Frames as RGB of the top left pixel, converted by BT.709. */
function colours(video: string): number[][] {
  const filter = 'scale=2:2:flags=neighbor:in_color_matrix=bt709:in_range=tv:out_range=pc,format=rgb24';
  const data = ffmpegSync(['-i', video, '-vf', filter, '-f', 'rawvideo', 'pipe:1']);
  return Array.from({ length: data.length / 12 }, (_, n) => [...data.subarray(n * 12, n * 12 + 3)]);
}

/** Time of the loudest sample as a player hears it (presentation times honoured), seconds. */
function clickTime(video: string): number {
  const data = ffmpegSync([
    '-i',
    video,
    '-af',
    'aresample=48000:async=1:first_pts=0',
    '-ac',
    '1',
    '-f',
    'f32le',
    'pipe:1',
  ]);
  const samples = new Float32Array(data.buffer.slice(data.byteOffset, data.byteOffset + (data.length & ~3)));
  return samples.findIndex((value) => Math.abs(value) > 0.3) / 48_000;
}

describe('openVideoEncoder', () => {
  it.each([
    ['c.wav', 44_100],
    ['c.mp3', 44_100],
    ['c.m4a', 48_000],
    ['c.ogg', 16_000],
    ['c.flac', 96_000],
  ])('keeps picture and sound within half a frame: %s at %i Hz', async (name, rate) => {
    const sound = click(name, 2.5, 1, rate);
    const frames = await encode(sound, at('sync.mp4'), { width: 64, height: 64 }, (n) =>
      n === 25 ? [255, 255, 255] : [0, 0, 0],
    );
    const flash = colours(at('sync.mp4'));
    expect(flash.length).toBe(frames);
    const flashTime = flash.findIndex((rgb) => rgb[0]! > 128) / FRAME_RATE;
    expect(Math.abs(clickTime(at('sync.mp4')) - flashTime)).toBeLessThan(0.5 / FRAME_RATE);
  });

  it('keeps colours through BT.709', async () => {
    const wanted = [
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
      [224, 172, 105],
      [141, 85, 36],
      [128, 128, 128],
      [255, 255, 255],
      [0, 0, 0],
    ] as const;
    const sound = click('colour.wav', wanted.length / FRAME_RATE, 0.1);
    await encode(sound, at('colour.mp4'), { width: 64, height: 64 }, (n) => wanted[n]!);
    const got = colours(at('colour.mp4'));
    for (const [n, rgb] of wanted.entries()) {
      for (const c of [0, 1, 2]) expect(Math.abs(got[n]![c]! - rgb[c]!), `${rgb} -> ${got[n]}`).toBeLessThanOrEqual(4);
    }
  });

  it.each([0.1, 0.04, 1.01])('covers %f s of sound with whole frames', async (seconds) => {
    const frames = await encode(click('short.wav', seconds, 0.02), at('short.mp4'), { width: 64, height: 64 }, () => [
      9, 9, 9,
    ]);
    expect(frames).toBe(Math.ceil(seconds * FRAME_RATE));
    expect(colours(at('short.mp4')).length).toBe(frames);
  });

  it.each(['bt601', 'bt709', 'bt2020'] as const)('encodes planes of %s as they are and says so', async (format) => {
    const audio = click('planes.wav', 0.1, 0.05);
    const info = await inspectAudio(audio);
    const output = at(`planes-${format}.mp4`);
    {
      await using encoder = openVideoEncoder({ width: 32, height: 32, format, audio: { path: audio, info }, output });
      const planes = new Uint8Array(32 * 32 * 1.5).fill(90, 0, 1024).fill(140, 1024, 1280).fill(110, 1280);
      for (let n = 0; n < 3; n++) await encoder.write(planes);
      await encoder.finish();
    }
    const data = ffmpegSync(['-i', output, '-f', 'rawvideo', '-pix_fmt', 'yuv420p', 'pipe:1']);
    expect([data[500], data[1100], data[1400]]).toEqual([90, 140, 110]);
    expect((await probeVideo(output)).colour.matrix).toBe(format);
  });

  it('drops the odd row and column', async () => {
    await encode(click('odd.wav', 0.2, 0.1), at('odd.mp4'), { width: 67, height: 65 }, () => [200, 10, 10]);
    expect(ffmpegSync(['-i', at('odd.mp4'), '-f', 'rawvideo', 'pipe:1']).length).toBe((5 * 66 * 64 * 3) / 2);
  });

  it('lays sound that starts late in its own file where the decoder hears it', async () => {
    const sound = click('late.wav', 1, 0.5);
    ffmpegSync([
      '-f',
      'lavfi',
      '-i',
      'color=c=red:s=64x64:r=25:d=2',
      '-itsoffset',
      '0.6',
      '-i',
      sound,
      '-pix_fmt',
      'yuv420p',
      at('late.mp4'),
    ]);
    await encode(at('late.mp4'), at('late-out.mp4'), { width: 64, height: 64 }, () => [1, 1, 1]);
    let heard = -1;
    let samples = 0;
    for await (const chunk of decodeAudio(at('late.mp4'))) {
      const found = chunk.findIndex((value) => Math.abs(value) > 0.3);
      if (heard < 0 && found >= 0) heard = (samples + found) / SPEECH_RATE;
      samples += chunk.length;
    }
    expect(Math.abs(clickTime(at('late-out.mp4')) - heard)).toBeLessThan(0.005);
  });

  it('leaves no private tag of the sound in the video', async () => {
    ffmpegSync([
      '-i',
      click('tag.wav', 0.5, 0.1),
      '-metadata',
      'title=PRIVATE-TITLE',
      '-metadata',
      'artist=PRIVATE-ARTIST',
      at('tag.mp3'),
    ]);
    await encode(at('tag.mp3'), at('tag.mp4'), { width: 64, height: 64 }, () => [1, 1, 1]);
    expect(readFileSync(at('tag.mp4')).includes('PRIVATE')).toBe(false);
  });

  it('tags what it wrote, index in front', async (context) => {
    await encode(click('probe.wav', 1, 0.5), at('probe.mp4'), { width: 64, height: 64 }, () => [50, 60, 70]);
    const file = readFileSync(at('probe.mp4'));
    expect(file.indexOf('moov')).toBeLessThan(file.indexOf('mdat'));
    const probe = spawnSync('ffprobe', ['-v', 'error', '-show_streams', '-of', 'json', at('probe.mp4')], {
      encoding: 'utf8',
    });
    if (probe.error) return context.skip('ffprobe is not installed');
    const [video, audio] = JSON.parse(probe.stdout).streams;
    expect(video).toMatchObject({
      codec_name: 'h264',
      pix_fmt: 'yuv420p',
      avg_frame_rate: '25/1',
      nb_frames: '25',
      start_time: '0.000000',
      has_b_frames: 0,
      color_range: 'tv',
      color_space: 'bt709',
      color_transfer: 'bt709',
      color_primaries: 'bt709',
    });
    expect(audio).toMatchObject({ codec_name: 'aac', sample_rate: '44100', start_time: '0.000000' });
    expect(Number(audio.duration)).toBeCloseTo(1, 2);
  });

  it('kills the encoder when cancelled and leaves nothing', async () => {
    mkdirSync(at('cancel'));
    const audio = click('cancel.wav', 4, 1);
    const info = await inspectAudio(audio);
    const stop = new AbortController();
    const run = async (): Promise<void> => {
      await using output = await createOutputFile(at('cancel/out.mp4'));
      await using encoder = openVideoEncoder({
        width: 512,
        height: 512,
        audio: { path: audio, info },
        output: output.temporary,
        signal: stop.signal,
      });
      const frame = new Uint8ClampedArray(512 * 512 * 4);
      for (let n = 0; n < 100; n++) {
        if (n === 40) stop.abort();
        await encoder.write(frame);
      }
      await encoder.finish();
      await output.commit();
    };
    await expect(run()).rejects.toMatchObject({ code: 'cancelled' });
    expect(readdirSync(at('cancel'))).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('tells what ended the encoder', async () => {
    const audio = click('ended.wav', 1, 0.5);
    const info = await inspectAudio(audio);
    const stop = async (name: string, script: string): Promise<void> => {
      writeFileSync(at(name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      vi.stubEnv('PCTALK_FFMPEG', at(name));
      writeFileSync(at('ended.mp4'), '');
      await using encoder = openVideoEncoder({
        width: 64,
        height: 64,
        audio: { path: audio, info },
        output: at('ended.mp4'),
      });
      vi.unstubAllEnvs();
      for (let n = 0; n < 25; n++) await encoder.write(new Uint8Array(64 * 64 * 4));
      await encoder.finish();
    };
    const failed = (part: string) => ({ code: 'media-tool-failed', message: expect.stringContaining(part) });
    await expect(stop('killed', 'kill -KILL $$')).rejects.toMatchObject(failed('SIGKILL'));
    await expect(stop('at-end', 'cat >/dev/null; kill -KILL $$')).rejects.toMatchObject(failed('SIGKILL'));
    await expect(stop('no-codec', 'cat >/dev/null; echo Unknown encoder >&2; exit 1')).rejects.toMatchObject(
      failed('Unknown encoder'),
    );
    const full = { code: 'output-unwritable', message: expect.stringContaining('No space left') };
    await expect(stop('full', 'cat >/dev/null; echo No space left on device >&2; exit 1')).rejects.toMatchObject(full);
    const gone = { code: 'output-unwritable', message: expect.stringContaining('removed') };
    await expect(stop('gone', `cat >/dev/null; rm ${at('ended.mp4')}; exit 1`)).rejects.toMatchObject(gone);
  });

  it('reports a full disk', async (context) => {
    if (!existsSync('/dev/full')) return context.skip('/dev/full does not exist here');
    symlinkSync('/dev/full', at('full.mp4'));
    const run = encode(click('full.wav', 1, 0.5), at('full.mp4'), { width: 64, height: 64 }, () => [1, 2, 3]);
    await expect(run).rejects.toMatchObject({ code: 'output-unwritable' });
  });
});
