import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COEFFICIENT_INDEX, PcTalkError, type Performance, type StillSource } from '@pctalk/core';
import { createTalker, decodeAudio, decodeImage, sampleFiles, type Talker, verifyProvenance } from '@pctalk/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const { source, audio } = sampleFiles();
let talker: Talker;
let folder: string;
let still: StillSource;
let speech: Float32Array;

beforeAll(async () => {
  talker = await createTalker();
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
  const frames: { coefficients: Float32Array; keypoints: Float32Array }[] = [];
  const director = talker.core.createDirector(performance);
  for await (const { driven } of talker.core.perform(still, chunksOf(samples, size), director)) {
    frames.push({ coefficients: driven.coefficients.slice(), keypoints: driven.keypoints.slice() });
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
    const work = talker.renderFile({ source: audio, audio, output: join(folder, 'x.mp4') });
    await expect(work).rejects.toBeInstanceOf(PcTalkError);
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

  it('follows the performance: no motion but the lips when all life is off', async () => {
    const still0 = { version: 1 as const, headMotion: 0, blink: 0, gaze: 0, brow: 0, lipScale: 0 };
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
