import type { FaceRegion } from '../../face/face-region.ts';

/** One pass over the picture. */
export interface SearchRound {
  readonly regions: readonly FaceRegion[];
  /** The search ends if a face at least this wide was found, pixels: smaller ones deserve a closer look. */
  readonly minWidth: number;
}

/** Widest face, in sides of the region, that is too small for the detector to be relied on. */
const SMALL_FACE = 0.12;
/** Steps between neighbouring regions, in sides; faces up to 1 − STRIDE are whole in one of them. */
const STRIDE = 0.6;
/** The smallest region, pixels: a face of 60 px is a quarter of it. */
const MIN_SIDE = 240;

/** Where to look for upright faces, coarse to fine: the whole picture, then squares of half the side, and so on. */
export function* searchRounds(width: number, height: number): Generator<SearchRound> {
  const whole = { centerX: width / 2, centerY: height / 2, size: Math.max(width, height), rotation: 0 };
  yield { regions: [whole], minWidth: SMALL_FACE * whole.size };
  for (let side = whole.size / 2; side >= MIN_SIDE; side /= 2) {
    const regions: FaceRegion[] = [];
    for (const centerY of centres(height, side)) {
      for (const centerX of centres(width, side)) regions.push({ centerX, centerY, size: side, rotation: 0 });
    }
    yield { regions, minWidth: SMALL_FACE * side };
  }
}

/** The whole picture turned, for faces that lie on their side or stand on their head. */
export function turnedRegions(width: number, height: number): FaceRegion[] {
  const turns = [-0.25, 0.25, -0.5, 0.5, 1].map((turn) => turn * Math.PI);
  const size = 1.2 * Math.max(width, height);
  return turns.map((rotation) => ({ centerX: width / 2, centerY: height / 2, size, rotation }));
}

function centres(length: number, side: number): number[] {
  if (length <= side) return [length / 2];
  const count = Math.ceil((length - side) / (STRIDE * side)) + 1;
  return Array.from({ length: count }, (_, i) => side / 2 + (i * (length - side)) / (count - 1));
}
