import { FRAME_SIZE } from './renderer.ts';

/** Triangles sorted by what the matte shows in them. */
export interface SortedTriangles {
  /** Where background shows, or may come to show. */
  readonly blended: Uint16Array;
  /** Nothing but person. */
  readonly opaque: Uint16Array;
}

/** Room for filters around a triangle, pixels. */
const ROOM = 3;

/**
 * Sorts triangles by what the matte shows inside the box around each, keeping their order. Left out are those so far from
 * any person that none will come there: what they would draw is the plate, which is there.
 * @param places `[N × 2]`, pixels. @param alpha `[512²]`. @param reach how far the person may move, pixels.
 */
export function sortByMatte(
  triangles: Uint16Array,
  places: Float32Array,
  alpha: Uint8Array,
  reach: number,
): SortedTriangles {
  const person = areaSums(alpha, (a) => (a > 0 ? 1 : 0));
  const background = areaSums(alpha, (a) => (a < 255 ? 1 : 0));
  const blended: number[] = [];
  const opaque: number[] = [];
  for (let t = 0; t < triangles.length; t += 3) {
    let [left, top, right, bottom] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, -Infinity, -Infinity];
    for (let k = t; k < t + 3; k++) {
      const v = triangles[k]! * 2;
      left = Math.min(left, places[v]!);
      right = Math.max(right, places[v]!);
      top = Math.min(top, places[v + 1]!);
      bottom = Math.max(bottom, places[v + 1]!);
    }
    if (sumOf(person, left - reach, top - reach, right + reach, bottom + reach) === 0) continue;
    const mixed = sumOf(background, left - ROOM, top - ROOM, right + ROOM, bottom + ROOM) > 0;
    (mixed ? blended : opaque).push(triangles[t]!, triangles[t + 1]!, triangles[t + 2]!);
  }
  return { blended: Uint16Array.from(blended), opaque: Uint16Array.from(opaque) };
}

/** Sums over all pixels above and left of a corner `[513²]`. */
function areaSums(alpha: Uint8Array, count: (alpha: number) => number): Int32Array {
  const stride = FRAME_SIZE + 1;
  const sums = new Int32Array(stride * stride);
  for (let y = 0; y < FRAME_SIZE; y++) {
    let row = 0;
    for (let x = 0; x < FRAME_SIZE; x++) {
      row += count(alpha[y * FRAME_SIZE + x]!);
      sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1]! + row;
    }
  }
  return sums;
}

/** Over a box; what lies beyond the frame is as its border shows it, so that a box outside is brought to the border. */
function sumOf(sums: Int32Array, left: number, top: number, right: number, bottom: number): number {
  const low = (value: number) => Math.max(0, Math.min(FRAME_SIZE - 1, Math.floor(value)));
  const high = (value: number) => Math.max(1, Math.min(FRAME_SIZE, Math.ceil(value)));
  const stride = FRAME_SIZE + 1;
  const [x0, y0, x1, y1] = [low(left), low(top), high(right), high(bottom)];
  return sums[y1 * stride + x1]! - sums[y0 * stride + x1]! - sums[y1 * stride + x0]! + sums[y0 * stride + x0]!;
}
