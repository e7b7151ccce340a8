import type { RgbaImage } from '../image.ts';
import type { FaceRegion } from './face-region.ts';
import { halveImage } from './halve-image.ts';
import { type RegionTensorOptions, sampleRegion } from './sample-region.ts';

/** Largest reduction that is left to the sampling itself. */
const MAX_STEP = 2.5;

/** A picture and its halves, each made when it is first needed. */
export class ImagePyramid {
  readonly #levels: RgbaImage[];

  constructor(image: RgbaImage) {
    this.#levels = [image];
  }

  /**
   * Draws a region as a network input.
   * @returns `[3, size, size]`, new memory.
   */
  sample(region: FaceRegion, options: RegionTensorOptions): Float32Array {
    let level = 0;
    while (region.size / 2 ** level > options.size * MAX_STEP) level++;
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
