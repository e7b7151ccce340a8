import { describe, expect, it } from 'vitest';
import { Blinks } from './blinks.ts';
import { GazePath } from './gaze.ts';
import { HeadMotion } from './head-motion.ts';

const FPS = 25;
const MINUTES = 10;
const times = Array.from({ length: MINUTES * 60 * FPS }, (_, i) => i / FPS);

function countBlinks(rate: number, seed = 1): number {
  const blinks = new Blinks(seed);
  const closures = times.map((time) => blinks.closureAt(time, rate));
  return closures.filter((closure, i) => closure > 0 && (closures[i - 1] ?? 0) === 0).length;
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
}

describe('blinks', () => {
  it('come at a human rate, in proportion to the control', () => {
    const perMinute = countBlinks(1) / MINUTES;
    expect(perMinute).toBeGreaterThan(15);
    expect(perMinute).toBeLessThan(26);
    expect(countBlinks(2) / countBlinks(1)).toBeGreaterThan(1.6);
    expect(countBlinks(0)).toBe(0);
  });

  it('shut the lids fully and follow the seed', () => {
    const run = (seed: number) => {
      const blinks = new Blinks(seed);
      return times.slice(0, 1500).map((time) => blinks.closureAt(time, 1));
    };
    expect(Math.max(...run(1))).toBe(1);
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });
});

describe('gaze', () => {
  it('rests most of the time and stays within reach', () => {
    const path = new GazePath(5);
    const yaws = times.map((time) => path.at(time).yaw);
    const still = yaws.filter((yaw, i) => yaw === yaws[i - 1]).length / yaws.length;
    expect(still).toBeGreaterThan(0.9);
    expect(Math.max(...yaws.map(Math.abs))).toBeLessThan(0.17);
    expect(deviation(yaws)).toBeGreaterThan(0.01);
  });
});

describe('head motion', () => {
  const run = (speech: number, amplitude: number) => {
    const head = new HeadMotion(4);
    return times.map((time) => head.next(time, speech, 0, amplitude, 1 / FPS).yaw * (180 / Math.PI));
  };

  it('starts from the picture, moves more in speech and not at all at 0', () => {
    expect(run(1, 1)[0]).toBe(0);
    expect(deviation(run(1, 1))).toBeGreaterThan(2 * deviation(run(0, 1)));
    expect(deviation(run(1, 0))).toBe(0);
  });

  it('is smooth and bounded', () => {
    const yaw = run(1, 1);
    const speeds = yaw.slice(1).map((x, i) => Math.abs(x - (yaw[i] ?? 0)) * FPS);
    expect(deviation(yaw)).toBeGreaterThan(1);
    expect(deviation(yaw)).toBeLessThan(12);
    expect(Math.max(...yaw.map(Math.abs))).toBeLessThan(22);
    expect(Math.max(...speeds)).toBeLessThan(50);
  });
});
