import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RealFourier } from './fourier.ts';
import { MEL_DEFAULTS, MelStream, melFilters, melSpectrogram } from './mel.ts';

const golden = JSON.parse(readFileSync(new URL('../../test/golden/mel.json', import.meta.url), 'utf8'));

describe('RealFourier', () => {
  it.each([8, 60, 400, 512, 800])('agrees with the defining sum at length %i', (size) => {
    const signal = Float64Array.from({ length: size }, (_, n) => Math.sin(n * n * 0.37) + (n % 7) * 0.1);
    const magnitudes = new Float64Array(size / 2 + 1);
    new RealFourier(size).magnitudes(signal, magnitudes);
    for (let k = 0; k <= size / 2; k++) {
      let re = 0;
      let im = 0;
      for (let n = 0; n < size; n++) {
        re += (signal[n] as number) * Math.cos((2 * Math.PI * k * n) / size);
        im -= (signal[n] as number) * Math.sin((2 * Math.PI * k * n) / size);
      }
      expect(magnitudes[k]).toBeCloseTo(Math.hypot(re, im), 8);
    }
  });

  it('refuses a length it cannot factorise', () => {
    expect(() => new RealFourier(14)).toThrow(/factor/);
  });
});

describe('mel spectrogram', () => {
  const waveform = referenceWaveform();

  it('starts from the reference waveform', () => {
    const integers = Array.from(waveform, (x) => Math.round(x * 32768));
    expect(integers.reduce((sum, x) => sum + x, 0)).toBe(golden.waveform.sum);
    expect(integers.reduce((sum, x) => sum + x * x, 0)).toBe(golden.waveform.sumSquares);
  });

  it('has the filters of the reference', () => {
    const bins = MEL_DEFAULTS.fftSize / 2 + 1;
    const dense = new Float64Array(MEL_DEFAULTS.bands * bins);
    melFilters(MEL_DEFAULTS).forEach(({ first, weights }, band) => {
      dense.set(weights, band * bins + first);
    });
    const values = golden.filters.values as number[];
    values.forEach((value, k) => {
      const actual = dense[Math.floor((k * dense.length) / values.length)] as number;
      expect(Math.abs(actual - value)).toBeLessThan(golden.provenance.filterTolerance);
    });
  });

  it('equals the reference to its tolerance', () => {
    const frames = melSpectrogram(waveform);
    expect([frames.length, frames[0]?.length]).toEqual(golden.mel.shape);
    const flat = frames.flatMap((frame) => Array.from(frame));
    const values = golden.mel.values as number[];
    const picked = values.map((_, k) => flat[Math.floor((k * flat.length) / values.length)] as number);
    expect(largestDifference(picked, values)).toBeLessThan(golden.provenance.tolerance);
    expect(largestDifference(frames[0] ?? [], golden.mel.firstFrame)).toBeLessThan(golden.provenance.tolerance);
    expect(largestDifference(frames.at(-1) ?? [], golden.mel.lastFrame)).toBeLessThan(golden.provenance.tolerance);
  });

  it.each([1, 7, 200, 799, 12345])('gives the same frames for pieces of %i samples', (piece) => {
    const short = waveform.subarray(0, 20_011);
    const stream = new MelStream({ ...MEL_DEFAULTS, fftSize: 512, windowSize: 400, hop: 160, bands: 64 });
    const frames: Float32Array[] = [];
    for (let at = 0; at < short.length; at += piece) frames.push(...stream.push(short.subarray(at, at + piece)));
    frames.push(...stream.end());
    expect(frames).toEqual(melSpectrogram(short, stream.options));
  });

  it('calls digital silence −4', () => {
    for (const frame of melSpectrogram(new Float32Array(1600))) expect(new Set(frame)).toEqual(new Set([-4]));
  });
});

function largestDifference(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  return Math.max(...expected.map((value, k) => Math.abs((actual[k] as number) - value)));
}

/** The waveform the reference numbers were made from: a sweep with formants, noise and two silences. */
function referenceWaveform(): Float32Array {
  const seed = [...new TextEncoder().encode('input/pctalk_noise')].reduce(
    (hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0,
    0x811c9dc5,
  );
  return Float32Array.from({ length: 64_000 }, (_, n) => {
    const t = n / 16_000;
    const silent = (t >= 1.5 && t < 1.9) || t >= 3.8;
    const envelope = silent ? 0 : 0.5 - 0.5 * Math.cos(2 * Math.PI * 3 * t);
    const tones =
      0.3 * Math.sin(2 * Math.PI * (120 * t + 40 * t * t)) +
      0.2 * Math.sin(2 * Math.PI * (700 * t + 150 * t * t)) +
      0.1 * Math.sin(2 * Math.PI * (2400 * t - 200 * t * t));
    const x = envelope * (0.05 * (2 * hashUnit(seed, n) - 1) + tones);
    return Math.min(32767, Math.max(-32768, Math.floor(x * 32768 + 0.5))) / 32768;
  });
}

function hashUnit(seed: number, index: number): number {
  let x = (Math.imul(index, 2654435761) + seed) >>> 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b) >>> 0;
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35) >>> 0;
  x ^= x >>> 16;
  return (x >>> 8) * 2 ** -24;
}
