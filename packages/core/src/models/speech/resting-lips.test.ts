import { describe, expect, it } from 'vitest';
import { RestingLips } from './resting-lips.ts';

const freedom = (silences: readonly number[]): number[] => {
  const lips = new RestingLips();
  return silences.map((silence) => lips.next(silence));
};
const silent = (frames: number) => new Array<number>(frames).fill(0.999);
const spoken = (frames: number) => new Array<number>(frames).fill(0.02);

describe('RestingLips', () => {
  it('rests before the first word and holds a moment of doubt to less than a quarter', () => {
    expect(Math.max(...freedom(silent(20)))).toBeLessThan(0.01);
    expect(Math.max(...freedom([...silent(10), 0.97, 0.75, 0.95, 1]))).toBeLessThan(0.25);
  });

  it('is free in the second frame of speech and stays open over a pause between words', () => {
    const free = freedom([...silent(10), ...spoken(5), ...silent(4), ...spoken(3)]);
    expect(free[11]).toBeGreaterThan(0.95);
    expect(Math.min(...free.slice(11))).toBeGreaterThan(0.9);
  });

  it('falls shut within half a second after the last word, a little a frame', () => {
    const free = freedom([...spoken(10), ...silent(25)]).slice(10);
    expect(free[3]).toBeGreaterThan(0.9);
    expect(free[7]).toBeGreaterThan(0.35);
    expect(free[14]).toBeLessThan(0.05);
    expect(Math.max(...free.slice(1).map((x, n) => Math.abs(x - free[n]!)))).toBeLessThan(0.25);
  });
});
