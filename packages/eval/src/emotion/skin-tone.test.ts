import { PLACES } from '@pctalk/core';
import { expect, test } from 'vitest';
import { meanTone, SKIN_PLACES, skinTone, toneChange } from './skin-tone.ts';

const SIZE = 64;
const points = new Float32Array(478 * 3).fill(40);
points[PLACES.rightEyeOuter * 3] = 10;
points[PLACES.leftEyeOuter * 3] = 54;

function grey(value: number) {
  return { width: SIZE, height: SIZE, data: new Uint8ClampedArray(SIZE * SIZE * 4).fill(value) };
}

test('reads the brightness of the skin', () => {
  const tone = skinTone(grey(120), points);
  for (const name of SKIN_PLACES) expect(tone[name]).toBeCloseTo(120, 3);
});

test('tells what one place does from what the light does', () => {
  const calm = skinTone(grey(100), points);
  const lit = { ...skinTone(grey(150), points), cheeks: 165, betweenBrows: 135 };
  const change = toneChange(lit, calm);
  expect(change.cheeks).toBeCloseTo(0.1, 5);
  expect(change.betweenBrows).toBeCloseTo(-0.1, 5);
  expect(change.chin).toBeCloseTo(0, 5);
  expect(meanTone([calm, lit]).chin).toBeCloseTo(125, 3);
});
