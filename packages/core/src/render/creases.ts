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
  /** Vertices that move the skin together, the axis of their way, and the way at which the fold begins and is full, U. */
  readonly movers: readonly number[];
  readonly axis: 0 | 1;
  readonly from: number;
  readonly full: number;
}

/** Shadows on skin are red: that channel changes less. */
const RED_SHARE = 0.75;

/** Longest path, points. */
const MAX_POINTS = 9;

type Path = readonly (readonly [number, number])[];

/** Across the forehead: half way to the brows, above that, and half way to the hair. */
const FOREHEAD: readonly Path[] = [
  [
    [63, 68],
    [105, 104],
    [66, 69],
    [107, 108],
    [9, 151],
    [336, 337],
    [296, 299],
    [334, 333],
    [293, 298],
  ],
  [
    [68, 104],
    [104, 104],
    [104, 69],
    [69, 108],
    [151, 151],
    [337, 299],
    [299, 333],
    [333, 333],
    [333, 298],
  ],
  [
    [68, 103],
    [104, 103],
    [69, 67],
    [108, 109],
    [151, 10],
    [337, 338],
    [299, 297],
    [333, 332],
    [298, 332],
  ],
];
const RAISED_BROWS = { bulge: 0, movers: [105, 66, 334, 296], axis: 1, from: -0.012, full: -0.1 } as const;

/** From the wing of the nose past the corner of the mouth. */
const NASOLABIAL: Path = [
  [129, 203],
  [203, 206],
  [206, 216],
  [216, 57],
];

/** Between the brows, from the root of the nose upward: drawn together (AU4). */
const GLABELLA: Path = [
  [193, 168],
  [55, 8],
  [107, 9],
];

/** Across the root of the nose, and obliquely down its side: wrinkled (AU9). */
const NOSE_ROOT: Path = [
  [122, 193],
  [6, 168],
  [351, 417],
];
const NOSE_SIDE: Path = [
  [188, 245],
  [188, 196],
  [196, 197],
];

/** Under the eye, and out of its corner: raised cheeks (AU6). */
const UNDER_EYE: Path = [
  [232, 121],
  [231, 120],
  [230, 119],
  [229, 118],
  [228, 117],
];
const CROWS_FEET: readonly Path[] = [
  [
    [226, 35],
    [35, 143],
    [143, 143],
  ],
  [
    [226, 31],
    [35, 111],
    [111, 143],
  ],
];

/** Down from the corner of the mouth (AU15), and between lower lip and chin (AU17). */
const MOUTH_CORNER: Path = [
  [61, 57],
  [43, 57],
  [202, 43],
  [204, 202],
];
const CHIN: Path = [
  [182, 194],
  [83, 201],
  [18, 200],
  [313, 421],
  [406, 418],
];

const CREASES: readonly Crease[] = [
  ...FOREHEAD.map((path, i) => crease(path, { width: 0.012, depth: [0.1, 0.11, 0.07][i]!, ...RAISED_BROWS })),
  ...both(NASOLABIAL, { width: 0.023, depth: 0.16, bulge: 1, movers: [206], axis: 1, from: -0.006, full: -0.06 }),
  ...both(GLABELLA, { width: 0.013, depth: 0.2, bulge: 0, movers: [55, 107], axis: 0, from: 0.014, full: 0.036 }),
  crease(NOSE_ROOT, { width: 0.014, depth: 0.12, bulge: 0, movers: [129, 358], axis: 1, from: -0.022, full: -0.046 }),
  ...both(NOSE_SIDE, { width: 0.014, depth: 0.09, bulge: 0, movers: [129], axis: 1, from: -0.022, full: -0.046 }),
  ...both(UNDER_EYE, { width: 0.013, depth: 0.09, bulge: -1, movers: [118, 119], axis: 1, from: -0.01, full: -0.05 }),
  ...CROWS_FEET.flatMap((path) =>
    both(path, { width: 0.009, depth: 0.1, bulge: 0, movers: [118], axis: 1, from: -0.018, full: -0.05 }),
  ),
  ...both(MOUTH_CORNER, { width: 0.016, depth: 0.12, bulge: 0, movers: [57], axis: 1, from: 0.02, full: 0.075 }),
  crease(CHIN, { width: 0.018, depth: 0.12, bulge: 0, movers: [18, 200], axis: 1, from: -0.01, full: -0.04 }),
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
    const amount = Math.min(1, (way - fold.from) / (fold.full - fold.from));
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

/** −1 on the line, up to .3 on the bulge, 0 afar and at both ends. */
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
  const lit = bulge === 0 ? 0.15 : side * bulge > 0 ? 0.28 : 0;
  return ends * ((lit / (1 + off * off * off * off)) * Math.min(1, distance) * (1 - dark) - dark);
}

function crease(path: Path, rest: Omit<Crease, 'path'>): Crease {
  return { path: Uint16Array.from(path.flat()), ...rest };
}

/** A fold of the subject's right side and its mirror image. */
function both(path: Path, right: Omit<Crease, 'path'>): Crease[] {
  const sign = right.axis === 0 ? -1 : 1;
  const left = {
    ...right,
    bulge: -right.bulge,
    movers: right.movers.map((v) => MIRROR[v]!),
    from: sign * right.from,
    full: sign * right.full,
  };
  return [
    crease(path, right),
    crease(
      path.map(([a, b]) => [MIRROR[a]!, MIRROR[b]!] as const),
      left,
    ),
  ];
}
