import { INNER_LIPS, LIP_ROWS, OUTER_LIPS } from '../face/canonical-mesh.ts';
import type { RgbaImage } from '../image.ts';
import { smoothstep } from '../math/smoothstep.ts';
import { APERTURE_COLUMNS, type Aperture, createAperture, measureAperture } from '../render/aperture.ts';
import { luma } from '../render/photo-tone.ts';
import { samplePhoto } from '../render/sample-photo.ts';

const COLUMNS = APERTURE_COLUMNS + 1;
/** Step between candidates, and how far the contour may lie from the landmarks, U. */
const STEP = 0.004;
const REACH = 18;
const CANDIDATES = 2 * REACH + 1;
/** Deviation of landmarks from the contour, U. */
const PRIOR = 0.015;
/** Cost of a step between neighbouring columns, squared steps. */
const BEND = 2;
/** Lips are read between these shares of their height, from outside. */
const LIP_FROM = 0.3;
const LIP_TO = 0.7;
/** Openings lower than this by landmarks and by colour are left alone: a dark line between closed lips is no opening, U. */
const LEAST_GAP = 0.03;
/** Weight of the colours against the landmarks: pixels of one lip are no independent witnesses. */
const EVIDENCE = 0.2;
/** Certainty is held off 0 and 1 by this, so that one odd pixel does not decide. */
const DOUBT = 0.06;
/** Share of the contour's way that the rows of lip skin take, from outside to inside. */
const FOLLOWS = [0, 0.3, 0.7, 1] as const;

/**
 * Moves the inner contour of lips that the picture shows open to where lip ends and tooth or dark begins: the landmark
 * network, trained on other faces, errs there by .01 U on average and by up to .018 U. Column by column, t the place along a column:
 *
 *     cost(t) = −w (Σ log p(lip) over the lip side + Σ log p(tooth or dark) inside) + ((t − landmark) / PRIOR)² / 2
 *
 * and the cheapest smooth path over all columns by dynamic programming. Closed lips stay as they are.
 * @param picture RGBA. @param keypoints `[478 × 3]`, pixels of the picture. @param scale pixels per U.
 * @returns new memory: the keypoints with moved lips.
 */
export function refineLips(picture: RgbaImage, keypoints: Float32Array, scale: number): Float32Array {
  const inner = createAperture(INNER_LIPS.upper.length);
  const outer = createAperture(OUTER_LIPS.upper.length);
  measureAperture(INNER_LIPS, keypoints, 3, inner);
  measureAperture(OUTER_LIPS, keypoints, 3, outer);
  const middle = inner.upper.map((upper, c) => (upper + inner.lower[c]!) / 2);
  const rows = [
    { heights: inner.upper, border: bordersOf(inner, outer, outer.upper), sign: -1 },
    { heights: inner.lower, border: bordersOf(inner, outer, outer.lower), sign: 1 },
  ] as const;
  const [upper, lower] = rows.map((row) => findContour(picture, inner, middle, row, scale)) as [
    Float32Array,
    Float32Array,
  ];
  if (openingOf(upper, lower) < LEAST_GAP * scale || inner.gap < 0.2 * LEAST_GAP * scale) return keypoints.slice();
  const out = keypoints.slice();
  moveRows(out, LIP_ROWS.upper, inner, inner.upper, upper);
  moveRows(out, LIP_ROWS.lower, inner, inner.lower, lower);
  return out;
}

interface ContourRow {
  /** Landmarks' contour and the lip's outer border at each column, pixels below the line of the corners. */
  readonly heights: Float32Array;
  readonly border: Float32Array;
  /** −1 for the upper lip, which lies above its contour. */
  readonly sign: -1 | 1;
}

/** The outer border of a lip in the columns of the inner opening. */
function bordersOf(inner: Aperture, outer: Aperture, rim: Float32Array): Float32Array {
  return rim.map((_, c) => {
    const along = (c / APERTURE_COLUMNS) * inner.length;
    const x = inner.originX + along * inner.axisX - outer.originX;
    const y = inner.originY + along * inner.axisY - outer.originY;
    const column = ((x * outer.axisX + y * outer.axisY) / outer.length) * APERTURE_COLUMNS;
    const height = rim[Math.round(Math.min(APERTURE_COLUMNS, Math.max(0, column)))]!;
    const base = x * outer.axisY - y * outer.axisX;
    return base + height;
  });
}

function findContour(
  picture: RgbaImage,
  inner: Aperture,
  middle: Float32Array,
  row: ContourRow,
  scale: number,
): Float32Array {
  const lip = lipColour(picture, inner, row);
  const costs = new Float32Array(COLUMNS * CANDIDATES);
  const step = STEP * scale;
  for (let c = 0; c < COLUMNS; c++) {
    // From deep in the lip inwards to beyond the middle of the opening.
    const { sign, heights, border } = row;
    const towards = -sign * step;
    const inside: number[] = [];
    for (let k = -REACH; k <= REACH; k++) {
      const height = heights[c]! + k * towards;
      const isLip = sign * (border[c]! - height) < 0.25 * sign * (border[c]! - heights[c]!);
      const colour = samplePhoto(picture, ...placeOf(inner, c, height));
      inside.push(isLip ? 0.5 : insideness(colour, lip));
    }
    const far = Math.round(Math.abs(middle[c]! - heights[c]!) / step) + Math.round(REACH / 2);
    let cost = 0;
    // First the cost if everything were inside, then pixel by pixel given to the lip.
    for (let k = 0; k < CANDIDATES; k++) if (k - REACH <= far) cost -= Math.log(hold(inside[k]!));
    for (let k = 0; k < CANDIDATES; k++) {
      const off = ((k - REACH) * STEP) / PRIOR;
      costs[c * CANDIDATES + k] = EVIDENCE * cost + 0.5 * off * off;
      if (k - REACH <= far) cost += Math.log(hold(inside[k]!)) - Math.log(hold(1 - inside[k]!));
    }
  }
  const path = cheapestPath(costs);
  return row.heights.map((height, c) => height - row.sign * (path[c]! - REACH) * step);
}

