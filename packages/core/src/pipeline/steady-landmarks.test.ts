import { expect, it } from 'vitest';
import { normalAt } from '../math/random.ts';
import { steadyLandmarks } from './steady-landmarks.ts';

const FRAMES = 40;
const ROW = 478 * 3;

/** Eyes 100 pixels apart, every other point at its number; noise of ±0.3 pixels; landmark 14 jumps by 20 at frame 20. */
function track(): Float32Array {
  const out = new Float32Array(FRAMES * ROW);
  for (let f = 0; f < FRAMES; f++) {
    for (let i = 0; i < ROW; i++) out[f * ROW + i] = i + 0.3 * normalAt(3, f, i);
    for (let k = 0; k < 3; k++) out[f * ROW + 33 * 3 + k] = 0;
    for (let k = 0; k < 3; k++) out[f * ROW + 263 * 3 + k] = k === 0 ? 100 : 0;
    if (f >= 20) out[f * ROW + 14 * 3 + 1]! += 20;
  }
  return out;
}

it('halves noise, keeps a jump where it is, and does not mix shots', () => {
  const before = track();
  const after = before.slice();
  const shots = Uint16Array.from({ length: FRAMES }, (_, f) => (f < 30 ? 0 : 1));
  steadyLandmarks(after, new Uint8Array(FRAMES).fill(1), shots);
  const spread = (values: Float32Array) => {
    let sum = 0;
    for (let f = 5; f < 15; f++) for (let i = 600; i < 700; i++) sum += (values[f * ROW + i]! - i) ** 2;
    return Math.sqrt(sum / 1000);
  };
  expect(spread(after)).toBeLessThan(0.65 * spread(before));
  const lip = (f: number) => after[f * ROW + 43]!;
  expect(lip(20) - lip(19)).toBeGreaterThan(18);
  const alone = before.slice(30 * ROW);
  steadyLandmarks(alone, new Uint8Array(10).fill(1), new Uint16Array(10));
  expect(after.slice(30 * ROW).every((value, i) => value === alone[i])).toBe(true);
});
