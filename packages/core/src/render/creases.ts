import { MIRROR } from '../face/canonical-mesh.ts';

/** What moves the skin together. */
export interface SkinMovement {
  /** Vertices whose mean way counts, less that of the chin times `chin` (speech opens the jaw and folds nothing). */
  readonly movers: readonly number[];
  readonly chin?: number;
  /** Axis of the way, and the way at which the skin begins to change and has changed fully, U. */
  readonly axis: 0 | 1;
  readonly from: number;
  readonly full: number;
}

/** A fold of the skin that expression brings out: a soft dark line, fading away from the bulge that hangs over it. */
export interface Crease extends SkinMovement {
  /** Points of the line, each the middle of two vertices `[… × 2]`. */
  readonly path: Uint16Array;
  /** Half width of the dark line, U. */
  readonly width: number;
  /** Darkening at full expression, share of brightness. */
  readonly depth: number;
  /** Side of the bulge: 1 to the left of the path's direction on screen, −1 to the right, 0 on both. */
  readonly bulge: number;
}

/** Skin that bulges into the light from above, or sinks out of it: a soft round patch. */
export interface Bulge extends SkinMovement {
  /** Its middle is the mean of these vertices. */
  readonly middle: readonly number[];
  /** Half width and half height in the head frame, U. */
  readonly width: number;
  readonly height: number;
  /** Change of brightness in the middle at full expression, share. */
  readonly gain: number;
}

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

/** From the wing of the nose around the corner of the mouth. */
const NASOLABIAL: Path = [
  [209, 129],
  [129, 203],
  [203, 206],
  [206, 216],
  [216, 212],
  [212, 202],
];

