import type { FaceAnalyser, FaceLandmarks } from '@pctalk/core';
import { decodeVideo } from '@pctalk/node';

/** The landmarks of one face through a video. */
export interface FaceTrack {
  readonly fps: number;
  readonly width: number;
  readonly height: number;
  /** T. */
  readonly frameCount: number;
  /** `[T × 478 × 3]`, pixels, depth scaled by DEPTH_SCALE. Lost frames repeat the last landmarks (0 before the first). */
  readonly landmarks: Float32Array;
  /** Indices of the frames without a face. */
  readonly lost: readonly number[];
}

/** Follows the largest face of a video, at 25 frames a second. */
export async function trackVideo(analyser: FaceAnalyser, path: string): Promise<FaceTrack> {
  const frames: Float32Array[] = [];
  const lost: number[] = [];
  let previous: FaceLandmarks | undefined;
  let size = { width: 0, height: 0 };
  for await (const image of decodeVideo(path, { fps: 25 })) {
    size = { width: image.width, height: image.height };
    const face = await analyser.track(image, previous);
    if (!face) lost.push(frames.length);
    previous = face ?? previous;
    frames.push(previous?.points ?? new Float32Array(478 * 3));
  }
  const landmarks = new Float32Array(frames.length * 478 * 3);
  for (const [index, points] of frames.entries()) landmarks.set(points, index * 478 * 3);
  return { fps: 25, ...size, frameCount: frames.length, landmarks, lost };
}
