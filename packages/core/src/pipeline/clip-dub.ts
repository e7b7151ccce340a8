import { invariant } from '../errors.ts';
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

  /** @param pictures the clip's frames `source.mouthFrames`, for teeth and light: the one with the brightest teeth serves. */
  constructor(source: VideoSource, pictures: readonly RgbaImage[]) {
    let best: ClipMouth | undefined;
    for (const [i, picture] of pictures.entries()) {
      const { window, observed } = source.tickAt(source.mouthFrames[i]!);
      const mouth = readClipMouth(picture, window, observed);
      if (best === undefined || mouth.teeth > best.teeth) best = mouth;
    }
    invariant(best !== undefined, 'a clip needs a frame for its mouth');
    this.#renderer = createClipRenderer(best);
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
