import { invariant } from '../errors.ts';
import { rectAround, toRgba } from '../face/cut-picture.ts';
import type { FaceRegion } from '../face/face-region.ts';
import { cutI420, pasteI420 } from '../face/i420.ts';
import type { I420Image, Picture } from '../image.ts';
import type { DrivenFrame } from '../motion/motion-space.ts';
import { type ClipEyes, readClipEyes } from '../render/clip-eyes.ts';
import { type ClipMouth, readClipMouth } from '../render/clip-mouth.ts';
import { type ClipRenderer, createClipRenderer } from '../render/clip-renderer.ts';
import { isNative } from '../render/clip-window-pixels.ts';
import type { PerformedFrame } from './drive.ts';
import { EYE_VERTICES } from './open-eyes.ts';
import type { ClipTick, VideoSource } from './video-source.ts';

/** What the filters of a reduced window reach beyond it, pixels. */
const ROOM = 16;

/** One frame of a dubbed clip before it is drawn. */
export interface ClipFrame {
  /** Which frame of the clip stands behind it. */
  readonly clipFrame: number;
  readonly tick: ClipTick;
  readonly performed: PerformedFrame;
}

/** What drawing needs of a tick. */
export type DrawnTick = Pick<ClipTick, 'window' | 'observed' | 'strength' | 'keepsEyes'>;

/** What is read off single frames of a clip and serves in all. */
export interface ClipParts {
  readonly mouth: ClipMouth;
  /** Where filmed blinks give way to others. */
  readonly eyes?: ClipEyes | undefined;
}

/** Reads the mouth of the frame with the brightest teeth, and open eyes. @param pictures the clip's frames `source.partFrames`. */
export function readClipParts(source: VideoSource, pictures: readonly Picture[]): ClipParts {
  let mouth: ClipMouth | undefined;
  let eyes: ClipEyes | undefined;
  for (const [i, frame] of source.partFrames.entries()) {
    const picture = toRgba(pictures[i]!);
    const { window, observed } = source.tickAt(frame);
    if (i === source.mouthFrames.length) {
      eyes = readClipEyes(picture, window, observed);
      continue;
    }
    const read = readClipMouth(picture, window, observed);
    if (mouth === undefined || read.teeth > mouth.teeth) mouth = read;
  }
  invariant(mouth !== undefined, 'a clip needs a frame for its mouth');
  return { mouth, eyes };
}

/** Draws dubbed frames into the clip's pictures. */
export class ClipDub {
  readonly #renderer: ClipRenderer;
  /** The part of the picture that is drawn, as it was and as it is. */
  #before = new Uint8ClampedArray(0);
  #after = new Uint8ClampedArray(0);

  constructor({ mouth, eyes }: ClipParts) {
    this.#renderer = createClipRenderer(mouth, eyes);
  }

  /** Redraws what moves in the picture, in place; a frame without the face stays as it is, and so does every pixel else. */
  draw(picture: I420Image, tick: DrawnTick, driven: DrivenFrame): void {
    const { window, observed, strength } = tick;
    if (strength === 0) return;
    const rect = rectAround(picture, window, isNative(window) ? 0 : ROOM, 2);
    const bytes = rect.width * rect.height * 4;
    if (this.#before.length !== bytes) {
      this.#before = new Uint8ClampedArray(bytes);
      this.#after = new Uint8ClampedArray(bytes);
    }
    const part = cutI420(picture, rect, this.#after);
    this.#before.set(part.data);
    const inPart = shifted(window, -rect.left, -rect.top);
    const { left, top, right, bottom } = this.#renderer.draw(part, inPart, observed, drawnFrame(driven, tick));
    const x = inPart.centerX - window.size / 2;
    const y = inPart.centerY - window.size / 2;
    const changed = { left: left + x, top: top + y, width: right - left, height: bottom - top };
    pasteI420(picture, rect, this.#before, part.data, isNative(window) ? changed : undefined);
  }
}

function shifted(region: FaceRegion, x: number, y: number): FaceRegion {
  return { ...region, centerX: region.centerX + x, centerY: region.centerY + y };
}

/** What is drawn of a driven frame: K_s + strength · (K_d − K_s), and K_s at the eyes where they are kept. */
export function drawnFrame(driven: DrivenFrame, { strength, observed, keepsEyes }: DrawnTick): DrivenFrame {
  if (strength === 1 && !keepsEyes) return driven;
  const keypoints = driven.keypoints.map((x, i) => observed.keypoints[i]! + strength * (x - observed.keypoints[i]!));
  if (keepsEyes) {
    for (const v of EYE_VERTICES) keypoints.set(observed.keypoints.subarray(v * 3, v * 3 + 3), v * 3);
  }
  return { ...driven, keypoints };
}
