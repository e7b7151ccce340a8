import { describe, expect, it } from 'vitest';
import { emotionCurves, fitCurve } from './emotion-curves.ts';
import { speechSpans, spreadWords, timeWords } from './speech-spans.ts';
import { levelAt } from './timeline.ts';

const source = { kind: 'text' as const, sha256: '0' };

describe('emotionCurves', () => {
  const clips = emotionCurves(
    [
      { start: 1, end: 2, felt: { happy: 0.8 } },
      { start: 2.1, end: 3, felt: { sad: 0.6 } },
      { start: 8, end: 8.1, felt: { sad: 1 } },
    ],
    { source },
  );
  const at = (emotion: string, time: number) =>
    levelAt(clips.find((clip) => clip.emotion === emotion)!.intensity, time);

  it('hold through a span, pass smoothly, and rest in pauses', () => {
    expect(clips.map(({ emotion }) => emotion)).toEqual(['happy', 'sad']);
    expect(at('happy', 0.5)).toBe(0);
    expect(at('happy', 1.5)).toBeCloseTo(0.8);
    expect(at('sad', 2.7)).toBeCloseTo(0.6);
    expect(at('happy', 2.7)).toBe(0);
    expect(at('sad', 5)).toBe(0);
    expect(at('sad', 8.05)).toBeCloseTo(1);
    expect(at('sad', 9)).toBe(0);
    const middle = at('happy', 2.05) / 0.8 + at('sad', 2.05) / 0.6;
    expect(middle).toBeCloseTo(1, 1);
  });

  it('begin at once where somebody speaks at once', () => {
    const [clip] = emotionCurves([{ start: 0, end: 2, felt: { happy: 0.8 } }], { source });
    expect([0, 1, 3].map((time) => levelAt(clip!.intensity, time))).toEqual([0.8, 0.8, 0]);
  });

  it('have rising times without repeats', () => {
    for (const { intensity } of clips) {
      const times = (intensity as { time: number }[]).map(({ time }) => time);
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    }
  });
});

describe('fitCurve', () => {
  const values = [0, 0.5, 1];
  it('holds the end, loops or stretches, never longer than the speech', () => {
    const level = (fit: 'hold' | 'loop' | 'stretch', time: number) => levelAt(fitCurve(values, 5, fit, 6), time);
    expect(level('hold', 5)).toBe(1);
    expect(level('loop', 0.6)).toBe(0);
    expect(level('loop', 1)).toBe(1);
    expect(level('stretch', 2)).toBe(0.5);
    expect(level('stretch', 3)).toBeCloseTo(0.75);
    expect(fitCurve([...values, ...values], 5, 'hold', 0.6).at(-1)).toMatchObject({ time: 0.4, value: 1 });
    expect(fitCurve([0, 0.25, 0.5, 0.75, 1, 1, 1], 5, 'hold', 9)).toHaveLength(3);
    expect(fitCurve([...values, ...values], 5, 'stretch', 0.6).at(-1)!.time).toBeLessThan(0.6);
  });
});

describe('words in time', () => {
  it('find speech between pauses', () => {
    const silence = [1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1];
    expect(speechSpans(silence, 25)).toEqual([{ start: 0.2, end: 0.52 }]);
  });
  it('share the speech by letters and skip pauses', () => {
    const speech = [
      { start: 1, end: 2 },
      { start: 5, end: 6 },
    ];
    expect(spreadWords(['abcd', 'ab', 'ab'], speech)).toEqual([
      { start: 1, end: 2 },
      { start: 5, end: 5.5 },
      { start: 5.5, end: 6 },
    ]);
    expect(spreadWords(['a'], [])).toEqual([{ start: 0, end: 0 }]);
  });
  it('follow known words where they agree and share the rest', () => {
    const known = ['the', 'Dog', 'ran', 'home'].map((text, i) => ({ text, start: i, end: i + 0.9 }));
    const timed = timeWords(['The', 'big', 'dog', 'ran', 'off'], known);
    expect(timed[0]).toEqual({ start: 0, end: 0.9 });
    expect(timed[1]).toEqual({ start: 0.9, end: 1 });
    expect(timed[3]).toEqual({ start: 2, end: 2.9 });
    expect(timed[4]!.end).toBeCloseTo(3.9);
  });
});
