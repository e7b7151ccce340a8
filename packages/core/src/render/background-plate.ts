import type { RgbaImage } from '../image.ts';

/** Pixels with less of the person than this are background as the photo shows it, 0–255. */
const BACKGROUND = 6;
/** The matte errs by so much: nearer to the person the photo does not count, pixels of 512. */
const CLEARANCE = 4;

/**
 * The photo without the person: where it shows background as it is, behind the person filled in from all sides, the nearer
 * the more (push and pull over a pyramid).
 * @param alpha `[side²]`, 0–255. @returns new memory, opaque.
 * @source Gortler, Grzeszczuk, Szeliski & Cohen 1996, "The lumigraph", section 3.4 (push-pull)
 */
export function fillBackground(photo: RgbaImage, alpha: Uint8Array): RgbaImage {
  const side = photo.width;
  const known = knownPixels(alpha, side);
  const levels = [{ side, values: weighted(photo, known) }];
  while (levels.at(-1)!.side > 1) levels.push(halve(levels.at(-1)!));
  complete(levels.at(-1)!.values);
  for (let k = levels.length - 2; k >= 0; k--) pull(levels[k]!, levels[k + 1]!);
  const { values } = levels[0]!;
  const data = photo.data.slice();
  for (let i = 0; i < side * side; i++) {
    if (alpha[i]! === 0 && known[i]! === 1) continue;
    for (let c = 0; c < 3; c++) data[i * 4 + c] = values[i * 4 + c]!;
  }
  return { width: side, height: side, data };
}

interface Level {
  readonly side: number;
  /** `[side² × 4]`: colour times weight, weight 0–1. */
  readonly values: Float32Array;
}

/** 1 where the photo shows background, not too near to the person. */
function knownPixels(alpha: Uint8Array, side: number): Uint8Array {
  const reach = Math.round((CLEARANCE * side) / 512);
  const across = new Uint8Array(side * side);
  for (let y = 0; y < side; y++)
    spread(
      (x) => alpha[y * side + x]! >= BACKGROUND,
      side,
      reach,
      (x) => (across[y * side + x] = 1),
    );
  const near = new Uint8Array(side * side);
  for (let x = 0; x < side; x++)
    spread(
      (y) => across[y * side + x] === 1,
      side,
      reach,
      (y) => (near[y * side + x] = 1),
    );
  return near.map((value) => 1 - value);
}

/** Calls `mark` for all places within `reach` of one that `isSet`. */
function spread(isSet: (i: number) => boolean, length: number, reach: number, mark: (i: number) => void): void {
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < length + reach; i++) {
    if (i < length && isSet(i)) last = i;
    const place = i - reach;
    if (place >= 0 && last >= place - reach) mark(place);
  }
}

function weighted(photo: RgbaImage, known: Uint8Array): Float32Array {
  const values = new Float32Array(photo.data.length);
  for (let i = 0; i < known.length; i++) {
    if (known[i] === 0) continue;
    for (let c = 0; c < 3; c++) values[i * 4 + c] = photo.data[i * 4 + c]!;
    values[i * 4 + 3] = 1;
  }
  return values;
}

/** Sums of two by two pixels; a weight beyond 1 is brought to 1. */
function halve({ side, values }: Level): Level {
  const half = side >> 1;
  const out = new Float32Array(half * half * 4);
  for (let y = 0; y < half; y++) {
    for (let x = 0; x < half; x++) {
      const a = (2 * y * side + 2 * x) * 4;
      const b = a + side * 4;
      const to = (y * half + x) * 4;
      const weight = values[a + 3]! + values[a + 7]! + values[b + 3]! + values[b + 7]!;
      const share = weight > 1 ? 1 / weight : 1;
      for (let c = 0; c < 4; c++)
        out[to + c] = share * (values[a + c]! + values[a + 4 + c]! + values[b + c]! + values[b + 4 + c]!);
    }
  }
  return { side: half, values: out };
}

/** Brings the one pixel at the top to weight 1; a photo that is person all over has no background to show. */
function complete(values: Float32Array): void {
  const weight = values[3]! || 1;
  for (let c = 0; c < 4; c++) values[c]! /= weight;
}

/** What a pixel lacks of weight comes from the level above, bilinear. */
function pull(fine: Level, coarse: Level): void {
  const { side, values } = fine;
  const { side: half, values: above } = coarse;
  for (let y = 0; y < side; y++) {
    const fy = Math.max(0, Math.min(half - 1, y / 2 - 0.25));
    const y0 = Math.floor(fy);
    const y1 = Math.min(half - 1, y0 + 1);
    for (let x = 0; x < side; x++) {
      const to = (y * side + x) * 4;
      const lacking = 1 - values[to + 3]!;
      if (lacking <= 0) continue;
      const fx = Math.max(0, Math.min(half - 1, x / 2 - 0.25));
      const x0 = Math.floor(fx);
      const x1 = Math.min(half - 1, x0 + 1);
      for (let c = 0; c < 4; c++) {
        const top = above[(y0 * half + x0) * 4 + c]! * (1 - fx + x0) + above[(y0 * half + x1) * 4 + c]! * (fx - x0);
        const low = above[(y1 * half + x0) * 4 + c]! * (1 - fx + x0) + above[(y1 * half + x1) * 4 + c]! * (fx - x0);
        values[to + c]! += lacking * (top + (fy - y0) * (low - top));
      }
    }
  }
}
