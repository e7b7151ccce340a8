import { describe, expect, it } from 'vitest';
import type { Performance } from '../formats/performance.ts';
import { lastWins, levelAt, resolveSpan, resolveTrack, weightAt } from './timeline.ts';

const PERFORMANCE: Performance = {
  version: 1,
  words: [
    { text: 'hello', start: 0.5, end: 0.9, origin: 'given' },
    { text: 'world', start: 1, end: 1.5, origin: 'given' },
  ],
};

describe('spans', () => {
  it('reach from the first word to the last', () => {
    expect(resolveSpan({ words: [0, 1] }, PERFORMANCE)).toMatchObject({ start: 0.5, end: 1.5 });
    expect(resolveSpan({ words: [1, 1], start: 1.1 }, PERFORMANCE)).toMatchObject({ start: 1.1, end: 1.5 });
    expect(resolveSpan({}, PERFORMANCE)).toMatchObject({ start: 0, end: Number.POSITIVE_INFINITY });
  });

  it('are half open and ease in before and out after', () => {
    const interval = { start: 1, end: 2, ease: 0.2 };
    expect(weightAt(interval, 1)).toBe(1);
    expect(weightAt(interval, 1.999)).toBe(1);
    expect(weightAt(interval, 0.9)).toBeCloseTo(0.5);
    expect(weightAt(interval, 2.1)).toBeCloseTo(0.5);
    expect(weightAt(interval, 0.79)).toBe(0);
    expect(weightAt({ start: 1, end: 2, ease: 0 }, 2)).toBe(0);
  });
});

describe('levels', () => {
  const frames = [
    { time: 1, value: 0, easing: 'linear' as const },
    { time: 2, value: 1, easing: 'hold' as const },
    { time: 3, value: 5 },
  ];
  it('hold before the first and after the last keyframe', () => {
    expect(levelAt(frames, 0)).toBe(0);
    expect(levelAt(frames, 9)).toBe(5);
    expect(levelAt(0.7, 9)).toBe(0.7);
  });
  it('follow the easing of the keyframe they leave', () => {
    expect(levelAt(frames, 1.25)).toBeCloseTo(0.25);
    expect(levelAt(frames, 2.9)).toBe(1);
    expect(levelAt(frames, 3)).toBe(5);
  });
});

describe('tracks', () => {
  it('take the last clip that holds, eased', () => {
    const clips = resolveTrack([{ value: 0.5 }, { value: 2, start: 1, end: 2, ease: 0.2 }], PERFORMANCE);
    expect(lastWins(clips, 1, 0)).toBe(0.5);
    expect(lastWins(clips, 1, 1.5)).toBe(2);
    expect(lastWins(clips, 1, 2.1)).toBeCloseTo(1.25);
    expect(lastWins(resolveTrack(undefined, PERFORMANCE), 1, 0)).toBe(1);
  });
});
