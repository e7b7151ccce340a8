import { expect, it } from 'vitest';
import type { SpeechFrame } from '../models/speech/speech-driver.ts';
import { FadingHistogram } from './fading-histogram.ts';
import { VoiceEnergy } from './voice-energy.ts';

/** Frame t of a voice: syllables four and a half a second, pitch and level swinging by so much. */
function voice(t: number, swing: { pitch: number; level: number; tilt: number; height?: number }): SpeechFrame {
  const [slow, quick] = [Math.sin(t / 7), Math.sin((2 * Math.PI * 4.5 * t) / 25)];
  return {
    silence: 0.05,
    voicing: quick > 0 ? 0.9 : 0.1,
    pitch: (swing.height ?? 19) + swing.pitch * slow,
    levelDb: -20 + swing.level * slow,
    tiltDb: -9 + swing.tilt * slow,
  } as SpeechFrame;
}

const CALM = { pitch: 1.5, level: 3, tilt: 6 };
const LIVELY = { pitch: 7, level: 12, tilt: 24, height: 24 };

function sizes(swing: Parameters<typeof voice>[1], frames: number, energy = new VoiceEnergy()): number[] {
  return Array.from({ length: frames }, (_, t) => energy.next(voice(t, swing)));
}

it('is 1 before anything is heard, and grows with range of pitch and loudness over seconds', () => {
  const lively = sizes(LIVELY, 500);
  const calm = sizes(CALM, 500);
  expect(lively[0]).toBeCloseTo(1, 1);
  expect(lively.at(-1)).toBeGreaterThan(1.5);
  expect(calm.at(-1)).toBeLessThan(0.95);
  const steps = lively.slice(1).map((x, t) => Math.abs(x - lively[t]!));
  expect(Math.max(...steps)).toBeLessThan(0.06);
});

it('holds in silence and does not hear the level of the recording', () => {
  const energy = new VoiceEnergy();
  const last = sizes(LIVELY, 200, energy).at(-1)!;
  const silent = { silence: 0.99, voicing: 0, pitch: Number.NaN, levelDb: -80, tiltDb: 0 } as SpeechFrame;
  expect(Array.from({ length: 50 }, () => energy.next(silent)).at(-1)).toBe(last);
  const quiet = new VoiceEnergy();
  const quieter = Array.from({ length: 200 }, (_, t) => {
    const frame = voice(t, LIVELY);
    return quiet.next({ ...frame, levelDb: frame.levelDb - 30 });
  });
  expect(quieter.at(-1)).toBeCloseTo(last, 6);
});

it('remembers quantiles and forgets', () => {
  const histogram = new FadingHistogram([0, 10], 100, 200);
  for (let i = 0; i < 100; i++) histogram.add((i % 10) + 0.5);
  expect(Math.abs(histogram.quantile(0.5) - 5)).toBeLessThan(0.6);
  expect(histogram.quantile(0.95)).toBeCloseTo(9.5, 0);
  for (let i = 0; i < 2000; i++) histogram.add(2.05);
  expect(histogram.quantile(0.05)).toBeCloseTo(2, 1);
  expect(histogram.quantile(0.95)).toBeCloseTo(2.1, 1);
  expect(histogram.count).toBeLessThan(202);
});
