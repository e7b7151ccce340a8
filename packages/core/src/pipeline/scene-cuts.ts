import { isI420, type Picture } from '../image.ts';

/** Side of the grid of places that are compared. */
const GRID = 24;
/** Mean change of a place's luma from which a frame may be a cut, 0–255 … */
const LEAST_CHANGE = 20;
/** … when it is also this many times the usual change. */
const AGAINST_USUAL = 4;
/** Share of a new frame in the usual change. */
const ADAPTATION = 0.1;

/**
 * Finds scene cuts: the whole picture changes from one frame to the next, far more than it has lately. Means over blocks
 * of the picture, so that grain and small movements do not count.
 */
export class SceneCuts {
  #previous: Float32Array | undefined;
  #usual = 2;

  /** @returns whether a new shot begins with this frame; never for the first. */
  next(image: Picture): boolean {
    const now = grid(image);
    const before = this.#previous;
    this.#previous = now;
    if (before === undefined) return false;
    let change = 0;
    for (let i = 0; i < now.length; i++) change += Math.abs(now[i]! - before[i]!) / now.length;
    const isCut = change > LEAST_CHANGE && change > AGAINST_USUAL * this.#usual;
    if (!isCut) this.#usual += ADAPTATION * (change - this.#usual);
    return isCut;
  }
}

/** Mean luma of 4 × 4 samples in each block `[24 × 24]`, 0–255. */
function grid(image: Picture): Float32Array {
  const { width, height } = image;
  const out = new Float32Array(GRID * GRID);
  const fine = GRID * 4;
  const lumaOf = isI420(image) ? lumaOfI420 : lumaOfRgba;
  for (let j = 0; j < fine; j++) {
    const row = Math.floor(((j + 0.5) * height) / fine) * width;
    for (let i = 0; i < fine; i++) {
      out[(j >> 2) * GRID + (i >> 2)]! += lumaOf(image.data, row + Math.floor(((i + 0.5) * width) / fine)) / 16;
    }
  }
  return out;
}

function lumaOfRgba(data: ArrayLike<number>, pixel: number): number {
  const p = pixel * 4;
  return 0.299 * data[p]! + 0.587 * data[p + 1]! + 0.114 * data[p + 2]!;
}

function lumaOfI420(data: ArrayLike<number>, pixel: number): number {
  return (255 / 219) * (data[pixel]! - 16);
}