interface LipColour {
  readonly luma: number;
  readonly redness: number;
}

function lipColour(picture: RgbaImage, inner: Aperture, { heights, border }: ContourRow): LipColour {
  const lumas: number[] = [];
  const reds: number[] = [];
  for (let c = 8; c <= APERTURE_COLUMNS - 8; c += 2) {
    for (let share = LIP_FROM; share <= LIP_TO; share += 0.1) {
      const height = border[c]! + share * (heights[c]! - border[c]!);
      const colour = samplePhoto(picture, ...placeOf(inner, c, height));
      lumas.push(luma(colour));
      reds.push(rednessOf(colour));
    }
  }
  return { luma: median(lumas), redness: median(reds) };
}

/** How much a colour looks like tooth or dark beside the lip, 0–1. */
function insideness(colour: readonly [number, number, number], lip: LipColour): number {
  const light = luma(colour) / Math.max(1, lip.luma);
  const pale = 1 - rednessOf(colour) / Math.max(0.08, lip.redness);
  const tooth = smoothstep((pale - 0.05) / 0.35) * smoothstep((light - 0.7) / 0.25);
  const dark = smoothstep((0.85 - light) / 0.27);
  return Math.max(tooth, dark);
}

/** (R − (G + B) / 2) over luma. */
function rednessOf([r, g, b]: readonly [number, number, number]): number {
  return (r - (g + b) / 2) / Math.max(8, luma([r, g, b]));
}

function hold(probability: number): number {
  return DOUBT + (1 - 2 * DOUBT) * probability;
}

/** The candidate of each column on the cheapest path, a step of k costing BEND · k². */
function cheapestPath(costs: Float32Array): Int32Array {
  const best = costs.slice();
  const from = new Int32Array(COLUMNS * CANDIDATES);
  for (let c = 1; c < COLUMNS; c++) {
    for (let k = 0; k < CANDIDATES; k++) {
      let least = Number.POSITIVE_INFINITY;
      for (let j = Math.max(0, k - 4); j <= Math.min(CANDIDATES - 1, k + 4); j++) {
        const cost = best[(c - 1) * CANDIDATES + j]! + BEND * (k - j) * (k - j);
        if (cost < least) {
          least = cost;
          from[c * CANDIDATES + k] = j;
        }
      }
      best[c * CANDIDATES + k]! += least;
    }
  }
  const path = new Int32Array(COLUMNS);
  let at = 0;
  const last = (COLUMNS - 1) * CANDIDATES;
  for (let k = 1; k < CANDIDATES; k++) if (best[last + k]! < best[last + at]!) at = k;
  for (let c = COLUMNS - 1; c >= 0; c--) {
    path[c] = at;
    at = from[c * CANDIDATES + at]!;
  }
  return path;
}

/** Height of the opening over its middle half, pixels. */
function openingOf(upper: Float32Array, lower: Float32Array): number {
  let sum = 0;
  const from = APERTURE_COLUMNS >> 2;
  for (let c = from; c <= APERTURE_COLUMNS - from; c++) sum += Math.max(0, lower[c]! - upper[c]!);
  return sum / (APERTURE_COLUMNS - 2 * from + 1);
}

function moveRows(
  keypoints: Float32Array,
  rows: readonly (readonly number[])[],
  inner: Aperture,
  before: Float32Array,
  after: Float32Array,
): void {
  const contour = rows[3]!;
  for (let column = 1; column < contour.length - 1; column++) {
    const v = contour[column]! * 3;
    const along = (keypoints[v]! - inner.originX) * inner.axisX + (keypoints[v + 1]! - inner.originY) * inner.axisY;
    const at = Math.min(APERTURE_COLUMNS - 1e-3, Math.max(0, (along / inner.length) * APERTURE_COLUMNS));
    const c = Math.floor(at);
    const way = (i: number) => after[i]! - before[i]!;
    const moved = way(c) + (way(c + 1) - way(c)) * (at - c);
    for (const [row, share] of FOLLOWS.entries()) {
      const u = rows[row]![column]! * 3;
      keypoints[u]! -= share * moved * inner.axisY;
      keypoints[u + 1]! += share * moved * inner.axisX;
    }
  }
}

function placeOf({ originX, originY, axisX, axisY, length }: Aperture, column: number, height: number) {
  const along = (column / APERTURE_COLUMNS) * length;
  return [originX + along * axisX - height * axisY, originY + along * axisY + height * axisX] as const;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}
