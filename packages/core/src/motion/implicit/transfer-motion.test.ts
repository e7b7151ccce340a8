import { describe, expect, it } from 'vitest';
import { fill } from '../../../test/helpers/formula.ts';
import { maxDifference } from '../../../test/helpers/run-network.ts';
import { addFaceEdit } from './face-edits.ts';
import { absoluteMotion, multiplyMotion, relativeMotion } from './transfer-motion.ts';
import { angleFromBins, type ImplicitMotion, rotationMatrix, transformKeypoints } from './transform.ts';

function motion(tag: string, pitchDeg: number, yawDeg: number, rollDeg: number): ImplicitMotion {
  return {
    scale: 1.2 + 0.1 * fill(`${tag}/s`, [1], 0, 1)[0]!,
    rotation: rotationMatrix({ pitchDeg, yawDeg, rollDeg }),
    expression: fill(`${tag}/exp`, [63], -0.1, 0.1),
    translation: fill(`${tag}/t`, [3], -0.1, 0.1),
  };
}
const source = motion('source', 5, -3, 2);
const first = motion('first', -4, 10, 1);
const later = motion('later', 8, -12, 6);

describe('transform', () => {
  it('turns row vectors: yaw takes x to −z, pitch y to z, roll x to y', () => {
    const axes = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    const turn = (angles: Partial<Parameters<typeof rotationMatrix>[0]>) =>
      transformKeypoints(axes, {
        scale: 1,
        rotation: rotationMatrix({ pitchDeg: 0, yawDeg: 0, rollDeg: 0, ...angles }),
        expression: new Float32Array(9),
        translation: new Float32Array(3),
      });
    expect(maxDifference(turn({ yawDeg: 90 }), [0, 0, -1, 0, 1, 0, 1, 0, 0])).toBeLessThan(1e-7);
    expect(maxDifference(turn({ pitchDeg: 90 }), [1, 0, 0, 0, 0, 1, 0, -1, 0])).toBeLessThan(1e-7);
    expect(maxDifference(turn({ rollDeg: 90 }), [0, 1, 0, -1, 0, 0, 0, 0, 1])).toBeLessThan(1e-7);
  });

  it('reads angles from bins of 3°', () => {
    const peak = (bin: number) => Float32Array.from({ length: 66 }, (_, i) => (i === bin ? 50 : 0));
    expect(angleFromBins(peak(0))).toBeCloseTo(-97.5, 6);
    expect(angleFromBins(peak(33))).toBeCloseTo(1.5, 6);
    expect(angleFromBins(new Float32Array(66))).toBeCloseTo(0, 6);
  });
});

describe('relativeMotion', () => {
  it('leaves the source as it is in the first frame', () => {
    const driven = relativeMotion(source, first, first);
    expect(driven.scale).toBeCloseTo(source.scale, 12);
    expect(maxDifference(driven.rotation, source.rotation)).toBeLessThan(1e-6);
    expect(maxDifference(driven.expression, source.expression)).toBeLessThan(1e-7);
    expect(maxDifference(driven.translation, source.translation)).toBeLessThan(1e-7);
  });

  it('gives the driving motion itself when the source is the first frame', () => {
    const driven = relativeMotion(first, later, first);
    expect(maxDifference(driven.rotation, later.rotation)).toBeLessThan(1e-6);
    expect(maxDifference(driven.expression, later.expression)).toBeLessThan(1e-7);
  });
});

describe('absoluteMotion', () => {
  it('copies the expression in part, pose whole, and keeps the scale', () => {
    const driven = absoluteMotion(source, later);
    expect([driven.scale, driven.rotation, driven.translation]).toEqual([
      source.scale,
      later.rotation,
      later.translation,
    ]);
    const taken = Array.from({ length: 63 }, (_, i) => driven.expression[i] === later.expression[i]);
    const axes = (keypoint: number) => taken.slice(keypoint * 3, keypoint * 3 + 3);
    for (const keypoint of [0, 7, 10]) expect(axes(keypoint)).toEqual([false, false, false]);
    for (const keypoint of [1, 2, 6, 11, 17, 20]) expect(axes(keypoint)).toEqual([true, true, true]);
    expect([axes(3), axes(5), axes(9)]).toEqual([
      [false, true, false],
      [false, false, true],
      [false, true, true],
    ]);
  });
});

describe('edits', () => {
  it('multiplies motion about the source', () => {
    expect([...multiplyMotion(Float32Array.of(1, 2), Float32Array.of(2, 0), 1.5)]).toEqual([2.5, -1]);
  });

  it('adds a slider to its keypoints', () => {
    const expression = new Float32Array(63);
    addFaceEdit(expression, 'eyesOpen', -20);
    const moved = [...expression].flatMap((value, i) => (value === 0 ? [] : [[Math.floor(i / 3), i % 3, value]]));
    expect(moved.map(([keypoint, axis]) => [keypoint, axis])).toEqual([
      [11, 1],
      [13, 1],
      [15, 1],
      [16, 1],
    ]);
    expect(expression[34]).toBeCloseTo(0.02, 7);
  });
});
