import { describe, expect, it } from 'vitest';
import { HEARD_RATE, Resampler, resample } from './resampler.ts';

const tone = (rate: number, hz: number, seconds: number) =>
  Float32Array.from({ length: Math.round(rate * seconds) }, (_, n) => 0.5 * Math.sin((2 * Math.PI * hz * n) / rate));

/** Largest difference away from both ends. */
function difference(a: Float32Array, b: Float32Array): number {
  let most = 0;
  for (let n = 400; n < Math.min(a.length, b.length) - 400; n++) most = Math.max(most, Math.abs(a[n]! - b[n]!));
  return most;
}

describe('resampler', () => {
  it.each([8000, 11025, 22050, 24000, 44100, 48000, 96000, 44099])(
    'keeps tones of speech in place from %i Hz',
    (rate) => {
      for (const hz of [100, 1000, 3000]) {
        expect(difference(resample(tone(rate, hz, 0.5), rate), tone(HEARD_RATE, hz, 0.5))).toBeLessThan(2e-3);
      }
    },
  );

  it('takes away what 16 kHz cannot hold', () => {
    for (const hz of [9000, 12000, 20000]) {
      expect(
        Math.max(
          ...resample(tone(48000, hz, 0.5), 48000)
            .subarray(400, 7600)
            .map(Math.abs),
        ),
      ).toBeLessThan(2e-3);
    }
  });

  it('gives the same samples for any pieces, and ceil(N / ratio) of them', () => {
    const sound = tone(44100, 440, 0.7).map((x, n) => x + 0.1 * Math.sin(n * n));
    const whole = resample(sound, 44100);
    expect(whole.length).toBe(Math.ceil((sound.length * 16000) / 44100));
    const resampler = new Resampler(44100);
    const pieces: number[] = [];
    for (let at = 0, size = 1; at < sound.length; at += size, size = (size * 7) % 1013) {
      pieces.push(...resampler.push(sound.subarray(at, at + size)));
    }
    pieces.push(...resampler.end());
    expect(Float32Array.from(pieces)).toEqual(whole);
  });

  it('leaves 16 kHz alone and refuses rates that are none', () => {
    const sound = tone(16000, 300, 0.1);
    expect(resample(sound, 16000)).toEqual(sound);
    for (const rate of [0, -1, 1.5, Number.NaN, 1e9]) {
      expect(() => new Resampler(rate)).toThrowError(expect.objectContaining({ code: 'value-out-of-range' }));
    }
  });
});
