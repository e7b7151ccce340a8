import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parsePerformance } from '../formats/performance.ts';
import type { SourceTrack } from '../formats/source-track.ts';
import { createArticulationEditor } from '../motion/articulation.ts';
import { createCanonicalSource } from '../motion/canonical-source.ts';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX } from '../motion/coefficients.ts';
import { readMeshBasis } from '../motion/mesh-basis.ts';
import { createMeshMotionSpace } from '../motion/mesh-motion-space.ts';
import { Director } from './director.ts';
import { readReferenceMotion, referenceMotionAt, replacingMotion } from './reference-motion.ts';

const basis = readMeshBasis(readFileSync(new URL('../../assets/mesh-basis.bin', import.meta.url)));
const FRAMES = 60;
const yawAt = (f: number) => 0.15 * Math.sin(f / 6);
const isBlink = (f: number) => f >= 30 && f < 34;
const gazeAt = (f: number) => (f >= 40 && f < 50 ? 0.2 : 0);

/** A clip of the average face that sways, blinks once, glances aside and is lost for three frames. */
function swayingTrack(): SourceTrack {
  const space = createMeshMotionSpace(basis);
  const source = createCanonicalSource(basis);
  const zero = new Float32Array(COEFFICIENT_COUNT);
  const landmarks = new Float32Array(FRAMES * 478 * 3);
  for (let f = 0; f < FRAMES; f++) {
    const life = zero.slice();
    if (isBlink(f)) life[COEFFICIENT_INDEX.eyeBlinkLeft] = life[COEFFICIENT_INDEX.eyeBlinkRight] = 1;
    const head = { pitch: 0, yaw: yawAt(f), roll: 0, shift: [0, 0, 0] } as const;
    const driven = space.compose(source, { lips: zero, emotion: zero, life, head, gaze: { yaw: gazeAt(f), pitch: 0 } });
    landmarks.set(driven.keypoints, f * 478 * 3);
  }
  const seen = new Uint8Array(FRAMES).fill(1).fill(0, 20, 23);
  const shots = new Uint16Array(FRAMES);
  return { fps: 25, width: 512, height: 512, frameCount: FRAMES, landmarks, seen, shots, findings: [] };
}

const motion = readReferenceMotion(swayingTrack(), basis);

it('reads rotation, blinks and gaze, across frames without the face too', () => {
  const rest = motion.yaw[0]! - yawAt(0);
  for (let f = 0; f < FRAMES; f++) {
    expect(Math.abs(motion.yaw[f]! - rest - yawAt(f)), `yaw ${f}`).toBeLessThan(0.01);
    expect(Math.abs(motion.pitch[f]!)).toBeLessThan(0.02);
    expect(motion.blink[f]!, `blink ${f}`).toBeCloseTo(isBlink(f) ? 1 : 0, 1);
    if (!isBlink(f)) expect(Math.abs(motion.gazeYaw[f]! - gazeAt(f)), `gaze ${f}`).toBeLessThan(0.04);
  }
});

it('reads the sway of a face that stands on its head as that of one that does not', () => {
  const track = swayingTrack();
  for (let f = 0; f < FRAMES; f++) {
    const angle = Math.PI + 0.1 * Math.sin(f / 5); // about the jump from π to −π
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    for (let i = f * 478 * 3; i < (f + 1) * 478 * 3; i += 3) {
      const [x, y] = [track.landmarks[i]! - 256, track.landmarks[i + 1]! - 256];
      track.landmarks[i] = 256 + cos * x - sin * y;
      track.landmarks[i + 1] = 256 + sin * x + cos * y;
    }
  }
  const { roll } = readReferenceMotion(track, basis);
  const rest = roll[0]!;
  for (let f = 0; f < FRAMES; f++) expect(Math.abs(roll[f]! - rest - 0.1 * Math.sin(f / 5)), `${f}`).toBeLessThan(0.02);
});

it('begins with the picture and runs back and forth', () => {
  const { head, blink, gaze } = referenceMotionAt(motion, 0);
  for (const value of [head.pitch, head.yaw, head.roll, blink, gaze.yaw, gaze.pitch]) expect(Math.abs(value)).toBe(0);
  expect(referenceMotionAt(motion, FRAMES)).toEqual(referenceMotionAt(motion, FRAMES - 2));
  const wild = { ...motion, yaw: motion.yaw.map(() => 1.5) };
  expect(referenceMotionAt(wild, 30).head.yaw).toBeLessThanOrEqual(0.35);
});

it('puts its head and gaze in the place of those of a clip, and leaves its blinks as they are', () => {
  const own = { ...motion, yaw: motion.yaw.map((_, f) => 0.01 * f), gazeYaw: motion.gazeYaw.map(() => 0.05) };
  for (const [whenShort, clipFrame] of [
    ['hold', FRAMES - 1],
    ['ping-pong', FRAMES - 3],
  ] as const) {
    const { yaw, gazeYaw, blink } = replacingMotion(motion, own, whenShort);
    expect(own.yaw[7]! + yaw[7]!).toBeCloseTo(motion.yaw[7]!, 6);
    expect(gazeYaw[45]! + 0.05).toBeCloseTo(motion.gazeYaw[45]!, 6);
    expect(blink.slice(0, FRAMES)).toEqual(motion.blink);
    // Past the end of both, which have the same length.
    expect(own.yaw[clipFrame]! + yaw[FRAMES + 1]!).toBeCloseTo(motion.yaw[FRAMES - 3]!, 6);
  }
});

it('directs the head, lids and eyes by it, each as large as its control says', async () => {
  const speech = {
    lips: new Float32Array(COEFFICIENT_COUNT),
    channels: new Float32Array(14),
    phones: new Float32Array(14),
    features: new Float32Array(192),
    voicing: 0,
    closure: 0,
    silence: 1,
    comingClosures: new Float32Array(3),
    comingSilences: new Float32Array(3).fill(1),
  };
  const frameOf = async (controls: object) => {
    const performance = parsePerformance({ version: 1, motion, ...controls }, 'test', { styles: [] });
    const director = new Director(performance, createArticulationEditor(basis));
    let frame = await director.next(speech);
    for (let f = 1; f <= 45; f++) frame = await director.next(speech);
    return frame;
  };
  const whole = await frameOf({});
  expect(whole.head.yaw).toBeCloseTo(referenceMotionAt(motion, 45).head.yaw, 6);
  expect(whole.gaze.yaw).toBeCloseTo(0.2, 1);
  const still = await frameOf({ headMotion: 0, gaze: 0.5 });
  expect(still.head.yaw).toBe(0);
  expect(still.gaze.yaw).toBeCloseTo(whole.gaze.yaw / 2, 6);
});

it('refuses curves of different length', () => {
  const uneven = { version: 1, motion: { ...motion, roll: [0] } };
  expect(() => parsePerformance(uneven, 'take.json', { styles: [] })).toThrow(/take\.json\.motion\.roll: expected 60/);
});
