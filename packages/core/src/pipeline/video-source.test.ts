import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { LEFT_EYE, RIGHT_EYE } from '../face/canonical-mesh.ts';
import type { SourceTrack } from '../formats/source-track.ts';
import { createCanonicalSource } from '../motion/canonical-source.ts';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX } from '../motion/coefficients.ts';
import { readMeshBasis } from '../motion/mesh-basis.ts';
import { createMeshMotionSpace } from '../motion/mesh-motion-space.ts';
import { VideoSource } from './video-source.ts';

const basis = readMeshBasis(readFileSync(new URL('../../assets/mesh-basis.bin', import.meta.url)));
const FRAMES = 60;
const isBlink = (f: number) => f >= 30 && f < 34;

/** The average face nods, speaks syllables and blinks once. */
function track(): SourceTrack {
  const space = createMeshMotionSpace(basis);
  const source = createCanonicalSource(basis);
  const zero = new Float32Array(COEFFICIENT_COUNT);
  const landmarks = new Float32Array(FRAMES * 478 * 3);
  for (let f = 0; f < FRAMES; f++) {
    const life = zero.slice();
    if (isBlink(f)) life[COEFFICIENT_INDEX.eyeBlinkLeft] = life[COEFFICIENT_INDEX.eyeBlinkRight] = 1;
    const lips = zero.slice();
    lips[COEFFICIENT_INDEX.jawOpen] = f % 8 < 4 ? 0.35 : 0;
    const head = { pitch: 0.1 * Math.sin(f / 6), yaw: 0, roll: 0, shift: [0, 0, 0] } as const;
    const driven = space.compose(source, { lips, emotion: zero, life, head, gaze: { yaw: 0, pitch: 0 } });
    landmarks.set(driven.keypoints, f * 478 * 3);
  }
  const seen = new Uint8Array(FRAMES).fill(1);
  return {
    ...{ fps: 25, width: 512, height: 512, frameCount: FRAMES, landmarks, seen },
    ...{ shots: new Uint16Array(FRAMES), findings: [] },
  };
}

/** Mean gap of the lids in their middle, pixels. */
function lidGap(points: Float32Array): number {
  let sum = 0;
  for (const { margin } of [RIGHT_EYE, LEFT_EYE]) {
    for (let i = 3; i <= 5; i++) sum += (points[margin.lower[i]! * 3 + 1]! - points[margin.upper[i]! * 3 + 1]!) / 6;
  }
  return sum;
}

const lipGap = (points: Float32Array) => points[14 * 3 + 1]! - points[13 * 3 + 1]!;

it('takes syllables off the lips and leaves head and blinks as they are', () => {
  const source = new VideoSource(track(), basis, { wholeFace: false, blinks: 'own' });
  for (let f = 8; f < FRAMES - 8; f++) {
    const { observed, neutralised, strength } = source.tickAt(f);
    expect(strength).toBe(1);
    expect(lidGap(neutralised.keypoints)).toBe(lidGap(observed.keypoints));
    expect(lipGap(neutralised.keypoints), `frame ${f}`).toBeLessThan(3);
  }
  expect(lidGap(source.tickAt(32).observed.keypoints)).toBeLessThan(1);
  expect(source.partFrames).toEqual(source.mouthFrames);
});

it('leaves frames alone in which something passes before the mouth, and reads nothing off them', () => {
  const clean = track();
  const landmarks = clean.landmarks.slice();
  for (let f = 20; f < 24; f++) {
    for (const v of [0, 17, 13, 14, 61, 291, 152]) landmarks[(f * 478 + v) * 3 + 1]! += 40; // nonsense
  }
  const findings = [{ code: 'mouth-passed', from: 20, to: 24 }] as const;
  const options = { wholeFace: false, blinks: 'own' } as const;
  const passed = new VideoSource({ ...clean, landmarks, findings }, basis, options);
  for (let f = 0; f < FRAMES; f++) {
    const { strength, neutralised } = passed.tickAt(f);
    expect(strength === 0, `frame ${f}`).toBe(f >= 20 && f < 24);
    if (strength > 0) expect(lipGap(neutralised.keypoints), `frame ${f}`).toBeLessThan(3);
    expect(neutralised.keypoints.every(Number.isFinite)).toBe(true);
  }
  expect(passed.mouthFrames.some((f) => f >= 20 && f < 24)).toBe(false);
  expect(passed.tickAt(19).strength).toBeLessThan(passed.tickAt(17).strength);
});

it('opens filmed blinks where they are replaced, and nothing else of the eyes', () => {
  const source = new VideoSource(track(), basis, { wholeFace: true, blinks: 'replaced' });
  const open = lidGap(source.tickAt(20).observed.keypoints);
  for (let f = 20; f < 44; f++) {
    const { observed, neutralised } = source.tickAt(f);
    expect(lidGap(neutralised.keypoints) / open, `frame ${f}`).toBeGreaterThan(0.85);
    if (f < 28 || f >= 36) expect(lidGap(neutralised.keypoints)).toBe(lidGap(observed.keypoints));
  }
  const eyeFrame = source.partFrames.at(-1)!;
  expect(source.partFrames.length).toBe(source.mouthFrames.length + 1);
  expect(isBlink(eyeFrame)).toBe(false);
});
