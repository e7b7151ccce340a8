import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { COEFFICIENT_COUNT, createSpeechDriver, type SpeechDriver, type SpeechFrame } from '@pctalk/core';
import { createNodeRuntime } from '@pctalk/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from './seeded-random.ts';

const asset = (name: string) => fileURLToPath(new URL(`../../../core/assets/${name}`, import.meta.url));
const COEFFICIENT = { jawOpen: 0, mouthClose: 3 };

describe('the shipped speech model', () => {
  const speech = readWave(asset('sample/speech.wav')).subarray(0, 3 * 16_000 + 123);
  let driver: SpeechDriver;
  beforeAll(async () => {
    driver = await createSpeechDriver(createNodeRuntime(), readFileSync(asset('speech-lips.onnx')));
  });
  afterAll(() => driver.dispose());

  async function drive(samples: Float32Array, piece = samples.length): Promise<SpeechFrame[]> {
    const stream = driver.createStream();
    const frames: SpeechFrame[] = [];
    for (let at = 0; at < samples.length; at += piece)
      frames.push(...(await stream.push(samples.subarray(at, at + piece))));
    return [...frames, ...(await stream.end())];
  }

  it('hears at most 160 ms ahead', () => {
    expect(driver.lagSeconds).toBeLessThanOrEqual(0.16);
  });

  it.each([1000, 5441, 32_000])('gives the same frames for pieces of %i samples', async (piece) => {
    expect(await drive(speech, piece)).toEqual(await drive(speech));
  });

  it.each([
    [1, 1],
    [1600, 3],
    [16_000, 25],
    [16_001, 26],
  ])('gives for %i samples %i frames', async (samples, frames) => {
    const given = await drive(speech.subarray(0, samples));
    expect(given.length).toBe(frames);
    for (const { lips, phones } of given) {
      expect(lips.length).toBe(COEFFICIENT_COUNT);
      expect(phones.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4);
    }
  });

  it('moves the lips when the sound moves by whole frames', async () => {
    const later = new Float32Array(speech.length + 10 * 640);
    later.set(speech, 10 * 640);
    const frames = await drive(speech);
    const moved = (await drive(later)).slice(10);
    frames.forEach(({ lips }, frame) => {
      lips.forEach((value, i) => {
        expect(Math.abs(value - moved[frame]!.lips[i]!)).toBeLessThan(0.02);
      });
    });
  });

  it('opens the mouth in speech', async () => {
    const openings = (await drive(speech)).map(opening).sort((a, b) => a - b);
    expect(openings[Math.floor(openings.length * 0.9)]).toBeGreaterThan(0.12);
  });

  it('keeps the mouth closed and still in silence and in noise', async () => {
    const random = seededRandom('driver test');
    const noise = Float32Array.from({ length: 32_000 }, () => 0.02 * (random() - 0.5));
    for (const sound of [new Float32Array(32_000), noise]) {
      for (const frame of await drive(sound)) {
        expect(Math.abs(opening(frame))).toBeLessThan(0.05);
        expect(frame.silence).toBeGreaterThan(0.5);
      }
    }
  });
});

function opening({ lips }: SpeechFrame): number {
  return lips[COEFFICIENT.jawOpen]! - lips[COEFFICIENT.mouthClose]!;
}

/** Samples of a 16 kHz mono 16-bit WAV with a plain header. */
function readWave(path: string): Float32Array {
  const bytes = readFileSync(path);
  const data = bytes.indexOf('data') + 8;
  return Float32Array.from({ length: (bytes.length - data) >> 1 }, (_, n) => bytes.readInt16LE(data + 2 * n) / 32768);
}
