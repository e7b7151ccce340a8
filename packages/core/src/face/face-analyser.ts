import type { Picture } from '../image.ts';
import type { FaceRegion } from './face-region.ts';

/** A face found by the detector. */
export interface FaceDetection {
  /** Upright box from brows to chin, pixels. */
  readonly box: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
  /** 0–1. */
  readonly score: number;
  /** Where the landmark network should look. */
  readonly region: FaceRegion;
}

/** The landmarks of one face. */
export interface FaceLandmarks {
  /** `[478 × 3]`, pixels of the picture, depth in the same unit (scaled by DEPTH_SCALE), away from the viewer. */
  readonly points: Float32Array;
  /** How sure the network is that it sees a face, 0–1. */
  readonly score: number;
}

/** How landmarks are sought. */
export interface LandmarkOptions {
  /** Times the region of interest is corrected by the landmarks found: 3 for stills, 1 for video. */
  readonly iterations: number;
}

/** Defaults for stills. */
export const LANDMARK_DEFAULTS: LandmarkOptions = Object.freeze({ iterations: 3 });

/**
 * Finds faces and their landmarks. Who creates it disposes it. A picture given to `detect` or `landmarks` must not change
 * afterwards: its reduced copies are kept as long as it lives. `track` and
 * `neighbours` keep nothing, so frames may share memory.
 */
export interface FaceAnalyser {
  /** All faces, from image left to image right; small faces are sought in parts of the picture. */
  detect(image: Picture): Promise<FaceDetection[]>;
  /** Landmarks of the face in a region. */
  landmarks(image: Picture, region: FaceRegion, options?: Partial<LandmarkOptions>): Promise<FaceLandmarks>;
  /**
   * Follows one face from frame to frame; looks for it anew when it was lost or never seen.
   * @param previous the answer for the frame before.
   * @returns undefined if no face is there.
   */
  track(image: Picture, previous: FaceLandmarks | undefined): Promise<FaceLandmarks | undefined>;
  /** Other faces around one that is known, of its size or so: one quick look. @param region of the known one. */
  neighbours(image: Picture, region: FaceRegion): Promise<FaceDetection[]>;
  dispose(): Promise<void>;
}
