import { LEFT_EYE, RIGHT_EYE } from '../../face/canonical-mesh.ts';
import type { FaceRegion } from '../../face/face-region.ts';
import { DEPTH_SCALE, LANDMARK_COUNT } from '../../face/landmarks.ts';
import type { Tensor } from '../../tensor-runtime.ts';
import { LANDMARK_OUTPUTS, LANDMARKS_SIZE, type LandmarkNetwork } from './network.ts';

/**
 * Joins the coarse mesh with the refined lips, eyes and irises and carries all into the picture.
 * Depth of lips and eyes stays that of the mesh; irises get the mean depth of their lids.
 * @returns `[478 × 3]`, pixels of the picture, depth scaled by DEPTH_SCALE; new memory.
 * @source google-ai-edge/mediapipe tensors_to_face_landmarks_with_attention.pbtxt
 */
export function joinLandmarks(
  outputs: Readonly<Record<string, Tensor>>,
  subsets: LandmarkNetwork['subsets'],
  region: FaceRegion,
): Float32Array {
  const read = (name: keyof typeof LANDMARK_OUTPUTS) => outputs[LANDMARK_OUTPUTS[name]]!.data as Float32Array;
  const points = new Float32Array(LANDMARK_COUNT * 3);
  points.set(read('mesh'));
  place(points, read('lips'), subsets.lips);
  place(points, read('leftEye'), subsets.leftEye);
  place(points, read('rightEye'), subsets.rightEye);
  place(points, read('leftIris'), RIGHT_EYE.iris);
  place(points, read('rightIris'), LEFT_EYE.iris);
  for (const eye of [RIGHT_EYE, LEFT_EYE]) {
    const lids = [...new Set([...eye.margin.upper, ...eye.margin.lower])];
    const depth = lids.reduce((sum, lid) => sum + points[lid * 3 + 2]!, 0) / lids.length;
    for (const iris of eye.iris) points[iris * 3 + 2] = depth;
  }
  toPicture(points, region);
  return points;
}

/** Overwrites x and y of some landmarks. */
function place(points: Float32Array, refined: Float32Array, indices: readonly number[]): void {
  for (let i = 0; i < indices.length; i++) {
    points[indices[i]! * 3] = refined[i * 2]!;
    points[indices[i]! * 3 + 1] = refined[i * 2 + 1]!;
  }
}

function toPicture(points: Float32Array, region: FaceRegion): void {
  const scale = region.size / LANDMARKS_SIZE;
  const cos = Math.cos(region.rotation) * scale;
  const sin = Math.sin(region.rotation) * scale;
  for (let i = 0; i < points.length; i += 3) {
    const u = points[i]! - LANDMARKS_SIZE / 2;
    const v = points[i + 1]! - LANDMARKS_SIZE / 2;
    points[i] = region.centerX + cos * u - sin * v;
    points[i + 1] = region.centerY + sin * u + cos * v;
    points[i + 2]! *= scale * DEPTH_SCALE;
  }
}
