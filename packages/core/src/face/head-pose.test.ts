import { describe, expect, it } from 'vitest';
import { writeImageFrame, writePoseMatrix } from '../motion/pose-matrix.ts';
import { CANONICAL_VERTICES } from './canonical-mesh.ts';
import { alignHeadPose, fitHeadPose, type HeadPose } from './head-pose.ts';

const POSES: HeadPose[] = [
  { pitch: 0, yaw: 0, roll: 0, scale: 150, translation: [256, 280, 0] },
  { pitch: 0.2, yaw: -0.5, roll: 0.3, scale: 80, translation: [100, 90, 12] },
  { pitch: -0.4, yaw: 0.7, roll: -2.5, scale: 412, translation: [900, 700, -40] },
];

/** The canonical face with irises at its eyes, so that all 478 landmarks are there. */
const HEAD = new Float32Array(478 * 3);
HEAD.set(CANONICAL_VERTICES);
for (let i = 468; i < 478; i++) HEAD.copyWithin(i * 3, i < 473 ? 159 * 3 : 386 * 3, (i < 473 ? 159 : 386) * 3 + 3);

describe('fitHeadPose', () => {
  it('turns by the pose it was posed with, up to the constant tilt of the face itself', () => {
    const own = fitHeadPose(HEAD);
    expect(own.scale).toBeCloseTo(1, 5);
    expect(Math.abs(own.pitch)).toBeLessThan(0.02);
    expect(own.yaw).toBeCloseTo(0, 5);
    expect(own.roll).toBeCloseTo(0, 5);
    expect(own.translation.map(Math.abs)).toEqual([0, 0, 0]);
  });

  it('carries head-frame geometry exactly back onto the landmarks', () => {
    for (const pose of POSES) {
      const points = posed(HEAD, pose);
      const fitted = fitHeadPose(points);
      expect(fitted.scale).toBeCloseTo(pose.scale, 2);
      const straight = posed(straightened(points, fitted), fitted);
      const errors = points.map((value, i) => Math.abs(value - straight[i]!));
      expect(Math.max(...errors)).toBeLessThan(0.005);
    }
  });

  it('has the signs of HeadPose: the nose goes right with yaw, down with pitch; roll is clockwise', () => {
    const still = { pitch: 0, yaw: 0, roll: 0, scale: 100, translation: [0, 0, 0] } as const;
    expect(posed(HEAD, { ...still, yaw: 0.3 })[3]).toBeGreaterThan(0);
    expect(fitHeadPose(posed(HEAD, { ...still, yaw: 0.3 })).yaw).toBeCloseTo(0.3, 2);
    expect(fitHeadPose(posed(HEAD, { ...still, pitch: 0.2 })).pitch).toBeGreaterThan(0.17);
    expect(fitHeadPose(posed(HEAD, { ...still, roll: 0.4 })).roll).toBeCloseTo(0.4, 2);
  });
});

describe('alignHeadPose', () => {
  it('finds the pose of known geometry', () => {
    for (const pose of POSES) {
      const fitted = alignHeadPose(posed(HEAD, pose), HEAD);
      for (const key of ['pitch', 'yaw', 'roll'] as const) expect(fitted[key]).toBeCloseTo(pose[key], 4);
      expect(fitted.scale).toBeCloseTo(pose.scale, 2);
      for (let k = 0; k < 3; k++) expect(fitted.translation[k]).toBeCloseTo(pose.translation[k]!, 2);
    }
  });

  it('does not take an opening jaw for a nod', () => {
    const open = HEAD.slice();
    for (const chin of [152, 148, 377, 176, 400, 175, 199]) {
      open[chin * 3 + 1]! += 0.28;
      open[chin * 3 + 2]! += 0.08;
    }
    const points = posed(open, POSES[0]!);
    expect(alignHeadPose(points, HEAD).pitch).toBeCloseTo(0, 4);
    expect(Math.abs(fitHeadPose(points).pitch)).toBeGreaterThan(0.01);
  });
});

function posed(vertices: Float32Array, pose: HeadPose): Float32Array {
  const matrix = new Float64Array(9);
  writePoseMatrix(pose, matrix);
  const out = new Float32Array(vertices.length);
  writeImageFrame(vertices, pose, matrix, out);
  return out;
}

/** Rᵀ (p − t) / s, written out. */
function straightened(points: Float32Array, pose: HeadPose): Float32Array {
  const matrix = new Float64Array(9);
  writePoseMatrix(pose, matrix);
  return points.map((_, i) => {
    const base = i - (i % 3);
    let sum = 0;
    for (let k = 0; k < 3; k++) sum += matrix[k * 3 + (i % 3)]! * (points[base + k]! - pose.translation[k]!);
    return sum / pose.scale ** 2;
  });
}
