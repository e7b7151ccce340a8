import { createCanonicalSource } from './canonical-source.ts';
import { COEFFICIENT_COUNT } from './coefficients.ts';
import { EMOTIONS, type Emotion } from './emotions.ts';
import { fitExpression } from './fit-expression.ts';
import type { MeshBasis } from './mesh-basis.ts';
import { createMeshMotionSpace } from './mesh-motion-space.ts';
import type { DrivenFrame } from './motion-space.ts';
import { createMotionTracker } from './motion-tracker.ts';
import { writeHeadFrame, writePoseMatrix } from './pose-matrix.ts';
import { READ_VECTORS } from './read-amounts.ts';

/**
 * What `fitExpression` reads off the average face when it shows each emotion fully (`READ_VECTORS`) `[C]`: less than the emotion itself,
 * since a still leaves part of it to the person.
 */
export function readableEmotions(basis: MeshBasis): Readonly<Record<Emotion, Float32Array>> {
  const matrix = new Float64Array(9);
  return readEmotions(basis, ({ keypoints, pose }) => {
    const head = new Float32Array(keypoints.length);
    writePoseMatrix(pose, matrix);
    writeHeadFrame(keypoints, pose, matrix, head);
    return fitExpression(basis, head).expression;
  });
}

/** What a `MotionTracker` that knows the average face at rest reads off it when it shows each emotion fully (`READ_VECTORS`) `[C]`. */
export function trackedEmotions(basis: MeshBasis): Readonly<Record<Emotion, Float32Array>> {
  const tracker = createMotionTracker(basis, createCanonicalSource(basis).neutral);
  return readEmotions(basis, ({ keypoints }) => tracker.track(keypoints).coefficients);
}

/** The average face under each emotion as `read` sees it, less what it sees in the calm one. */
function readEmotions(
  basis: MeshBasis,
  read: (driven: DrivenFrame) => Float32Array,
): Readonly<Record<Emotion, Float32Array>> {
  const source = createCanonicalSource(basis);
  const space = createMeshMotionSpace(basis);
  const none = new Float32Array(COEFFICIENT_COUNT);
  const still = { head: { pitch: 0, yaw: 0, roll: 0, shift: [0, 0, 0] as const }, gaze: { yaw: 0, pitch: 0 } };
  const show = (emotion: Emotion) =>
    read(space.compose(source, { lips: none, emotion: READ_VECTORS[emotion], life: none, ...still })).slice();
  const calm = show('neutral');
  return Object.fromEntries(EMOTIONS.map((emotion) => [emotion, show(emotion).map((x, k) => x - calm[k]!)])) as Record<
    Emotion,
    Float32Array
  >;
}
