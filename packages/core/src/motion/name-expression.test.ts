import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createCanonicalSource } from './canonical-source.ts';
import { COEFFICIENT_COUNT, COEFFICIENTS } from './coefficients.ts';
import { EMOTION_VECTORS, emotionOffset } from './emotion-presets.ts';
import { EMOTIONS } from './emotions.ts';
import { fitExpression } from './fit-expression.ts';
import { readMeshBasis } from './mesh-basis.ts';
import { createMeshMotionSpace } from './mesh-motion-space.ts';
import { createMotionTracker } from './motion-tracker.ts';
import { nameExpression } from './name-expression.ts';
import { writeHeadFrame, writePoseMatrix } from './pose-matrix.ts';
import { readableEmotions, trackedEmotions } from './readable-emotions.ts';

const basis = readMeshBasis(readFileSync(new URL('../../assets/mesh-basis.bin', import.meta.url)));
const OTHER_SIDE = COEFFICIENTS.map((name) => {
  const other = /Left$/.test(name) ? name.replace('Left', 'Right') : name.replace('Right', 'Left');
  return Math.max(0, COEFFICIENTS.indexOf(other as (typeof COEFFICIENTS)[number]));
});
const STILL = { pitch: 0, yaw: 0, roll: 0, shift: [0, 0, 0] as const };

describe('naming an expression', () => {
  it('finds each emotion in its own face, and nothing in none', () => {
    for (const emotion of ['happy', 'sad', 'angry', 'fear', 'surprised'] as const) {
      const { targets, explained } = nameExpression(EMOTION_VECTORS[emotion]);
      expect(targets[0]?.emotion).toBe(emotion);
      expect(targets[0]?.intensity).toBeGreaterThan(0.7);
      expect(explained).toBeGreaterThan(0.9);
    }
    expect(nameExpression(new Float32Array(COEFFICIENT_COUNT)).targets).toEqual([]);
  });

  it('gives back the strength of an emotion that a still of another face shows', () => {
    const vectors = readableEmotions(basis);
    const source = createCanonicalSource(basis);
    const space = createMeshMotionSpace(basis);
    const none = new Float32Array(COEFFICIENT_COUNT);
    const rest = { lips: none, life: none, head: STILL, gaze: { yaw: 0, pitch: 0 } };
    const strengthOf = (name: 'happy' | 'surprised', intensity: number) => {
      const emotion = new Float32Array(COEFFICIENT_COUNT);
      emotionOffset([{ emotion: name, region: 'all', intensity }], emotion);
      const { keypoints, pose } = space.compose(source, { ...rest, emotion });
      const matrix = new Float64Array(9);
      const head = new Float32Array(keypoints.length);
      writePoseMatrix(pose, matrix);
      writeHeadFrame(keypoints, pose, matrix, head);
      for (let i = 0; i < head.length; i += 3) head[i]! *= 1.02; // a broader face
      const { targets } = nameExpression(fitExpression(basis, head).expression, { vectors });
      return targets.find((target) => target.emotion === name)?.intensity ?? 0;
    };
    expect(strengthOf('happy', 1)).toBeGreaterThan(0.8);
    expect(strengthOf('surprised', 1)).toBeGreaterThan(0.7);
    expect(strengthOf('happy', 0.5)).toBeLessThan(0.7);
  });

  it('sees contempt on either side of a frontal face, and none in an even smile', () => {
    const right = EMOTION_VECTORS.contempt;
    const left = right.map((_, k) => right[OTHER_SIDE[k]!]!);
    const contemptIn = (expression: Float32Array, yaw = 0) =>
      nameExpression(expression, { yaw }).targets.find(({ emotion }) => emotion === 'contempt')?.intensity ?? 0;
    expect(contemptIn(right)).toBeGreaterThan(0.7);
    expect(contemptIn(left)).toBeCloseTo(contemptIn(right), 4);
    expect(contemptIn(right, 0.6)).toBe(0);
    expect(contemptIn(EMOTION_VECTORS.happy)).toBe(0);
  });

  it('knows each emotion against the neutral face, wherever the face is and however large', () => {
    const source = createCanonicalSource(basis);
    const space = createMeshMotionSpace(basis);
    const tracker = createMotionTracker(basis, source.neutral);
    const vectors = trackedEmotions(basis);
    const none = new Float32Array(COEFFICIENT_COUNT);
    for (const emotion of EMOTIONS) {
      const rest = { lips: none, life: none, head: STILL, gaze: { yaw: 0, pitch: 0 } };
      const { keypoints } = space.compose(source, { ...rest, emotion: EMOTION_VECTORS[emotion].map((x) => 0.8 * x) });
      const { coefficients } = tracker.track(keypoints.map((x) => 1.4 * x + 30));
      const { targets } = nameExpression(coefficients, { vectors, fromNeutral: true });
      expect(targets[0]?.emotion ?? 'neutral').toBe(emotion);
    }
  });
});