/** From the inner end of a brow upward: drawn together (AU4). */
const GLABELLA: Path = [
  [193, 55],
  [55, 8],
  [107, 8],
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

/** Action units as ways of the skin on the subject's right. */
const RAISED_BROWS = { movers: [105, 66, 334, 296], axis: 1, from: -0.015, full: -0.11 } as const;
const LOWERED_BROW = { movers: [66, 105], axis: 1, from: 0.02, full: 0.09 } as const;
const LOWERED_BROW_HEAD = { movers: [55, 107], axis: 1, from: 0.02, full: 0.085 } as const;
const RAISED_BROW = { movers: [66, 105], axis: 1, from: -0.02, full: -0.1 } as const;
const DRAWN_BROWS = { movers: [55, 107], axis: 0, from: 0.012, full: 0.036 } as const;
const RAISED_CHEEK = { movers: [118, 119], axis: 1, from: -0.01, full: -0.055 } as const;
const LIFTED_CHEEK = { movers: [50], axis: 1, from: -0.012, full: -0.08 } as const;
const LIFTED_LIP = { movers: [203, 206], axis: 1, from: -0.008, full: -0.06 } as const;
const WRINKLED_NOSE = { movers: [129], axis: 1, from: -0.02, full: -0.046 } as const;
const LOWERED_CORNER = { movers: [57], chin: 0.45, axis: 1, from: 0.02, full: 0.07 } as const;
const SUNK_CORNER = { movers: [57], chin: 0.45, axis: 1, from: 0.008, full: 0.04 } as const;
const WIDENED_MOUTH = { movers: [57], axis: 0, from: -0.015, full: -0.05 } as const;
const RAISED_CHIN = { movers: [18, 200], axis: 1, from: -0.01, full: -0.04 } as const;

/** Folds of both sides. Widths and depths are our choice, made by looking at acted faces and drawn ones. */
export const CREASES: readonly Crease[] = [
  ...FOREHEAD.map((path, i) =>
    crease(path, { width: 0.015, depth: [0.14, 0.17, 0.11][i]!, bulge: 0, ...RAISED_BROWS }),
  ),
  ...both(NASOLABIAL, { width: 0.026, depth: 0.16, bulge: 1, ...LIFTED_LIP }),
  ...both(NASOLABIAL, { width: 0.026, depth: 0.06, bulge: 1, ...WIDENED_MOUTH }),
  ...both(NASOLABIAL, { width: 0.026, depth: 0.1, bulge: 1, ...SUNK_CORNER }),
  ...both(GLABELLA, { width: 0.026, depth: 0.15, bulge: 0, ...DRAWN_BROWS }),
  crease(NOSE_ROOT, { width: 0.032, depth: 0.12, bulge: 0, ...WRINKLED_NOSE }),
  ...both(NOSE_SIDE, { width: 0.03, depth: 0.11, bulge: 0, ...WRINKLED_NOSE }),
  ...both(UNDER_EYE, { width: 0.015, depth: 0.13, bulge: -1, ...RAISED_CHEEK }),
  ...CROWS_FEET.flatMap((path) => both(path, { width: 0.011, depth: 0.11, bulge: 0, ...RAISED_CHEEK })),
  ...both(MOUTH_CORNER, { width: 0.024, depth: 0.12, bulge: 0, ...LOWERED_CORNER }),
  crease(CHIN, { width: 0.022, depth: 0.16, bulge: 0, ...RAISED_CHIN }),
];

/**
 * Bulges and hollows of both sides: cheeks, lower lids, the roof and the inner corner of the eye under a low brow, the lids
 * under a high one, the skin between drawn brows, root of the nose, chin. Gains are held against how much brighter or darker
 * real faces become in the same places (docs/evaluation/emotion.md).
 */
export const BULGES: readonly Bulge[] = [
  ...bothBulges({ middle: [50, 205, 101], width: 0.17, height: 0.12, gain: 0.1, ...LIFTED_CHEEK }),
  ...bothBulges({ middle: [50, 205, 101], width: 0.17, height: 0.12, gain: 0.05, ...WRINKLED_NOSE }),
  ...bothBulges({ middle: [50, 205, 101], width: 0.17, height: 0.12, gain: 0.08, ...SUNK_CORNER }),
  ...bothBulges({ middle: [187, 207, 214], width: 0.15, height: 0.2, gain: -0.05, ...LIFTED_CHEEK }),
  ...bothBulges({ middle: [57, 216], width: 0.08, height: 0.12, gain: -0.05, ...LIFTED_LIP }),
  ...bothBulges({ middle: [229, 230, 118, 119], width: 0.15, height: 0.045, gain: 0.06, ...RAISED_CHEEK }),
  ...bothBulges({ middle: [221, 222, 223, 56], width: 0.2, height: 0.07, gain: -0.06, ...LOWERED_BROW }),
  ...bothBulges({ middle: [221, 193], width: 0.1, height: 0.085, gain: -0.22, ...LOWERED_BROW_HEAD }),
  ...bothBulges({ middle: [221, 193], width: 0.1, height: 0.085, gain: -0.09, ...DRAWN_BROWS }),
  ...bothBulges({ middle: [222, 223, 224], width: 0.2, height: 0.06, gain: 0.13, ...RAISED_BROW }),
  ...bothBulges({ middle: [55, 107, 107], width: 0.07, height: 0.06, gain: 0.04, ...DRAWN_BROWS }),
  { middle: [9], width: 0.16, height: 0.15, gain: -0.16, ...DRAWN_BROWS },
  { middle: [6, 168], width: 0.09, height: 0.08, gain: 0.09, ...WRINKLED_NOSE },
  ...bothBulges({ middle: [202, 204], width: 0.1, height: 0.11, gain: -0.07, ...LOWERED_CORNER }),
  { middle: [200, 199], width: 0.15, height: 0.1, gain: 0.08, ...RAISED_CHIN },
  ...bothBulges({ middle: [201], width: 0.03, height: 0.025, gain: -0.07, ...RAISED_CHIN }),
  ...bothBulges({ middle: [208], width: 0.03, height: 0.025, gain: -0.07, ...RAISED_CHIN }),
];

function crease(path: Path, rest: Omit<Crease, 'path'>): Crease {
  return { path: Uint16Array.from(path.flat()), ...rest };
}

/** A fold of the subject's right side and its mirror image. */
function both(path: Path, right: Omit<Crease, 'path'>): Crease[] {
  const left = path.map(([a, b]) => [MIRROR[a]!, MIRROR[b]!] as const);
  return [crease(path, right), crease(left, { ...right, bulge: -right.bulge, ...mirrored(right) })];
}

function bothBulges(right: Bulge): Bulge[] {
  return [right, { ...right, middle: right.middle.map((v) => MIRROR[v]!), ...mirrored(right) }];
}

function mirrored({ movers, axis, from, full }: SkinMovement) {
  const sign = axis === 0 ? -1 : 1;
  return { movers: movers.map((v) => MIRROR[v]!), from: sign * from, full: sign * full };
}
