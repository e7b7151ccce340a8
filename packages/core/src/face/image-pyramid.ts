import { isI420, type Picture, type RgbaImage } from '../image.ts';
import { cutHalf, cutPicture, rectAround, wholeOf } from './cut-picture.ts';
import type { FaceRegion } from './face-region.ts';
import { halveImage } from './halve-image.ts';
import type { PictureRect } from './i420.ts';
import { type RegionTensorOptions, sampleRegion } from './sample-region.ts';

/** Largest reduction that is left to the sampling itself: takes more samples, and keeps a little more detail. */
const MAX_STEP = 2.5;
/** The same where a picture is looked at once: halving costs a third of sampling four times as often. */
export const QUICK_STEP = 1.5;
/** A part begins on multiples of this, so that it is halved (up to five times) as the whole would be, pixels. */
const GRID = 32;

/** What of a picture is looked at, and how. */
export interface ImagePyramidOptions {
  /** Largest reduction left to the sampling. */
  readonly maxStep: number;
  /** All samples will lie in this region. @default the whole picture */
  readonly part?: FaceRegion | undefined;
}

/** Defaults: everything, with all detail. */
export const IMAGE_PYRAMID_DEFAULTS: ImagePyramidOptions = Object.freeze({ maxStep: MAX_STEP });

/** A picture, or a part of it, and its halves as RGBA, each made when it is first needed. */
export class ImagePyramid {
  readonly #picture: Picture;
  readonly #rect: PictureRect;
  readonly #levels: (RgbaImage | undefined)[] = [];
  readonly #maxStep: number;

  constructor(picture: Picture, options: Partial<ImagePyramidOptions> = {}) {
    const { maxStep, part } = { ...IMAGE_PYRAMID_DEFAULTS, ...options };
    this.#picture = picture;
    this.#rect = part === undefined ? wholeOf(picture) : rectAround(picture, part, GRID, GRID);
    this.#maxStep = maxStep;
  }

  /**
   * Draws a region as a network input.
   * @param out `[3, size, size]`; new memory when left out.
   */
  sample(
    region: FaceRegion,
    options: RegionTensorOptions,
    out: Float32Array = new Float32Array(3 * options.size * options.size),
  ): Float32Array {
    let level = 0;
    while (region.size / 2 ** level > options.size * this.#maxStep) level++;
    const scale = 2 ** -level;
    const scaled = {
      centerX: (region.centerX - this.#rect.left) * scale,
      centerY: (region.centerY - this.#rect.top) * scale,
      size: region.size * scale,
      rotation: region.rotation,
    };
    sampleRegion(this.#level(level), scaled, options, out);
    return out;
  }

  #level(level: number): RgbaImage {
    return (this.#levels[level] ??= this.#makeLevel(level));
  }

  #makeLevel(level: number): RgbaImage {
    const half = level === 1 ? cutHalf(this.#picture, this.#rect) : undefined;
    if (half !== undefined) return half;
    return level === 0 ? this.#whole() : halveImage(this.#level(level - 1));
  }

  #whole(): RgbaImage {
    const picture = this.#picture;
    const isWhole = this.#rect.width === picture.width && this.#rect.height === picture.height;
    return isWhole && !isI420(picture) ? picture : cutPicture(picture, this.#rect);
  }
}
