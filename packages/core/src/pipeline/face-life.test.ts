import { describe, expect, it } from 'vitest';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX } from '../motion/coefficients.ts';
import { FaceLife } from './face-life.ts';
import { IdleMouth } from './idle-mouth.ts';

const FPS = 25;

function run(frames: number, add: (t: number, out: Float32Array) => void): Float32Array[] {
  return Array.from({ length: frames }, (_, t) => {
    const out = new Float32Array(COEFFICIENT_COUNT);
    add(t, out);
    return out;
  });
}

function moved(rows: readonly Float32Array[]): string[] {
  return Object.entries(COEFFICIENT_INDEX)
    .filter(([, index]) => rows.some((row) => row[index] !== 0))
    .map(([name]) => name);
}

describe('the face above the mouth', () => {
  const speak = (seed: number, amount: number) => {
    const life = new FaceLife(seed);
    return run(500, (t, out) => life.add({ speech: 1, stress: t % 20 < 4 ? 1 : 0 }, t / FPS, amount, out));
  };

  it('moves brows, lids, cheeks and nose and leaves mouth and blinks alone', () => {
    expect(moved(speak(1, 1)).every((name) => /^(brow|eyeSquint|eyeWide|cheek|nose)/.test(name))).toBe(true);
    expect(moved(speak(1, 1))).toContain('cheekSquintLeft');
    expect(moved(speak(1, 0))).toEqual([]);
  });

  it('starts from the picture, is even on both sides and follows the seed', () => {
    expect(Math.max(...new FaceLifeAtRest().first())).toBe(0);
    const rows = speak(1, 1);
    for (const row of rows)
      expect(row[COEFFICIENT_INDEX.browInnerUpLeft]).toBe(row[COEFFICIENT_INDEX.browInnerUpRight]);
    expect(speak(1, 1)).toEqual(rows);
    expect(speak(2, 1)).not.toEqual(rows);
  });
});

class FaceLifeAtRest {
  first(): Float32Array {
    const out = new Float32Array(COEFFICIENT_COUNT);
    new FaceLife(3).add({ speech: 0, stress: 0 }, 0, 1, out);
    return out;
  }
}

describe('a waiting mouth', () => {
  const wait = (speech: (t: number) => number, amount = 1, frames = 1500) => {
    const idle = new IdleMouth(5);
    return run(frames, (t, out) => idle.add(speech(t), t / FPS, amount, 1 / FPS, out));
  };
  const jaw = COEFFICIENT_INDEX.jawOpen;

  it('parts, presses and swallows, slowly, and is shut in between', () => {
    const rows = wait(() => 0);
    expect(moved(rows)).toEqual(expect.arrayContaining(['jawOpen', 'mouthPressLeft', 'mouthShrugLower']));
    expect(rows.filter((row) => row.every((x) => x === 0)).length / rows.length).toBeGreaterThan(0.1);
    const steps = rows.slice(1).map((row, t) => Math.abs(row[jaw]! - rows[t]![jaw]!));
    expect(Math.max(...steps)).toBeLessThan(0.012);
  });

  it('does nothing while somebody speaks, in short pauses, or at 0', () => {
    expect(moved(wait(() => 1))).toEqual([]);
    expect(moved(wait((t) => (t % 25 < 12 ? 0 : 1)))).toEqual([]);
    expect(moved(wait(() => 0, 0))).toEqual([]);
  });
});
