import type { FaceRegion } from '../face/face-region.ts';
import type { RgbaImage } from '../image.ts';
import type { SourceTick } from '../motion/motion-space.ts';
import { cutWindow } from './clip-window-pixels.ts';
import { createHeadSurface } from './head-surface.ts';
import { placeMouth } from './mouth-plane.ts';
import { type PhotoTone, readPhotoTone } from './photo-tone.ts';
import { FRAME_SIZE } from './renderer.ts';
import { prepareMouth, type SourceMouth } from './source-mouth.ts';

/** What a clip tells of the mouth's inside and the light, read off one frame and used for all. */
export interface ClipMouth {
  readonly mouth: SourceMouth;
  readonly tone: PhotoTone;
}

/**
 * Reads the mouth off the clip's frame that shows most of it: teeth that are seen there are kept, the rest is painted in
 * their colour.
 * @param picture the whole frame. @param source its face, in pixels of the window at 512 × 512.
 */
export function readClipMouth(picture: RgbaImage, window: FaceRegion, source: SourceTick): ClipMouth {
  const data = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
  cutWindow(picture, window, data);
  const photo: RgbaImage = { width: FRAME_SIZE, height: FRAME_SIZE, data };
  const tone = readPhotoTone(photo, source.keypoints);
  const surface = createHeadSurface(source);
  const plane = placeMouth(surface, source.neutral);
  return { mouth: prepareMouth(photo, tone, surface.source, plane, source.pose.scale), tone };
}
