import { inverse as invert, Matrix } from 'ml-matrix';
import { INNER_LIPS, OUTER_LIPS, PLACES, VERTEX_COUNT } from '../face/canonical-mesh.ts';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX, type Coefficient, LIP_COEFFICIENTS } from './coefficients.ts';
import type { Articulation } from './emotions.ts';
import { LIP_EVERSION } from './lip-eversion.ts';
import type { MeshBasis } from './mesh-basis.ts';
import { fieldGap } from './row-gap.ts';

/** Linear measures of the lips; an edit changes one and holds the others. */
const MEASURES = ['gap', 'lipHeight', 'protrusion', 'width'] as const;
type Measure = (typeof MEASURES)[number];
const COUNT = MEASURES.length;

/** Movements by which each measure is changed, before they are decoupled. */
const MOVEMENTS: Readonly<Record<Measure, readonly (readonly [Coefficient, number])[]>> = {
  gap: [
    ['jawOpen', 1],
    ['mouthLowerDownLeft', 0.25],
    ['mouthLowerDownRight', 0.25],
    ['mouthUpperUpLeft', 0.1],
    ['mouthUpperUpRight', 0.1],
  ],
  lipHeight: [['mouthPucker', 1]],
  protrusion: [['mouthFunnel', 1]],
  width: [
    ['mouthStretchLeft', 0.5],
    ['mouthStretchRight', 0.5],
    ['mouthDimpleLeft', 0.5],
    ['mouthDimpleRight', 0.5],
    ['mouthSmileLeft', 0.1],
    ['mouthSmileRight', 0.1],
  ],
};

/** What rounds the lips, and what spreads them. */
const ROUNDING = ['mouthPucker', 'mouthFunnel'] as const;
const SPREADING = MOVEMENTS.width.map(([name]) => name);

const MIDDLE = [3, 4, 5, 6, 7] as const;
const FRONT = [0, 17, 37, 267, 84, 314, 11, 16, 13, 14] as const;

/** A further movement of the lips: a direction `[C]` over their coefficients, and how large it is made. */
export interface ScaledVector {
  readonly vector: Float64Array;
  readonly scale: number;
}

/** Scales opening, pursing, widening and further movements of lips `[C]` in place, about rest. */
export type ArticulationEditor = (
  lips: Float32Array,
  scales: Readonly<Record<Articulation, number>>,
  further?: readonly ScaledVector[],
) => void;

/**
 * Builds the editor of a basis.
 *
 *     opening    c ← c + (s − 1) gap⁺(c) D_gap                  gap, width, ...: linear in c, 0 at rest; A D = I
 *     pursing    c ← c + (s − 1) r − gap((s − 1) r) D_gap       r: pucker and funnel of c, which narrow the mouth and round it
 *     widening   c ← c + (s − 1) width⁺(w) D_width              w: stretch, dimple and smile of c
 *     further    c ← c + (s − 1) ⟨c, v⟩⁺ / |v|² v
 *
 * Opening and widening leave all else; pursing narrows the mouth as it rounds it and leaves the gap; widening above 1 never
 * narrows, since only what spreads the lips counts. All read the same unedited c, so their order does not matter. A closed
 * mouth (gap ≤ 0) is not opened.
 *
 * @source further: PC-Talk release, `motion_controls.py` (projection)
 */
