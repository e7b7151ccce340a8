import { describe, expect, it } from 'vitest';
import { ClosureGesture } from './closure-gesture.ts';

/** Weights of the gesture where p b m are heard in the frames of `heard`, foretold in every frame before them. */
function gesture(frames: number, heard: (frame: number) => boolean): number[] {
  const closures = new ClosureGesture();
  const at = (frame: number) => (heard(frame) ? 1 : 0);
  return Array.from({ length: frames }, (_, n) => closures.next(at(n), [at(n + 1), at(n + 2), at(n + 3)]));
}

describe('ClosureGesture', () => {
  it('approaches for two frames, meets as long as is heard, and parts for two', () => {
    const weights = gesture(20, (n) => n === 10 || n === 11);
    expect(weights.slice(10, 12)).toEqual([1, 1]);
    expect(weights[7]).toBe(0);
    expect(weights.slice(8, 10).every((w, i, all) => w > 0 && w < 1 && w > (all[i - 1] ?? 0))).toBe(true);
    expect(weights.slice(12, 14).every((w, i, all) => w > 0 && w < 1 && w < (all[i - 1] ?? 1))).toBe(true);
    expect(weights[14]).toBe(0);
  });

  it('never meets for a single frame between open ones', () => {
    const gaps = gesture(20, (n) => n === 10).map((weight) => 0.15 * (1 - weight));
    const snap = gaps.some((gap, n) => {
      const around = Math.min(gaps[n - 1] ?? 0, gaps[n + 1] ?? 0);
      return around > 0.04 && gap < 0.4 * around;
    });
    expect(snap).toBe(false);
    const steps = gaps.slice(1).map((gap, n) => Math.abs(gap - gaps[n]!));
    expect(Math.max(...steps)).toBeLessThanOrEqual(0.075);
  });

  it('makes a contact that nobody foretold, a frame late and not at once', () => {
    const closures = new ClosureGesture();
    const weights = [0, 0, 1, 0.1, 0, 0, 0].map((closure) => closures.next(closure, [0, 0, 0]));
    expect(weights[2]).toBeLessThan(0.7);
    expect(weights[3]).toBe(1);
    expect(weights[6]).toBe(0);
  });

  it('leaves open what nobody heard', () => {
    expect(gesture(5, () => false)).toEqual([0, 0, 0, 0, 0]);
  });
});
