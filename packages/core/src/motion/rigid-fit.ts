import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { LEFT_EYE, MIRROR, RIGHT_EYE, VERTEX_COUNT } from '../face/canonical-mesh.ts';
import type { HeadPose } from './motion-space.ts';

/** Landmarks that expression hardly moves: forehead, temples, bridge and tip of the nose, eye corners, cheekbones. */
const STABLE_RIGHT = [
  10, 151, 9, 168, 6, 197, 195, 5, 4, 1, 2, 108, 69, 67, 103, 54, 21, 162, 127, 234, 33, 133, 130, 243, 245, 122, 196,
  3, 51, 188, 174, 116, 143, 34, 139, 71, 98, 97,
];

/** Weight of each landmark in a rigid fit `[478]`. */
export const RIGID_WEIGHTS: Float32Array = rigidWeights();

/**
 * Least-squares similarity from head-frame points to image points: min Σ w_v |s R h_v + t − x_v|².
 * @param head `[≥468 × 3]`, U.
 * @param image `[≥468 × 3]`, pixels.
 * @source Umeyama 1991, eqs. 40–42
 */
export function fitRigidPose(head: Float32Array, image: Float32Array, weights: Float32Array = RIGID_WEIGHTS): HeadPose {
  const headMean = weightedMean(head, weights);
  const imageMean = weightedMean(image, weights);
  const covariance = Matrix.zeros(3, 3);
  let spread = 0;
  for (let v = 0; v < VERTEX_COUNT; v++) {
    const w = weights[v]!;
    if (w === 0) continue;
    for (let i = 0; i < 3; i++) {
      const h = head[v * 3 + i]! - headMean[i]!;
      spread += w * h * h;
      for (let j = 0; j < 3; j++) {
        covariance.set(j, i, covariance.get(j, i) + w * (image[v * 3 + j]! - imageMean[j]!) * h);
      }
    }
  }
  const svd = new SingularValueDecomposition(covariance);
  const [u, v, singular] = [svd.leftSingularVectors, svd.rightSingularVectors, svd.diagonal];
  const flip = determinant(u) * determinant(v) < 0 ? -1 : 1;
  const rotation = u.mmul(Matrix.diag([1, 1, flip])).mmul(v.transpose());
  const scale = (singular[0]! + singular[1]! + flip * singular[2]!) / spread;
  const turned = rotation.mmul(Matrix.columnVector(headMean)).to1DArray();
  return {
    pitch: Math.atan2(rotation.get(2, 1), rotation.get(2, 2)),
    yaw: Math.asin(Math.max(-1, Math.min(1, rotation.get(2, 0)))),
    roll: Math.atan2(rotation.get(1, 0), rotation.get(0, 0)),
    scale,
    translation: [0, 1, 2].map((i) => imageMean[i]! - scale * turned[i]!) as [number, number, number],
  };
}

function weightedMean(points: Float32Array, weights: Float32Array): number[] {
  const sum = [0, 0, 0];
  let total = 0;
  for (let v = 0; v < VERTEX_COUNT; v++) {
    total += weights[v]!;
    for (let i = 0; i < 3; i++) sum[i]! += weights[v]! * points[v * 3 + i]!;
  }
  return sum.map((x) => x / total);
}

function determinant(m: Matrix): number {
  const at = (r: number, c: number) => m.get(r, c);
  return (
    at(0, 0) * (at(1, 1) * at(2, 2) - at(1, 2) * at(2, 1)) -
    at(0, 1) * (at(1, 0) * at(2, 2) - at(1, 2) * at(2, 0)) +
    at(0, 2) * (at(1, 0) * at(2, 1) - at(1, 1) * at(2, 0))
  );
}

function rigidWeights(): Float32Array {
  const out = new Float32Array(478);
  for (const v of STABLE_RIGHT) out[v] = out[MIRROR[v]!] = 1;
  // The attention model places eye corners more exactly than the rest.
  for (const eye of [RIGHT_EYE, LEFT_EYE]) out[eye.margin.upper[0]!] = out[eye.margin.upper[8]!] = 4;
  return out;
}
