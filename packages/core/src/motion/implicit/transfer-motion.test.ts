import { describe, expect, it } from 'vitest';
import { fill } from '../../../test/helpers/formula.ts';
import { maxDifference } from '../../../test/helpers/run-network.ts';
import { addFaceEdit } from './face-edits.ts';
import { smoothRandomWalk, VIDEO_KALMAN } from './kalman-smoother.ts';
import {
  absoluteMotion,
  expressionFriendly,
  motionFactor,
  multiplyMotion,
  NEUTRAL_EXPRESSION,
  relativeMotion,
  transferClip,
} from './transfer-motion.ts';
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

describe('transferClip', () => {
  const clip = Array.from({ length: 6 }, (_, n) => motion(`drive${n}`, n, 2 * n, -n));
  const video = Array.from({ length: 6 }, (_, n) => motion(`video${n}`, -n, n, n));
  const axis = (expression: Float32Array, keypoint: number, a: number) => expression[keypoint * 3 + a]!;

  it('moves a still as its first frame lies to the others, or as the clip moves itself', () => {
    const relative = transferClip([source], clip);
    expect(relative[4]).toEqual(relativeMotion(source, clip[4]!, clip[0]!));
    const absolute = transferClip([source], clip, { relative: false });
    expect(absolute[4]).toEqual(absoluteMotion(source, clip[4]!));
    const exact = transferClip([source], clip, { relative: false, exact: true });
    expect(exact[4]).toEqual({ ...clip[4], scale: source.scale });
  });

  it('counts a single driving picture from lips about to speak, and leaves the pose', () => {
    const [driven] = transferClip([source], [later]);
    expect(maxDifference(driven!.rotation, source.rotation)).toBeLessThan(1e-6);
    expect([driven!.scale, [...driven!.translation]]).toEqual([source.scale, [...source.translation]]);
    const expected = source.expression.map((value, i) => value + later.expression[i]! - NEUTRAL_EXPRESSION[i]!);
    expect(maxDifference(driven!.expression, expected)).toBeLessThan(1e-7);
  });

  it('smooths what a video takes over, in part, and keeps its scale', () => {
    const relative = transferClip(video, clip);
    const changes = video.map(({ expression }, n) =>
      expression.map((value, i) => value + clip[n]!.expression[i]! - clip[0]!.expression[i]!),
    );
    const smooth = smoothRandomWalk(changes, VIDEO_KALMAN);
    for (const [n, { scale, translation, expression }] of relative.entries()) {
      expect([scale, translation]).toEqual([video[n]!.scale, video[n]!.translation]);
      expect(axis(expression, 12, 0)).toBeCloseTo(axis(smooth[n]!, 12, 0), 6);
      expect(axis(expression, 9, 0)).toBe(axis(video[n]!.expression, 9, 0));
      expect(axis(expression, 0, 1)).toBe(axis(video[n]!.expression, 0, 1));
    }
    const exact = transferClip(video, clip, { relative: false, exact: true });
    const wanted = smoothRandomWalk(
      clip.map(({ expression }) => expression),
      VIDEO_KALMAN,
    );
    expect(exact.map(({ expression }) => expression)).toEqual(wanted);
    expect(exact[3]!.translation).toBe(clip[3]!.translation);
  });

  it('keeps to a region', () => {
    const pose = transferClip([source], clip, { region: 'pose' })[5]!;
    expect([pose.scale, pose.expression]).toEqual([source.scale, source.expression]);
    expect(pose.rotation).toEqual(relativeMotion(source, clip[5]!, clip[0]!).rotation);
    const lips = transferClip([source], clip, { region: 'lips', relative: false })[5]!;
    expect(lips.rotation).toBe(source.rotation);
    expect(axis(lips.expression, 20, 2)).toBe(axis(clip[5]!.expression, 20, 2));
    expect(axis(lips.expression, 11, 1)).toBe(axis(source.expression, 11, 1));
    const eyes = transferClip([source], clip, { region: 'eyes', relative: false })[5]!;
    expect(axis(eyes.expression, 20, 2)).toBe(axis(source.expression, 20, 2));
    expect(axis(eyes.expression, 11, 1)).toBe(axis(clip[5]!.expression, 11, 1));
    const exp = transferClip([source], clip, { region: 'exp' })[5]!;
    expect(exp.expression).toEqual(relativeMotion(source, clip[5]!, clip[0]!).expression);
    expect(exp.translation).toBe(source.translation);
  });

  it('scales expression-friendly motion by the size of the hulls', () => {
    const own = fill('test/hull', [63], -0.5, 0.5);
    const first = own.map((value) => value * 2);
    expect(motionFactor(own, first)).toBeCloseTo(Math.sqrt(1 / 8), 6);
    const driven = first.map((value) => value + 0.4);
    expect(
      maxDifference(
        expressionFriendly(own, driven, first, 0.5),
        own.map((value) => value + 0.2),
      ),
    ).toBeLessThan(1e-6);
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
