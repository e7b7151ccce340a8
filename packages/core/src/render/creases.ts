import { MIRROR } from '../face/canonical-mesh.ts';
import { smoothstep } from '../math/smoothstep.ts';
import type { HeadSurface } from './head-surface.ts';
import { FRAME_SIZE } from './renderer.ts';

/** A fold of the skin that expression brings out: a soft dark line, and light on the bulge beside it. */
interface Crease {
  /** Points of the line, each the middle of two vertices `[… × 2]`. */
  readonly path: Uint16Array;
  /** Half width of the dark line, U. */
  readonly width: number;
  /** Darkening at full expression, share of brightness. */
  readonly depth: number;
  /** Side of the bulge: 1 to the left of the path's direction on screen, −1 to the right, 0 on both. */
  readonly bulge: number;
  /** Vertices that move the skin together, the axis and sign of their way, and the way at full expression, U. */
  readonly movers: readonly number[];
  readonly axis: 0 | 1;
  readonly full: number;
}

/** Shadows on skin are red: that channel changes less. */
const RED_SHARE = 0.75;

/** Longest path, points. */
const MAX_POINTS = 9;

/** From the wing of the nose past the corner of the mouth. */
const NASOLABIAL = [
  [129, 203],
  [203, 206],
  [206, 216],
  [216, 57],
] as const;

/** Across the forehead, half way to the brows and above. */
const FOREHEAD_LOW = [
  [63, 68],
  [105, 104],
  [66, 69],
  [107, 108],
  [9, 151],
  [336, 337],
  [296, 299],
  [334, 333],
  [293, 298],
] as const;
const FOREHEAD_HIGH = [
  [68, 103],
  [104, 103],
  [69, 67],
  [108, 109],
  [151, 10],
  [337, 338],
  [299, 297],
  [333, 332],
  [298, 332],
] as const;

/** Between the brows, from the root of the nose upward. */
const GLABELLA = [
  [193, 168],
  [55, 8],
  [107, 9],
] as const;

const CREASES: readonly Crease[] = [
  crease(NASOLABIAL, { width: 0.026, depth: 0.13, bulge: 1, movers: [61], axis: 1, full: -0.085 }),
  crease(mirrored(NASOLABIAL), { width: 0.026, depth: 0.13, bulge: -1, movers: [291], axis: 1, full: -0.085 }),
  crease(FOREHEAD_LOW, { width: 0.015, depth: 0.06, bulge: 0, movers: [105, 66, 334, 296], axis: 1, full: -0.1 }),
  crease(FOREHEAD_HIGH, { width: 0.016, depth: 0.045, bulge: 0, movers: [105, 66, 334, 296], axis: 1, full: -0.1 }),
  crease(GLABELLA, { width: 0.018, depth: 0.1, bulge: 0, movers: [55, 107, 285, 336], axis: 1, full: 0.06 }),
  crease(mirrored(GLABELLA), { width: 0.018, depth: 0.1, bulge: 0, movers: [55, 107, 285, 336], axis: 1, full: 0.06 }),
];

/** The current path, pixels. */
const places = new Float64Array(MAX_POINTS * 2);

/**
 * Shades the folds of the current expression into the frame: brightness × (1 + s), so that the skin's texture stays. Folds
 * of the source's own expression are in the photo already; only what is added counts.
 */
export function drawCreases(frame: Uint8ClampedArray, surface: HeadSurface, scale: number): void {
  for (const fold of CREASES) {
    let way = 0;
    for (const v of fold.movers) way += surface.expression[v * 3 + fold.axis]! / fold.movers.length;
    const amount = Math.min(1, way / fold.full - 0.1);
    if (amount > 0) drawCrease(frame, fold, surface.positions, scale, amount);
  }
}

function drawCrease(
  frame: Uint8ClampedArray,
  fold: Crease,
  positions: Float32Array,
  scale: number,
  amount: number,
): void {
  const count = fold.path.length / 2;
  const width = fold.width * scale;
  let minX = FRAME_SIZE;
  let minY = FRAME_SIZE;
  let maxX = 0;
  let maxY = 0;
  for (let i = 0; i < count; i++) {
    const a = fold.path[i * 2]! * 2;
    const b = fold.path[i * 2 + 1]! * 2;
    const x = (positions[a]! + positions[b]!) / 2;
    const y = (positions[a + 1]! + positions[b + 1]!) / 2;
    places[i * 2] = x;
    places[i * 2 + 1] = y;
    minX = Math.min(minX, x);
    maxX = Math.max(maxX, x);
    minY = Math.min(minY, y);
    maxY = Math.max(maxY, y);
  }
  const reach = 4 * width;
  const right = Math.min(FRAME_SIZE, Math.ceil(maxX + reach));
  const bottom = Math.min(FRAME_SIZE, Math.ceil(maxY + reach));
  for (let y = Math.max(0, Math.floor(minY - reach)); y < bottom; y++) {
    for (let x = Math.max(0, Math.floor(minX - reach)); x < right; x++) {
      const s = shadeAt(x + 0.5, y + 0.5, count, width, fold.bulge) * fold.depth * amount;
      if (Math.abs(s) < 0.002) continue;
      const p = (y * FRAME_SIZE + x) * 4;
      frame[p] = frame[p]! * (1 + RED_SHARE * s);
      frame[p + 1] = frame[p + 1]! * (1 + s);
      frame[p + 2] = frame[p + 2]! * (1 + s);
    }
  }
}

/** −1 on the line, up to .4 on the bulge, 0 afar and at both ends. */
function shadeAt(x: number, y: number, count: number, width: number, bulge: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  let side = 0;
  let along = 0;
  for (let i = 0; i < count - 1; i++) {
    const dx = places[i * 2 + 2]! - places[i * 2]!;
    const dy = places[i * 2 + 3]! - places[i * 2 + 1]!;
    const px = x - places[i * 2]!;
    const py = y - places[i * 2 + 1]!;
    const t = Math.max(0, Math.min(1, (px * dx + py * dy) / (dx * dx + dy * dy + 1e-9)));
    const ex = px - t * dx;
    const ey = py - t * dy;
    const distance = ex * ex + ey * ey;
    if (distance >= nearest) continue;
    nearest = distance;
    side = dy * px - dx * py;
    along = (i + t) / (count - 1);
  }
  const distance = Math.sqrt(nearest) / width;
  if (distance > 4) return 0;
  const ends = smoothstep(Math.min(along, 1 - along) / 0.3);
  const fall = 1 + 0.7 * distance * distance;
  const dark = 1 / (fall * fall);
  const off = (distance - 2) / 1.1;
  const lit = bulge === 0 ? 0.25 : side * bulge > 0 ? 0.4 : 0;
  return ends * ((lit / (1 + off * off * off * off)) * Math.min(1, distance) * (1 - dark) - dark);
}

function crease(path: readonly (readonly [number, number])[], rest: Omit<Crease, 'path'>): Crease {
  return { path: Uint16Array.from(path.flat()), ...rest };
}

function mirrored(path: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  return path.map(([a, b]) => [MIRROR[a]!, MIRROR[b]!] as const);
}
