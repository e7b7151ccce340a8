import { describe, expect, it } from 'vitest';
import type { Performance } from '../formats/performance.ts';
import type { SpeechFrame } from '../models/speech/speech-driver.ts';
import { COEFFICIENT_COUNT } from '../motion/coefficients.ts';
import { emotionOffset } from '../motion/emotion-presets.ts';
import type { Emotion } from '../motion/emotions.ts';
import { Director, FPS } from './director.ts';

const silence = {
  lips: new Float32Array(COEFFICIENT_COUNT),
  phones: new Float32Array(26),
  voicing: 0,
  closure: 0,
  silence: 1,
  comingClosures: new Float32Array(3),
  comingSilences: new Float32Array(3).fill(1),
  levelDb: -100,
} as unknown as SpeechFrame;

/** D_e of every frame of a performance. */
async function directed(performance: Performance, seconds: number): Promise<Float32Array[]> {
  const director = new Director(performance, () => {});
  const frames: Float32Array[] = [];
  for (let n = 0; n < seconds * FPS; n++) frames.push(Float32Array.from((await director.next(silence)).emotion));
  return frames;
}
function held(...targets: [Emotion, number][]): Float32Array {
  const out = new Float32Array(COEFFICIENT_COUNT);
  emotionOffset(
    targets.map(([emotion, intensity]) => ({ emotion, region: 'all', intensity })),
    out,
  );
  return out;
}
const jump = (frames: readonly Float32Array[]) =>
  Math.max(...frames.slice(1).map((frame, n) => Math.max(...frame.map((x, k) => Math.abs(x - frames[n]![k]!)))));

describe('interpolation between emotions', () => {
  const cross = (easing: 'hold' | 'linear' | 'smooth'): Performance => ({
    version: 1,
    emotion: [
      {
        emotion: 'happy',
        intensity: [
          { time: 1, value: 1, easing },
          { time: 3, value: 0 },
        ],
      },
      {
        emotion: 'sad',
        intensity: [
          { time: 1, value: 0, easing },
          { time: 3, value: 1 },
        ],
      },
    ],
  });

  it('passes from one to the other through both at half, without a jump', async () => {
    for (const easing of ['linear', 'smooth'] as const) {
      const frames = await directed(cross(easing), 4);
      expect(frames[0]).toEqual(held(['happy', 1]));
      expect(frames[2 * FPS]).toEqual(held(['happy', 0.5], ['sad', 0.5]));
      expect(frames[3 * FPS]).toEqual(held(['sad', 1]));
      expect(jump(frames)).toBeLessThan(0.06);
    }
  });

  it('eases as the keyframes say', async () => {
    const at = async (easing: 'hold' | 'linear' | 'smooth') => (await directed(cross(easing), 2))[1.6 * FPS];
    expect(await at('hold')).toEqual(held(['happy', 1]));
    expect(await at('linear')).toEqual(held(['happy', 0.7], ['sad', 0.3]));
    expect(await at('smooth')).not.toEqual(await at('linear'));
  });

  it('cross-fades clips that follow each other over their ease', async () => {
    const performance: Performance = {
      version: 1,
      emotion: [
        { emotion: 'happy', intensity: 1, start: 0, end: 1.5, ease: 1 },
        { emotion: 'sad', intensity: 1, start: 2.5, end: 4, ease: 1 },
      ],
    };
    const frames = await directed(performance, 4);
    expect(frames[2 * FPS]).toEqual(held(['happy', 0.5], ['sad', 0.5]));
    expect(jump(frames)).toBeLessThan(0.1);
  });
});
