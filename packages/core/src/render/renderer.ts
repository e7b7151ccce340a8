import type { RgbaImage } from '../image.ts';
import type { PersonMatte } from '../models/person-matte/person-matte.ts';
import type { DrivenFrame, SourceTick } from '../motion/motion-space.ts';
import type { Backdrop } from './person-layer.ts';

/** Side of the crop and of every rendered frame, pixels. */
export const FRAME_SIZE = 512;

/** Draws driven frames of one source. Nothing above this interface knows which renderer runs. */
export interface Renderer extends Disposable {
  readonly kind: 'mesh';
  /**
   * Draws one frame into `out` `[512 × 512 × 4]`, RGBA. K_d = K_s gives the crop itself.
   */
  render(frame: DrivenFrame, out: Uint8ClampedArray): void;
}

/** What a renderer may know besides. */
export interface RendererOptions {
  /** Which pixels of the crop, at 512 × 512, show the person; without it the background near the head moves with it. */
  readonly matte?: PersonMatte | undefined;
  /** Whether the person wears spectacles, which keep their shape. @default false */
  readonly spectacles?: boolean | undefined;
  /** What lies behind the person; needs the matte. With 'transparent' frames carry premultiplied alpha. @default 'own' */
  readonly backdrop?: Backdrop | undefined;
}

/**
 * Prepares a renderer for one source.
 * @param crop 512 × 512 crop of the source, or 1024 × 1024 when the source has that detail; the frame is always 512.
 * @param source landmarks in pixels of the 512 × 512 crop.
 */
export type CreateRenderer = (crop: RgbaImage, source: SourceTick, options?: RendererOptions) => Renderer;
