import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fitHeadPose } from '../face/head-pose.ts';
import { normalAt, uniformAt } from '../math/random.ts';
import { createCanonicalSource } from './canonical-source.ts';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX, type Coefficient } from './coefficients.ts';
import { estimateNeutral } from './estimate-neutral.ts';
import { fitExpression } from './fit-expression.ts';
import { measureFace } from './measures.ts';
import { readMeshBasis } from './mesh-basis.ts';
import type { HeadPose } from './motion-space.ts';
import { createMotionTracker } from './motion-tracker.ts';
import { writeHeadFrame, writePoseMatrix } from './pose-matrix.ts';

const bytes = readFileSync(new URL('../../assets/mesh-basis.bin', import.meta.url));
const basis = readMeshBasis(bytes);
const vector = (amounts: Partial<Record<Coefficient, number>>): Float32Array => {
  const out = new Float32Array(COEFFICIENT_COUNT);
  for (const [name, amount] of Object.entries(amounts)) out[COEFFICIENT_INDEX[name as Coefficient]] = amount;
  return out;
};
/** Tracker noise of a quarter pixel on a face of 170 pixels between the eye corners. */
const noisy = (points: Float32Array, seed: number): Float32Array =>
  points.map((x, i) => x + 0.25 * normalAt(seed, 1, i));
const landmarks = (expression: Float32Array, seed: number): Float32Array => {
  const pose: HeadPose = {
    pitch: 0.1 * normalAt(seed, 2, 0),
    yaw: 0.15 * normalAt(seed, 2, 1),
    roll: 0.05 * normalAt(seed, 2, 2),
    scale: 170 + 5 * normalAt(seed, 2, 3),
    translation: [256 + normalAt(seed, 2, 4), 280, 0],
  };
  return noisy(createCanonicalSource(basis, expression, pose).keypoints, seed);
};
const headOf = (points: Float32Array): Float32Array => {
  const pose = fitHeadPose(points);
  const matrix = new Float64Array(9);
  writePoseMatrix(pose, matrix);
  const out = new Float32Array(points.length);
  writeHeadFrame(points, pose, matrix, out);
  return out;
};
const NEUTRAL = createCanonicalSource(basis).neutral;

describe('mesh basis file', () => {
  it('is refused when it is cut short or of another version', () => {
    expect(() => readMeshBasis(bytes.subarray(0, 1000))).toThrow(/mesh basis: expected version 1/);
    const other = Uint8Array.from(bytes);
    other[4] = 9;
    expect(() => readMeshBasis(other)).toThrow(/mesh basis/);
  });
});

describe('motion tracker', () => {
  it('finds the movements it was shown, through pose and noise', () => {
    const tracker = createMotionTracker(basis, NEUTRAL);
    const shown = [
      vector({ jawOpen: 0.4, mouthLowerDownLeft: 0.3, mouthLowerDownRight: 0.3 }),
      vector({ mouthPucker: 0.7, mouthFunnel: 0.3, jawOpen: 0.1 }),
      vector({ mouthSmileLeft: 0.8, mouthSmileRight: 0.6, cheekSquintLeft: 0.4 }),
      vector({ eyeBlinkLeft: 1, eyeBlinkRight: 1, browOuterUpLeft: 0.5, browInnerUpLeft: 0.5 }),
    ];
    for (const [seed, expression] of shown.entries()) {
      const { coefficients } = tracker.track(landmarks(expression, seed));
      // Pucker and funnel with closed lips look nearly alike; all else is told apart.
      for (let k = 0; k < COEFFICIENT_COUNT; k++)
        expect(Math.abs(coefficients[k]! - expression[k]!)).toBeLessThan(0.45);
      const miss = coefficients.reduce((sum, x, k) => sum + Math.abs(x - expression[k]!), 0);
      expect(miss).toBeLessThan(1.2);
    }
  });

  it('reads the same from a frame whatever came before it', () => {
    const frame = landmarks(vector({ jawOpen: 0.3, mouthStretchLeft: 0.4, mouthStretchRight: 0.4 }), 7);
    const fresh = createMotionTracker(basis, NEUTRAL).track(frame).coefficients.slice();
    const used = createMotionTracker(basis, NEUTRAL);
    used.track(landmarks(vector({ mouthPucker: 1, jawOpen: 0.8, eyeBlinkLeft: 1 }), 8));
    const again = used.track(frame).coefficients;
    for (let k = 0; k < COEFFICIENT_COUNT; k++) expect(again[k]).toBeCloseTo(fresh[k]!, 1);
  });

  it('estimates the neutral face from talking and blinking frames', () => {
    const frames = Array.from({ length: 60 }, (_, f) => {
      const blink = f % 15 === 0 ? 1 : 0;
      const jaw = f % 3 === 0 ? 0 : 0.5 * uniformAt(1, 9, f);
      return landmarks(vector({ jawOpen: jaw, eyeBlinkLeft: blink, eyeBlinkRight: blink }), 100 + f);
    });
    const estimated = measureFace(estimateNeutral(frames));
    const truth = measureFace(headOf(createCanonicalSource(basis).keypoints));
    expect(estimated.lipGap).toBeLessThan(0.006);
    expect(estimated.mouthWidth).toBeCloseTo(truth.mouthWidth, 2);
    expect(estimated.eyeOpeningLeft).toBeCloseTo(truth.eyeOpeningLeft, 2);
    expect(() => estimateNeutral([])).toThrow(/neutral face/);
  });
});

describe('expression of a still', () => {
  it('explains parted lips, so that the neutral mouth is closed', () => {
    for (const expression of [vector({ jawOpen: 0.3 }), vector({ mouthUpperUpLeft: 0.6, mouthUpperUpRight: 0.6 })]) {
      const fit = fitExpression(basis, headOf(createCanonicalSource(basis, expression).keypoints));
      expect(measureFace(fit.neutral).lipGap).toBeLessThan(0.006);
      expect(fit.expression.reduce((sum, x) => sum + x, 0)).toBeGreaterThan(0.25);
    }
  });

  it('sees a smile and its side, and next to nothing in a neutral face', () => {
    const smile = fitExpression(
      basis,
      headOf(createCanonicalSource(basis, vector({ mouthSmileLeft: 0.9, mouthSmileRight: 0.3 })).keypoints),
    );
    const left = smile.expression[COEFFICIENT_INDEX.mouthSmileLeft]!;
    expect(left).toBeGreaterThan(0.35);
    expect(left).toBeGreaterThan(smile.expression[COEFFICIENT_INDEX.mouthSmileRight]! + 0.1);
    const rest = fitExpression(basis, headOf(createCanonicalSource(basis).keypoints));
    expect(Math.max(...rest.expression)).toBeLessThan(0.3);
    expect(rest.residual).toBeLessThan(1.5);
  });

  it('takes apart what it puts together: neutral + basis(δ) is the face', () => {
    const head = headOf(landmarks(vector({ jawOpen: 0.2, mouthSmileLeft: 0.5, mouthSmileRight: 0.5 }), 3));
    const { neutral, expression } = fitExpression(basis, head);
    for (const vertex of [13, 14, 61, 152, 468]) {
      let y = neutral[vertex * 3 + 1]!;
      if (vertex < 468)
        for (let k = 0; k < COEFFICIENT_COUNT; k++)
          y += expression[k]! * basis.displacements[(k * 468 + vertex) * 3 + 1]!;
      expect(y).toBeCloseTo(head[vertex * 3 + 1]!, 4);
    }
  });
});
