import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createCanonicalSource, KEYPOINT_COUNT, readMeshBasis } from '@pctalk/core';
import { expect, it } from 'vitest';
import { livelinessOf, REAL_LIVELINESS, scoreLiveliness } from './liveliness-figures.ts';

const basis = readMeshBasis(readFileSync(createRequire(import.meta.url).resolve('@pctalk/core/assets/mesh-basis.bin')));
const face = createCanonicalSource(basis).keypoints;
const LOWER = [14, 87, 178, 88, 95, 317, 402, 318, 324];

/** A face whose lower inner lip and brows move by so many pixels, up and down from frame to frame. */
function clip(frames: number, lip: number, brow: number): Float32Array {
  const out = new Float32Array(frames * KEYPOINT_COUNT * 3);
  for (let t = 0; t < frames; t++) {
    const row = face.slice();
    if (t % 2 === 1) {
      for (const v of LOWER) row[v * 3 + 1]! += lip;
      for (const v of [70, 63, 105, 66, 107, 46, 53, 52, 65, 55]) row[v * 3 + 1]! -= brow;
    }
    out.set(row, t * KEYPOINT_COUNT * 3);
  }
  return out;
}

const heard = (frames: number, silence: number) => ({
  levelDb: Array.from({ length: frames }, (_, t) => (t % 2 === 1 ? 0 : -100)),
  silence: new Array<number>(frames).fill(silence),
});

it('sees nothing in a face that does not move, and more the further it moves', () => {
  const still = livelinessOf(clip(40, 0, 0), heard(40, 1));
  expect(still.lipDynamics).toBeLessThan(1e-6);
  expect(still.browDynamics).toBeLessThan(1e-6);
  expect(still.silentLips).toBeLessThan(1e-6);
  const [some, more] = [livelinessOf(clip(40, 4, 2), heard(40, 1)), livelinessOf(clip(40, 8, 4), heard(40, 1))];
  expect(more.lipDynamics / some.lipDynamics).toBeCloseTo(2, 0);
  expect(more.browDynamics / some.browDynamics).toBeCloseTo(2, 0);
  expect(more.silentLips / some.silentLips).toBeCloseTo(2, 0);
});

it('lips that open with the sound are in sync, the other way round they are not', () => {
  const speech = heard(40, 0);
  expect(livelinessOf(clip(40, 8, 0), speech).lipSync).toBeLessThan(0.05);
  const late = { ...speech, levelDb: [...speech.levelDb].reverse() };
  expect(livelinessOf(clip(40, 8, 0), late).lipSync).toBeGreaterThan(0.95);
  expect(livelinessOf(clip(40, 8, 0), speech).silentLips).toBeNaN();
});

it('scores the real figures 1', () => {
  expect(scoreLiveliness(REAL_LIVELINESS)).toBe(1);
  expect(scoreLiveliness({ ...REAL_LIVELINESS, silentLips: 0 })).toBe(0.75);
});
