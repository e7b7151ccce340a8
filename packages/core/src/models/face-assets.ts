import { PcTalkError } from '../errors.ts';

/** The two networks of face analysis, as TFLite files. */
export interface FaceModelAssets {
  /** Face detector, short range, 128 × 128. */
  readonly detector: Uint8Array;
  /** 478 landmarks with attention to lips and eyes, 192 × 192. */
  readonly landmarks: Uint8Array;
}

/** Name of the file inside the npm package `@mediapipe/face_mesh` that holds the networks. */
export const FACE_ASSETS_FILE = 'face_mesh_solution_packed_assets.data';

/** Byte ranges of the packed files, version 0.4.1657299874; @source face_mesh_solution_packed_assets_loader.js */
const RANGES = { landmarks: [0, 2_495_952], detector: [3_757_224, 3_986_256] } as const;
const PACKED_BYTES = 3_986_256;

/**
 * Finds the networks in the packed assets of `@mediapipe/face_mesh` 0.4.1657299874 (Apache-2.0).
 * @returns views of `packed`.
 * @throws `model-invalid` if it is another file or version.
 */
export function readFaceAssets(packed: Uint8Array): FaceModelAssets {
  if (packed.length !== PACKED_BYTES) {
    throw new PcTalkError(
      'model-invalid',
      `${FACE_ASSETS_FILE}: expected ${PACKED_BYTES} bytes, got ${packed.length}, try installing @mediapipe/face_mesh 0.4.1657299874`,
    );
  }
  return { detector: packed.subarray(...RANGES.detector), landmarks: packed.subarray(...RANGES.landmarks) };
}
