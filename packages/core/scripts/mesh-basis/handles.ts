/** Words in which the movements of mesh-basis/shapes are written: rows of lips and lids, places, mirror, pins. */
import { CANONICAL_VERTICES, FACE_OVAL, LEFT_EYE, LIP_ROWS, MIRROR, RIGHT_EYE } from '../../src/face/canonical-mesh.ts';
import type { Displacement, Handles } from './biharmonic.ts';

/** Canonical coordinate of a vertex, U. */
export const at = (vertex: number, axis: 0 | 1 | 2): number => CANONICAL_VERTICES[vertex * 3 + axis]!;

/** Place of a lip vertex: t runs −1 … 1 from image left to right corner, row 0 is the outer, 3 the inner contour. */
export interface LipPlace {
  readonly t: number;
  readonly row: number;
  readonly upper: boolean;
  readonly corner: boolean;
  readonly vertex: number;
}

/** A movement in the making: later words override earlier ones. */
export class Shape {
  readonly handles = new Map<number, Displacement>();

  /** Holds vertices still. */
  pin(...groups: readonly (readonly number[])[]): this {
    for (const group of groups) for (const vertex of group) this.handles.set(vertex, [0, 0, 0]);
    return this;
  }

  /** Moves a vertex of the subject's right side (or midline) and its mirror image alike. */
  move(vertex: number, [x, y, z]: Displacement): this {
    const mirror = MIRROR[vertex]!;
    this.handles.set(vertex, [mirror === vertex ? 0 : x, y, z]);
    if (mirror !== vertex) this.handles.set(mirror, [-x, y, z]);
    return this;
  }

  /** Moves one side only, or the midline sideways. */
  moveOne(vertex: number, displacement: Displacement): this {
    this.handles.set(vertex, displacement);
    return this;
  }

  /** Moves all lip vertices by a rule. */
  lips(rule: (place: LipPlace) => Displacement): this {
    for (const upper of [true, false]) {
      (upper ? LIP_ROWS.upper : LIP_ROWS.lower).forEach((ids, row) => {
        ids.forEach((vertex, column) => {
          const t = (column - 5) / 5;
          this.handles.set(vertex, rule({ t, row, upper, corner: Math.abs(t) === 1, vertex }));
        });
      });
    }
    return this;
  }

  get done(): Handles {
    return this.handles;
  }
}

const both = (ids: readonly number[]): number[] => [...ids, ...ids.map((id) => MIRROR[id]!)];
const eye = (ring: 'margin' | 'lid' | 'crease'): number[] =>
  [RIGHT_EYE, LEFT_EYE].flatMap((rows) => [...rows[ring].upper, ...rows[ring].lower]);
const JAW_OVAL = [58, 172, 136, 150, 149, 176, 148, 152];

/** Groups of vertices that movements hold still. */
export const PINS = {
  eyes: [...eye('margin'), ...eye('lid')],
  creases: eye('crease'),
  brows: both([70, 63, 105, 66, 107, 46, 53, 52, 65, 55]),
  glabella: both([9, 8, 168, 193, 122]),
  forehead: both([10, 151, 108, 69, 104, 68, 71, 109, 67, 103, 54, 21, 139]),
  bridge: both([6, 197, 195, 5, 196, 188, 3, 51]),
  nose: both([4, 1, 19, 94, 2, 44, 45, 220, 115, 218, 237, 129, 102, 48, 64, 98, 97, 60, 75, 240, 141, 125, 131, 198]),
  noseWings: both([129, 102, 48, 64, 98]),
  upperOval: FACE_OVAL.filter((v) => !both(JAW_OVAL).includes(v)),
  jawOval: both(JAW_OVAL),
  chin: both([152, 175, 199, 200, 148, 171, 208, 201, 176, 140, 32]),
  cheekbones: both([117, 118, 119, 100, 111, 116, 123, 50]),
  cheeks: both([50, 101, 36, 205, 187, 207, 147, 123]),
  jawSide: both([58, 172, 138, 215, 213, 136, 135, 169]),
} as const;

/** Everything above the mouth except cheeks. */
export const UPPER_FACE = [
  PINS.eyes,
  PINS.creases,
  PINS.brows,
  PINS.glabella,
  PINS.forehead,
  PINS.bridge,
  PINS.upperOval,
];

/** Eases 0 → 1 over x in 0 … 1. */
export const ease = (x: number): number => {
  const c = Math.min(1, Math.max(0, x));
  return c * c * (3 - 2 * c);
};
