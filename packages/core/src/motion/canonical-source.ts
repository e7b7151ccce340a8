import { CANONICAL_VERTICES, LEFT_EYE, LIP_ROWS, RIGHT_EYE, VERTEX_COUNT } from '../face/canonical-mesh.ts';
import { COEFFICIENT_COUNT } from './coefficients.ts';
import type { MeshBasis } from './mesh-basis.ts';
import { type HeadPose, KEYPOINT_COUNT, type SourceTick } from './motion-space.ts';
import { writeImageFrame, writePoseMatrix } from './pose-matrix.ts';

/** Radius of the iris, U: 5.9 mm where the outer eye corners are 90 mm apart. */
const IRIS_RADIUS = 0.065;
const FRONTAL: HeadPose = { pitch: 0, yaw: 0, roll: 0, scale: 180, translation: [256, 290, 0] };

/** The average face at rest `[478 × 3]`, head frame, U: the canonical mesh with lips that meet, and irises. */
export function canonicalNeutral(): Float32Array {
  const out = new Float32Array(KEYPOINT_COUNT * 3);
  out.set(CANONICAL_VERTICES);
  closeLips(out);
  for (const { margin, iris } of [RIGHT_EYE, LEFT_EYE]) placeIris(out, margin.upper, margin.lower, iris);
  return out;
}

/**
 * A source made of the average face, for tests and previews.
 * @param expression δ `[C]`; none is the neutral face.
 */
export function createCanonicalSource(
  basis: MeshBasis,
  expression: Float32Array = new Float32Array(COEFFICIENT_COUNT),
  pose: HeadPose = FRONTAL,
): SourceTick {
  const neutral = canonicalNeutral();
  const head = neutral.slice();
  const length = VERTEX_COUNT * 3;
  for (let k = 0; k < COEFFICIENT_COUNT; k++) {
    for (let i = 0; i < length; i++) head[i]! += expression[k]! * basis.displacements[k * length + i]!;
  }
  const matrix = new Float64Array(9);
  writePoseMatrix(pose, matrix);
  const keypoints = new Float32Array(KEYPOINT_COUNT * 3);
  writeImageFrame(head, pose, matrix, keypoints);
  return { keypoints, pose, neutral, expression };
}

function closeLips(points: Float32Array): void {
  for (let column = 1; column < 10; column++) {
    const upper = LIP_ROWS.upper[3]![column]! * 3;
    const lower = LIP_ROWS.lower[3]![column]! * 3;
    for (const axis of [1, 2]) {
      const half = (points[lower + axis]! - points[upper + axis]!) / 2;
      for (let row = 0; row < 4; row++) {
        points[LIP_ROWS.upper[row]![column]! * 3 + axis]! += half * (0.4 + 0.2 * row);
        points[LIP_ROWS.lower[row]![column]! * 3 + axis]! -= half * (0.4 + 0.2 * row);
      }
    }
  }
}

function placeIris(
  points: Float32Array,
  upper: readonly number[],
  lower: readonly number[],
  iris: readonly number[],
): void {
  const centre = [0, 1, 2].map((axis) => (points[upper[4]! * 3 + axis]! + points[lower[4]! * 3 + axis]!) / 2);
  const rim = [
    [0, 0],
    [1, 0],
    [0, -1],
    [-1, 0],
    [0, 1],
  ];
  for (const [i, vertex] of iris.entries()) {
    points[vertex * 3] = centre[0]! + IRIS_RADIUS * rim[i]![0]!;
    points[vertex * 3 + 1] = centre[1]! + IRIS_RADIUS * rim[i]![1]!;
    points[vertex * 3 + 2] = centre[2]!;
  }
}
