import { createCanonicalSource } from './canonical-source.ts';
import { COEFFICIENT_COUNT } from './coefficients.ts';
import { EMOTION_VECTORS } from './emotion-presets.ts';
import { EMOTIONS, type Emotion } from './emotions.ts';
import { fitExpression } from './fit-expression.ts';
import type { MeshBasis } from './mesh-basis.ts';
import { createMeshMotionSpace } from './mesh-motion-space.ts';
import { writeHeadFrame, writePoseMatrix } from './pose-matrix.ts';

/**
 * What `fitExpression` reads off the average face when it shows each emotion fully `[C]`: less than the emotion itself,
 * since a still leaves part of it to the person.
 */
export function readableEmotions(basis: MeshBasis): Readonly<Record<Emotion, Float32Array>> {
  const source = createCanonicalSource(basis);
  const space = createMeshMotionSpace(basis);
  const none = new Float32Array(COEFFICIENT_COUNT);
  const still = { head: { pitch: 0, yaw: 0, roll: 0, shift: [0, 0, 0] as const }, gaze: { yaw: 0, pitch: 0 } };
  const matrix = new Float64Array(9);
  const read = (emotion: Emotion) => {
    const driven = space.compose(source, { lips: none, emotion: EMOTION_VECTORS[emotion], life: none, ...still });
    const head = new Float32Array(driven.keypoints.length);
    writePoseMatrix(driven.pose, matrix);
    writeHeadFrame(driven.keypoints, driven.pose, matrix, head);
    return fitExpression(basis, head).expression;
  };
  const calm = read('neutral');
  return Object.fromEntries(EMOTIONS.map((emotion) => [emotion, read(emotion).map((x, k) => x - calm[k]!)])) as Record<
    Emotion,
    Float32Array
  >;
}
