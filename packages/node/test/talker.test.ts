import { writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COEFFICIENT_INDEX, type Performance, type PerformedFrame, type StillSource } from '@pctalk/core';
import { createTalker, decodeAudio, decodeImage, sampleFiles, type Talker, verifyProvenance } from '@pctalk/node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ffmpegSync, wave } from './sounds.ts';

const { source, audio } = sampleFiles();
let talker: Talker;
let folder: string;
let still: StillSource;
let speech: Float32Array;
const warned: string[] = [];

beforeAll(async () => {
  talker = await createTalker({ onWarning: ({ message }) => warned.push(message) });
  folder = await mkdtemp(join(tmpdir(), 'pctalk-'));
  still = await talker.core.prepare(await decodeImage(source), { where: source });
  const chunks: number[] = [];
  for await (const chunk of decodeAudio(audio)) chunks.push(...chunk);
  speech = Float32Array.from(chunks);
});

afterAll(async () => {
  await talker[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function* chunksOf(samples: Float32Array, size: number): Generator<Float32Array> {
  for (let start = 0; start < samples.length; start += size) yield samples.subarray(start, start + size);
}

/** Coefficients `[C]` and keypoints of each frame. */
async function perform(samples: Float32Array, size: number, performance: Performance = { version: 1 }) {
  const frames: Pick<PerformedFrame['driven'], 'coefficients' | 'keypoints' | 'pose'>[] = [];
  const director = talker.core.createDirector(performance);
  for await (const { driven } of talker.core.perform(still, chunksOf(samples, size), director)) {
    frames.push({
      coefficients: driven.coefficients.slice(),
      keypoints: driven.keypoints.slice(),
      pose: { ...driven.pose },
    });
  }
  return frames;
}

const THREE_SECONDS = 48_000;

describe('the main job', () => {
  it('writes a signed video as long as the sound, and nothing else', async () => {
    const output = join(folder, 'sample.mp4');
    const seen: number[] = [];
    const result = await talker.renderFile({ source, audio, output, onProgress: ({ frame }) => seen.push(frame) });
    expect(result.frames).toBe(Math.ceil((speech.length / 16_000) * 25));
    expect(seen).toEqual(Array.from({ length: result.frames }, (_, i) => i + 1));
    expect(await readdir(folder)).toEqual(['sample.mp4']);
    expect(await verifyProvenance(output)).toMatchObject({ valid: true });
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const cancel = new AbortController();
    const output = join(folder, 'cancelled.mp4');
    const work = talker.renderFile({
      source,
      audio,
      output,
      signal: cancel.signal,
      onProgress: ({ frame }) => frame === 5 && cancel.abort(),
    });
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(folder)).not.toContain('cancelled.mp4');
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('refuses any other source without consent', async () => {
    const other = join(folder, 'other.png');
    await sharp(source).png().toFile(other);
    const work = talker.renderFile({ source: other, audio, output: join(folder, 'x.mp4') });
    await expect(work).rejects.toMatchObject({ code: 'consent-missing' });
  });

  it('refuses for a picture what is for clips', async () => {
    const work = talker.renderFile({ source, audio, output: join(folder, 'x.mp4'), whenShort: 'loop' });
    await expect(work).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('--when-short') });
  });
});

describe('sources and sounds at the limits', () => {
  let tenth: string;
  beforeAll(() => {
    tenth = join(folder, 'tenth.wav');
    writeFileSync(tenth, wave(speech.subarray(8000, 9600), 16_000));
  });

  it('finds a face that is small in a 6000 pixel photo, and pastes it into the reduced picture at its place', async () => {
    const [photo, output] = [join(folder, 'photo.png'), join(folder, 'photo.mp4')];
    const face = await sharp(source).resize(260, 260).toBuffer();
    await sharp({ create: { width: 6000, height: 1500, channels: 3, background: '#888888' } })
      .composite([{ input: face, left: 4000, top: 700 }])
      .png()
      .toFile(photo);
    const performance: Performance = { version: 1, emotion: [{ emotion: 'surprised', intensity: 1, ease: 0 }] };
    const take = { source: photo, audio: tenth, output, consent: 'a test', pasteBack: true, performance };
    expect(await talker.renderFile(take)).toMatchObject({ width: 1920, height: 480, frames: 3 });
    const before = await sharp(photo).resize(1920, 480).removeAlpha().raw().toBuffer();
    const after = ffmpegSync(['-i', output, '-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1']);
    const moved = { inside: 0, outside: 0 };
    for (let i = 0; i < before.length; i += 3) {
      if (Math.abs(before[i]! - after[i]!) < 60) continue;
      const [x, y] = [(i / 3) % 1920, Math.floor(i / 3 / 1920)];
      moved[x >= 1280 && x < 1364 && y >= 224 && y < 308 ? 'inside' : 'outside']++;
    }
    expect(before.length).toBe(after.length);
    expect(moved.outside).toBe(0);
    expect(moved.inside).toBeGreaterThan(5);
  });

  it('speaks a tenth of a second with a face of 60 pixels, and warns of its size', async () => {
    const [small, output] = [join(folder, 'small.png'), join(folder, 'small.mp4')];
    const face = await sharp(source).resize(150, 150).toBuffer();
    await sharp({ create: { width: 300, height: 300, channels: 3, background: '#888888' } })
      .composite([{ input: face, left: 75, top: 75 }])
      .png()
      .toFile(small);
    warned.length = 0;
    const result = await talker.renderFile({ source: small, audio: tenth, output, consent: 'a test' });
    expect(result).toMatchObject({ frames: 3, duration: 0.1 });
    expect(await verifyProvenance(output)).toMatchObject({ valid: true });
    expect(warned.join()).toContain('small.png');
    warned.length = 0;
    const performance: Performance = { version: 1, lipScale: 3 };
    const take = { source: small, audio: tenth, performance };
    await expect(talker.motion(take).next()).rejects.toMatchObject({ code: 'value-out-of-range' });
    expect((await talker.motion({ ...take, unsafeRange: true }).next()).value).toMatchObject({ frameIndex: 0 });
    expect(warned.join()).toContain('small.png');
  });
});

describe('driving', () => {
  it('gives the same frames for any chunking of the sound', async () => {
    const samples = speech.subarray(0, THREE_SECONDS);
    const whole = await perform(samples, samples.length);
    expect(whole).toHaveLength(75);
    expect(await perform(samples, 333)).toEqual(whole);
  });

  it('moves the lips in speech and keeps them shut in silence', async () => {
    const jaw = (frames: Awaited<ReturnType<typeof perform>>) =>
      frames.map(({ coefficients }) => coefficients[COEFFICIENT_INDEX.jawOpen]!);
    const spoken = jaw(await perform(speech, 6400));
    const silent = jaw(await perform(new Float32Array(THREE_SECONDS), 6400));
    expect(Math.max(...spoken)).toBeGreaterThan(0.15);
    expect(Math.max(...silent)).toBeLessThan(0.05);
  });

  it('is alive in silence: blinks, moves the head, parts the lips a little now and then, or keeps them shut', async () => {
    const frames = await perform(new Float32Array(160_000), 6400);
    const shut = await perform(new Float32Array(160_000), 6400, { version: 1, idle: 0 });
    const jaws = shut.map(({ coefficients }) => coefficients[COEFFICIENT_INDEX.jawOpen]!);
    expect(Math.max(...jaws) - Math.min(...jaws)).toBeLessThan(0.05);
    const range = (name: keyof typeof COEFFICIENT_INDEX) => {
      const values = frames.map(({ coefficients }) => coefficients[COEFFICIENT_INDEX[name]]!);
      return Math.max(...values) - Math.min(...values);
    };
    expect(range('eyeBlinkLeft')).toBeGreaterThan(0.5);
    expect(range('eyeBlinkRight')).toBeGreaterThan(0.5);
    expect(range('jawOpen')).toBeGreaterThan(0.02);
    expect(range('jawOpen')).toBeLessThan(0.15);
    const across = (pick: (pose: PerformedFrame['driven']['pose']) => number) => {
      const values = frames.map(({ pose }) => pick(pose));
      return Math.max(...values) - Math.min(...values);
    };
    expect(across(({ yaw }) => yaw)).toBeGreaterThan(0.02);
    expect(across(({ pitch }) => pitch)).toBeGreaterThan(0.01);
  });

  it('follows the performance: no motion but the lips when all life is off', async () => {
    const still0 = { version: 1 as const, headMotion: 0, blink: 0, gaze: 0, brow: 0, idle: 0, lipScale: 0 };
    const frames = await perform(speech.subarray(0, 16_000), 6400, still0);
    const first = frames[0]!.keypoints;
    for (const { keypoints } of frames) expect(keypoints).toEqual(first);
  });

  it('adds an emotion between its start and end only', async () => {
    const plain = await perform(speech.subarray(0, THREE_SECONDS), 6400, { version: 1, headMotion: 0 });
    const happy = await perform(speech.subarray(0, THREE_SECONDS), 6400, {
      version: 1,
      headMotion: 0,
      emotion: [{ emotion: 'happy', intensity: 1, start: 1, end: 2, ease: 0.1 }],
    });
    const smile = (i: number) =>
      happy[i]!.coefficients[COEFFICIENT_INDEX.mouthSmileLeft]! -
      plain[i]!.coefficients[COEFFICIENT_INDEX.mouthSmileLeft]!;
    expect(smile(10)).toBe(0);
    expect(smile(37)).toBeGreaterThan(0.3);
    expect(smile(70)).toBe(0);
  });
});

it('a disposed talker says that it is, before any work', async () => {
  const gone = await createTalker();
  await gone[Symbol.asyncDispose]();
  const expected = { code: 'usage', message: expect.stringContaining('talker: expected one in use') };
  await expect(gone.renderFile({ source, audio, output: join(folder, 'none.mp4') })).rejects.toMatchObject(expected);
  await expect(gone.motion({ source, audio }).next()).rejects.toMatchObject(expected);
  const picture = await decodeImage(source);
  await expect(gone.core.prepare(picture, { where: source })).rejects.toMatchObject({ code: 'usage' });
});
