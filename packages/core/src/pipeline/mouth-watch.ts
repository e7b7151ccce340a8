import { isI420, type Picture } from '../image.ts';

/** Landmarks on the skin around the mouth and on the lips' outer halves, which speech moves and does not change. */
const WATCHED = [
  ...[164, 0, 393, 167, 2, 97, 326, 186, 410, 92, 322, 165, 391, 206, 426, 216, 436, 212, 432, 202, 422],
  ...[204, 424, 194, 418, 18, 200, 199, 83, 313, 106, 335, 182, 406, 43, 273, 57, 287, 203, 423, 205, 425],
  ...[37, 267, 39, 269, 17, 84, 314, 181, 405, 40, 270],
];
/** Landmarks of forehead, nose and upper cheeks, by which the light is told. */
const LIGHT = [151, 9, 8, 168, 6, 197, 195, 5, 117, 346, 118, 347, 108, 337];
const EYE_CORNERS = [33, 263] as const;

/** Distance of the nine samples of a place, U. */
const SPACING = 0.02;
/** A place looks other than usual when a value is so many usual deviations off; deviations are at least this much, 0–255. */
const FAR = 4;
const LEAST_DEVIATION = 2;
const FIRST_DEVIATION = 3;
/** Share of a new frame in what is usual. */
const ADAPTATION = 0.08;
/** Frames after which the usual is known well enough to be judged by. */
const WARM_UP = 5;

/** Share of the places from which something is before the mouth. Bare mouths of filmed people stay below 0.07. */
export const UNUSUAL_MOUTH = 0.1;

/**
 * Watches the places around a mouth for something that comes before it: each place's colour, in the light of the face,
 * against what it usually is there. Costs 0.1 ms a frame.
 */
export class MouthWatch {
  readonly #mean = new Float64Array(WATCHED.length * 3);
  readonly #variance = new Float64Array(WATCHED.length * 3);
  readonly #values = new Float64Array(WATCHED.length * 3);
  #frames = 0;

  /** Forgets what is usual: another scene, or another light. */
  reset(): void {
    this.#frames = 0;
  }

  /** @param points landmarks `[478 × 3]`, pixels. @returns the share of places that look other than usual, 0–1 */
  next(picture: Picture, points: Float32Array): number {
    this.#read(picture, points);
    if (this.#frames === 0) {
      this.#mean.set(this.#values);
      this.#variance.fill(FIRST_DEVIATION ** 2);
    }
    const isKnown = ++this.#frames > WARM_UP;
    const share = isKnown ? this.#unusual() : 0;
    if (share < UNUSUAL_MOUTH) this.#learn();
    return share;
  }

  #unusual(): number {
    let count = 0;
    for (let k = 0; k < this.#values.length; k += 3) {
      let most = 0;
      for (let i = k; i < k + 3; i++) {
        most = Math.max(
          most,
          (this.#values[i]! - this.#mean[i]!) ** 2 / Math.max(LEAST_DEVIATION ** 2, this.#variance[i]!),
        );
      }
      if (most > FAR ** 2) count++;
    }
    return count / WATCHED.length;
  }

  #learn(): void {
    for (let i = 0; i < this.#values.length; i++) {
      const change = this.#values[i]! - this.#mean[i]!;
      this.#mean[i]! += ADAPTATION * change;
      this.#variance[i]! += ADAPTATION * (change * change - this.#variance[i]!);
    }
  }

  /** Brightness as a percentage of the face's, and both colour differences less the face's. */
  #read(picture: Picture, points: Float32Array): void {
    const step = SPACING * unitOf(points);
    const light = [0, 0, 0];
    const one = [0, 0, 0];
    for (const v of LIGHT) {
      readPlace(picture, points[v * 3]!, points[v * 3 + 1]!, step, one);
      for (let c = 0; c < 3; c++) light[c]! += one[c]! / LIGHT.length;
    }
    for (const [i, v] of WATCHED.entries()) {
      readPlace(picture, points[v * 3]!, points[v * 3 + 1]!, step, one);
      this.#values[i * 3] = (100 * (one[0]! - light[0]!)) / Math.max(40, light[0]!);
      this.#values[i * 3 + 1] = one[1]! - light[1]!;
      this.#values[i * 3 + 2] = one[2]! - light[2]!;
    }
  }
}

/** Mean of Y, Cb, Cr over 3 × 3 pixels `step` apart. @param out `[3]`, 0–255. */
function readPlace(picture: Picture, x: number, y: number, step: number, out: number[]): void {
  const { width, height, data } = picture;
  const planar = isI420(picture);
  const plane = width * height;
  out.fill(0);
  for (let k = 0; k < 9; k++) {
    const px = Math.max(0, Math.min(width - 1, Math.round(x + ((k % 3) - 1) * step)));
    const py = Math.max(0, Math.min(height - 1, Math.round(y + (Math.floor(k / 3) - 1) * step)));
    if (planar) {
      const chroma = plane + (py >> 1) * (width >> 1) + (px >> 1);
      out[0]! += data[py * width + px]! / 9;
      out[1]! += data[chroma]! / 9;
      out[2]! += data[chroma + (plane >> 2)]! / 9;
    } else {
      const p = (py * width + px) * 4;
      const luma = 0.299 * data[p]! + 0.587 * data[p + 1]! + 0.114 * data[p + 2]!;
      out[0]! += luma / 9;
      out[1]! += (0.564 * (data[p + 2]! - luma)) / 9;
      out[2]! += (0.713 * (data[p]! - luma)) / 9;
    }
  }
}

function unitOf(points: Float32Array): number {
  const [a, b] = [EYE_CORNERS[0] * 3, EYE_CORNERS[1] * 3];
  return Math.hypot(points[a]! - points[b]!, points[a + 1]! - points[b + 1]!, points[a + 2]! - points[b + 2]!);
}
