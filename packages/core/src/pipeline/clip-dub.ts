import type { RgbaImage } from '../image.ts';
import type { DrivenFrame } from '../motion/motion-space.ts';
import { type ClipMouth, readClipMouth } from '../render/clip-mouth.ts';
import { type ClipRenderer, createClipRenderer } from '../render/clip-renderer.ts';
import type { PerformedFrame } from './drive.ts';
import type { ClipTick, VideoSource } from './video-source.ts';

/** One frame of a dubbed clip before it is drawn. */
export interface ClipFrame {
  /** Which frame of the clip stands behind it. */
  readonly clipFrame: number;
  readonly tick: ClipTick;
  readonly performed: PerformedFrame;
}

/** Draws dubbed frames into the clip's pictures. */
export class ClipDub {
  readonly #renderer: ClipRenderer;

  /** @param picture the clip's frame `source.mouthFrame`, for teeth and light. */
  constructor(source: VideoSource, picture: RgbaImage) {
    const { window, observed } = source.tickAt(source.mouthFrame);
    const mouth: ClipMouth = readClipMouth(picture, window, observed);
    this.#renderer = createClipRenderer(mouth);
  }

  /** Redraws what moves in the picture, in place; a frame without the face stays as it is. */
  draw(picture: RgbaImage, tick: ClipTick, driven: DrivenFrame): void {
    if (tick.strength === 0) return;
    this.#renderer.draw(picture, tick.window, tick.observed, weaken(driven, tick));
  }
}

/** K_s + strength · (K_d − K_s). */
function weaken(driven: DrivenFrame, { strength, observed }: ClipTick): DrivenFrame {
  if (strength === 1) return driven;
  const keypoints = driven.keypoints.map((x, i) => observed.keypoints[i]! + strength * (x - observed.keypoints[i]!));
  return { ...driven, keypoints };
}
