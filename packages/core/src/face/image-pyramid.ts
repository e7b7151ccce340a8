import type { RgbaImage } from '../image.ts';
import type { FaceRegion } from './face-region.ts';
import { halveImage } from './halve-image.ts';
import { type RegionTensorOptions, sampleRegion } from './sample-region.ts';

/** Largest reduction that is left to the sampling itself: takes more samples, and keeps a little more detail. */
const MAX_STEP = 2.5;
/** The same where a picture is looked at once: halving costs a third of sampling four times as often. */
export const QUICK_STEP = 1.5;

/** A picture and its halves, each made when it is first needed. */
export class ImagePyramid {
  readonly #levels: RgbaImage[];
  readonly #maxStep: number;

  constructor(image: RgbaImage, maxStep = MAX_STEP) {
    this.#levels = [image];
    this.#maxStep = maxStep;
  }

  /**
   * Draws a region as a network input.
   * @returns `[3, size, size]`, new memory.
   */
  sample(region: FaceRegion, options: RegionTensorOptions): Float32Array {
    let level = 0;
    while (region.size / 2 ** level > options.size * this.#maxStep) level++;
    while (this.#levels.length <= level) this.#levels.push(halveImage(this.#levels.at(-1)!));
    const scale = 2 ** -level;
    const scaled = {
      centerX: region.centerX * scale,
      centerY: region.centerY * scale,
      size: region.size * scale,
      rotation: region.rotation,
    };
    const out = new Float32Array(3 * options.size * options.size);
    sampleRegion(this.#levels[level]!, scaled, options, out);
    return out;
  }
}
