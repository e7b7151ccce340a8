import { type EyeRows, LEFT_EYE, RIGHT_EYE } from '../face/canonical-mesh.ts';
import type { FaceRegion } from '../face/face-region.ts';
import type { RgbaImage } from '../image.ts';
import type { SourceTick } from '../motion/motion-space.ts';
import { cutWindow } from './clip-window-pixels.ts';
import { type Eye, prepareEye } from './eye.ts';
import { createHeadSurface, type HeadSurface } from './head-surface.ts';
import { interpolatePhoto, TEXTURE_SIZE } from './photo-texture.ts';
import { readPhotoTone } from './photo-tone.ts';
import { FRAME_SIZE } from './renderer.ts';

/** A filmed eye whose gap is below this share of the open one has too little of its iris to be opened from itself. */
const SHUT_SHARE = 0.6;

/** Open eyes of a clip, read off one frame, for frames in which they are shut and shall not be. */
export interface ClipEyes {
  /** Right and left. */
  readonly eyes: readonly Eye[];
  /** Pixels per U of the frame they were read from. */
  readonly scale: number;
  /** Of that frame's surface. */
  readonly frame: Pick<HeadSurface, 'source' | 'sourceTransform' | 'sourceKeypointsInHead'>;
}

/** Reads them. @param picture the whole frame. @param source its face, in pixels of the window at 512 × 512. */
export function readClipEyes(picture: RgbaImage, window: FaceRegion, source: SourceTick): ClipEyes {
  const data = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
  cutWindow(picture, window, data);
  const photo: RgbaImage = { width: FRAME_SIZE, height: FRAME_SIZE, data };
  const texture = new Int32Array(TEXTURE_SIZE * TEXTURE_SIZE);
  interpolatePhoto(photo, texture);
  const tone = readPhotoTone(photo, source.keypoints);
  const { scale } = source.pose;
  const eyes = [RIGHT_EYE, LEFT_EYE].map((rows) => prepareEye(photo, texture, rows, source.keypoints, tone, scale));
  const { source: places, sourceTransform, sourceKeypointsInHead } = createHeadSurface(source);
  return { eyes, scale, frame: { source: places, sourceTransform, sourceKeypointsInHead } };
}

/**
 * The clip's open eye in place of the frame's own where that is shut and shall be wider.
 * @param scale pixels per U of the driven head. @returns undefined where the frame's own eye serves.
 */
export function borrowedEye(
  clip: ClipEyes,
  rows: EyeRows,
  surface: HeadSurface,
  scale: number,
): { readonly eye: Eye; readonly surface: HeadSurface } | undefined {
  const known = clip.eyes.find((one) => one.rows === rows || one.rows.iris[0] === rows.iris[0])!;
  const eye = { ...known, restGap: (known.restGap * scale) / clip.scale };
  const own = widestGap(rows, surface.source);
  if (own >= SHUT_SHARE * eye.restGap || widestGap(rows, surface.positions) <= own) return undefined;
  return { eye, surface: { ...surface, ...clip.frame } };
}

/** Largest distance of the lids' margins, pixels. @param places `[N × 2]`. */
function widestGap({ margin }: EyeRows, places: Float32Array): number {
  let most = 0;
  for (const [i, upper] of margin.upper.entries()) {
    const lower = margin.lower[i]!;
    most = Math.max(
      most,
      Math.hypot(places[upper * 2]! - places[lower * 2]!, places[upper * 2 + 1]! - places[lower * 2 + 1]!),
    );
  }
  return most;
}
