import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { COEFFICIENT_COUNT, createSpeechDriver, type SpeechDriver, type SpeechFrame } from '@pctalk/core';
import { createNodeRuntime } from '@pctalk/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from './seeded-random.ts';

const asset = (name: string) => fileURLToPath(new URL(`../../../core/assets/${name}`, import.meta.url));
const COEFFICIENT = { jawOpen: 0, mouthClose: 3, mouthPucker: 5 };
/** Phone times of the sample, seconds: `flite -voice slt -psdur -t "$(cat speech.txt)" -o none`. */
const CLOSURES = [
  [1.121, 1.234],
  [1.342, 1.397],
  [1.489, 1.592],
  [1.953, 2.062],
  [2.559, 2.602],
  [2.782, 2.862],
  [3.417, 3.481],
  [3.917, 3.986],
  [4.258, 4.359],
  [5.161, 5.239],
  [5.904, 5.954],
  [6.205, 6.329],
] as const;
const OPEN_VOWELS = [0.806, 2.13, 2.65, 3.35, 5.75, 6.0];
const ROUNDED = [0.55, 3.54, 4.72, 6.45];
const SPREAD = [1.44, 1.89, 3.085, 4.03, 4.46];

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

  it('closes the lips on p b m, opens them on open vowels, rounds them on oo and w', async () => {
    const frames = await drive(readWave(asset('sample/speech.wav')));
    const near = (start: number, end: number) => frames.slice(Math.floor(start * 25) - 1, Math.ceil(end * 25) + 1);
    const at = (time: number) => frames[Math.floor(time * 25)]!;
    const closed = CLOSURES.filter(([start, end]) => Math.min(...near(start, end).map(opening)) < 0.08);
    expect(closed.length / CLOSURES.length).toBeGreaterThanOrEqual(0.85);
    const mean = (times: readonly number[], of: (frame: SpeechFrame) => number) =>
      times.reduce((sum, time) => sum + of(at(time)), 0) / times.length;
    expect(mean(OPEN_VOWELS, opening)).toBeGreaterThan(0.2);
    const pucker = ({ lips }: SpeechFrame) => lips[COEFFICIENT.mouthPucker]!;
    expect(mean(ROUNDED, pucker)).toBeGreaterThan(mean(SPREAD, pucker) + 0.1);
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
