import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clipFrameAt, type Performance, type RgbaImage } from '@pctalk/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ClipReader } from './clip-reader.ts';
import { openClip } from './dub-clip.ts';
import { findFfmpeg } from './ffmpeg.ts';
import { isVideoFile } from './is-video-file.ts';
import { sampleFiles } from './sample.ts';
import { createTalker, type Talker } from './talker.ts';
import { decodeVideo } from './video-decode.ts';

const { source: PORTRAIT, audio: SPEECH } = sampleFiles();
const folder = mkdtempSync(join(tmpdir(), 'pctalk-dub-'));
const clip = join(folder, 'clip.mov');
const speech = join(folder, 'speech.wav');
const warnings: { code: string; message: string }[] = [];
let talker: Talker;

beforeAll(async () => {
  process.env['PCTALK_CACHE'] = join(folder, 'cache');
  // The portrait sways and nods a little, 30 frames a second, with a tone; frames 12 to 17 (25 a second: 10 to 14) are black.
  const sway = "rotate='0.03*sin(n/5)',crop=480:480:'16+6*sin(n/7)':'16+4*sin(n/9)'";
  const black = "drawbox=c=black:t=fill:enable='between(n,12,17)'";
  ffmpeg(
    '-loop',
    '1',
    '-framerate',
    '30',
    '-t',
    '1.2',
    '-i',
    PORTRAIT,
    '-f',
    'lavfi',
    '-t',
    '1.2',
    '-i',
    'sine=330:r=44100',
    '-vf',
    `${sway},${black}`,
    '-c:v',
    'libx264',
    '-crf',
    '12',
    '-pix_fmt',
    'yuv420p',
    '-c:a',
    'aac',
    clip,
  );
  ffmpeg('-i', SPEECH, '-t', '2', speech);
  talker = await createTalker({ onWarning: (warning) => warnings.push(warning) });
}, 60_000);
afterAll(async () => {
  delete process.env['PCTALK_CACHE'];
  await talker[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

it('dubs the clip: the lower face speaks, the rest stays, frames without a face are reported and left', async () => {
  const output = join(folder, 'dubbed.mp4');
  const result = await talker.renderFile({
    source: clip,
    audio: speech,
    output,
    consent: 'the sitter',
    whenShort: 'stop',
  });
  expect(result).toMatchObject({ frames: 30, width: 480, height: 480, duration: 1.2 });
  expect(warnings.filter((one) => one.code === 'face-lost').map((one) => one.message)).toEqual([
    expect.stringContaining('0.40–0.60 s'),
  ]);
  const before = await frames(clip);
  const after = await frames(output);
  expect(after.length).toBe(30);
  const change = (f: number, from: number, to: number) => difference(before[f]!, after[f]!, from, to);
  // Encoding alone changes the upper half; speech changes the lower.
  for (const f of [5, 20, 29]) expect(change(f, 0, 0.4)).toBeLessThan(3);
  expect(Math.max(...[5, 20, 24, 29].map((f) => change(f, 0.5, 0.8) / change(f, 0, 0.4)))).toBeGreaterThan(1.5);
  expect(change(12, 0, 1)).toBeLessThan(1);
}, 120_000);

it('takes the track from the cache, mixes the sound and runs back and forth', async () => {
  expect(readdirSync(join(folder, 'cache', 'tracks')).length).toBe(1);
  const output = join(folder, 'longer.mp4');
  const options = { whenShort: 'ping-pong', originalSound: { mix: 0.5 } } as const;
  const result = await talker.renderFile({ source: clip, audio: speech, output, consent: 'the sitter', ...options });
  expect(result.frames).toBe(50);
  // The tone of 330 Hz is under the speech while the clip lasts, and gone afterwards.
  expect(toneLevel(output, 0, 1.1)).toBeGreaterThan(3 * toneLevel(output, 1.4, 1.95));
}, 120_000);

it('keeps the rest of a clip longer than the speech as it was filmed, with its own sound', async () => {
  const short = join(folder, 'short.wav');
  ffmpeg('-i', SPEECH, '-t', '0.3', short);
  const output = join(folder, 'rest.mp4');
  const options = { whenLong: 'keep', originalSound: { mix: 0.5 } } as const;
  const result = await talker.renderFile({ source: clip, audio: short, output, consent: 'the sitter', ...options });
  expect(result).toMatchObject({ frames: 30, duration: 1.2 });
  const before = await frames(clip);
  const after = await frames(output);
  expect(after.length).toBe(30);
  for (const f of [20, 24, 29]) expect(difference(before[f]!, after[f]!, 0.5, 0.8)).toBeLessThan(3);
  expect(toneLevel(output, 0.7, 1.1)).toBeGreaterThan(0.7 * toneLevel(output, 0, 0.3));
}, 120_000);

it('takes the blinks of a motion reference in place of its own, and its head only where that is named', async () => {
  const curve = (value: number) => new Array<number>(10).fill(value);
  const still = { pitch: curve(0), roll: curve(0), blink: curve(0), gazeYaw: curve(0), gazePitch: curve(0) };
  const motion = { fps: 25, ...still, yaw: curve(0.2) } as const;
  const open = (performance: object) =>
    openClip(talker.core, clip, {}, { version: 1, ...performance } as Performance, () => {});
  const own = await open({});
  expect(own.performance).toMatchObject({ headMotion: 0, blink: 0, gaze: 0, brow: 0 });
  const blinks = await open({ motion });
  expect(blinks.performance).toMatchObject({ headMotion: 0, gaze: 0, brow: 0, motion });
  expect(blinks.source.partFrames.length).toBe(own.source.partFrames.length + 1);
  expect((await open({ motion, blink: 0 })).source.partFrames).toEqual(own.source.partFrames);
  const turned = await open({ motion, headMotion: 1 });
  // The portrait sways on its own: what is asked for is 0.2 from its usual yaw, not from the frame's.
  const track = own.source.track;
  const yaw = turned.performance.motion!.yaw.slice(0, track.frameCount);
  expect(Math.max(...yaw) - Math.min(...yaw)).toBeGreaterThan(0.005);
  expect([...yaw].sort((a, b) => a - b)[15]!).toBeCloseTo(0.2, 1);
}, 60_000);

it('reads the same frames backwards as forwards', async () => {
  const forward = await frames(clip);
  const lastIndex = forward.length - 1;
  await using reader = new ClipReader((range) => decodeVideo(clip, range), { lastIndex });
  // Seeking: a frame in the middle, then the one before it.
  for (const index of [21, 20, 12])
    expect(same(await reader.frameAt(index), forward[index]!), `frame ${index}`).toBe(true);
  for (let i = 0; i < 70; i++) {
    const index = clipFrameAt(i, forward.length, 'ping-pong')!;
    // The last frame may be asked for over and over, and drawn into each time.
    if (index === lastIndex) (await reader.frameAt(index)).data.fill(0);
    expect(same(await reader.frameAt(index), forward[index]!), `frame ${index}`).toBe(true);
  }
}, 60_000);

it('tells clips from pictures by content and refuses what cannot be dubbed', async () => {
  const disguised = join(folder, 'clip.jpg');
  writeFileSync(disguised, readFileSync(clip));
  expect(await isVideoFile(disguised)).toBe(true);
  expect(await isVideoFile(PORTRAIT)).toBe(false);
  const cut = join(folder, 'cut.mov');
  writeFileSync(cut, readFileSync(clip).subarray(0, 40_000));
  const sound = join(folder, 'sound.m4a');
  ffmpeg('-i', speech, '-c:a', 'aac', sound);
  const faceless = join(folder, 'faceless.mp4');
  ffmpeg('-f', 'lavfi', '-i', 'testsrc=s=160x120:r=25:d=0.2', '-c:v', 'mpeg4', faceless);
  const refused = async (source: string, consent?: string) =>
    talker.renderFile({ source, audio: speech, output: join(folder, 'no.mp4'), consent }).catch((error) => error.code);
  expect(await refused(clip)).toBe('consent-missing');
  expect(await refused(cut, 'me')).toBe('video-unreadable');
  expect(await refused(sound, 'me')).toBe('video-unreadable');
  expect(await refused(faceless, 'me')).toBe('no-face');
  expect(readdirSync(folder)).not.toContain('no.mp4');
}, 60_000);

function ffmpeg(...args: string[]): void {
  execFileSync(findFfmpeg(), ['-v', 'error', '-y', ...args]);
}

async function frames(path: string): Promise<RgbaImage[]> {
  const out: RgbaImage[] = [];
  for await (const frame of decodeVideo(path)) out.push(frame);
  return out;
}

function same(a: RgbaImage, b: RgbaImage): boolean {
  return a.data.every((value, i) => value === b.data[i]);
}

/** Mean absolute difference of rows from and to (shares of the height), 0–255. */
function difference(a: RgbaImage, b: RgbaImage, from: number, to: number): number {
  const [start, end] = [from, to].map((share) => Math.floor(share * a.height) * a.width * 4) as [number, number];
  let sum = 0;
  for (let i = start; i < end; i++) sum += Math.abs(a.data[i]! - b.data[i]!);
  return sum / (end - start);
}

/** Amplitude of 330 Hz between two times. */
function toneLevel(path: string, from: number, to: number): number {
  const args = [
    '-v',
    'error',
    '-ss',
    `${from}`,
    '-t',
    `${to - from}`,
    '-i',
    path,
    '-ac',
    '1',
    '-ar',
    '8000',
    '-f',
    'f32le',
    'pipe:1',
  ];
  const bytes = execFileSync(findFfmpeg(), args);
  let [re, im] = [0, 0];
  const count = bytes.length >> 2;
  for (let n = 0; n < count; n++) {
    const phase = (2 * Math.PI * 330 * n) / 8000;
    re += bytes.readFloatLE(n * 4) * Math.cos(phase);
    im += bytes.readFloatLE(n * 4) * Math.sin(phase);
  }
  return Math.hypot(re, im) / count;
}