export function createArticulationEditor(basis: MeshBasis): ArticulationEditor {
  const rows = measureRows(basis);
  const [gapRow, , , widthRow] = rows as [Float64Array, Float64Array, Float64Array, Float64Array];
  const directions = decouple(rows);
  const [gapWay, , , widthWay] = directions as [Float64Array, Float64Array, Float64Array, Float64Array];
  const spread = masked(widthRow, SPREADING);
  const before = new Float32Array(COEFFICIENT_COUNT);
  const rounding = new Float64Array(COEFFICIENT_COUNT);
  return function editArticulation(lips, { opening, pursing, widening }, further = []) {
    before.set(lips);
    if (opening !== 1) addTo(lips, gapWay, (opening - 1) * Math.max(0, dot(gapRow, before)));
    if (widening !== 1) addTo(lips, widthWay, (widening - 1) * Math.max(0, dot(spread, before)));
    if (pursing !== 1) {
      for (const name of ROUNDING) rounding[COEFFICIENT_INDEX[name]] = before[COEFFICIENT_INDEX[name]]!;
      addTo(lips, rounding, pursing - 1);
      addTo(lips, gapWay, (1 - pursing) * dot(gapRow, rounding));
    }
    for (const { vector, scale } of further) {
      addTo(lips, vector, ((scale - 1) * Math.max(0, dot(vector, before))) / dot(vector, vector));
    }
  };
}

/** A direction `[C]` of what is named. */
export function vectorOf(parts: Readonly<Partial<Record<Coefficient, number>>>): Float64Array {
  const vector = new Float64Array(COEFFICIENT_COUNT);
  for (const [name, amount] of Object.entries(parts)) vector[COEFFICIENT_INDEX[name as Coefficient]] = amount;
  return vector;
}

function masked(row: Float64Array, names: readonly Coefficient[]): Float64Array {
  return vectorOf(Object.fromEntries(names.map((name) => [name, row[COEFFICIENT_INDEX[name]]!])));
}

function addTo(lips: Float32Array, way: Float64Array, amount: number): void {
  for (let k = 0; k < lips.length; k++) lips[k]! += amount * way[k]!;
}

/** A `[4][C]`: change of each measure, U, for each lip coefficient at 1. */
function measureRows(basis: MeshBasis): readonly Float64Array[] {
  const rows = MEASURES.map(() => new Float64Array(COEFFICIENT_COUNT));
  const [gap, lipHeight, protrusion, width] = rows as [Float64Array, Float64Array, Float64Array, Float64Array];
  for (const name of LIP_COEFFICIENTS) {
    const k = COEFFICIENT_INDEX[name];
    for (const i of MIDDLE) {
      const inner = fieldGap(basis, k, INNER_LIPS.upper[i]!, INNER_LIPS.lower[i]!);
      gap[k]! += inner / MIDDLE.length;
      lipHeight[k]! += (fieldGap(basis, k, OUTER_LIPS.upper[i]!, OUTER_LIPS.lower[i]!) - inner) / MIDDLE.length;
    }
    for (const v of FRONT) protrusion[k]! -= value(basis, k, v, 2) / FRONT.length;
    width[k] = value(basis, k, PLACES.leftMouthCorner, 0) - value(basis, k, PLACES.rightMouthCorner, 0);
  }
  for (const i of MIDDLE) {
    const way = LIP_EVERSION[OUTER_LIPS.lower[i]!]! - LIP_EVERSION[OUTER_LIPS.upper[i]!]!;
    lipHeight[COEFFICIENT_INDEX.mouthPucker]! += way / MIDDLE.length;
  }
  // Lips that a closing jaw presses together are not pursed.
  lipHeight[COEFFICIENT_INDEX.mouthClose] = 0;
  return rows;
}

/** D = R (A R)⁻¹ with R the movements as columns `[4][C]`. */
function decouple(rows: readonly Float64Array[]): readonly Float64Array[] {
  const raw = MEASURES.map((name) => vectorOf(Object.fromEntries(MOVEMENTS[name])));
  const inverse = invert(new Matrix(rows.map((row) => raw.map((vector) => dot(row, vector)))));
  return MEASURES.map((_, j) => {
    const out = new Float64Array(COEFFICIENT_COUNT);
    for (let k = 0; k < COEFFICIENT_COUNT; k++) {
      for (let i = 0; i < COUNT; i++) out[k]! += raw[i]![k]! * inverse.get(i, j);
    }
    return out;
  });
}

function dot(a: Float64Array, b: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}

function value({ displacements }: MeshBasis, k: number, vertex: number, axis: number): number {
  return displacements[(k * VERTEX_COUNT + vertex) * 3 + axis]!;
}
