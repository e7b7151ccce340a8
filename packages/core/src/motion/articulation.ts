import { inverse as invert, Matrix } from 'ml-matrix';
import { INNER_LIPS, OUTER_LIPS, PLACES, VERTEX_COUNT } from '../face/canonical-mesh.ts';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX, type Coefficient, LIP_COEFFICIENTS } from './coefficients.ts';
import type { Articulation } from './emotions.ts';
import { LIP_EVERSION } from './lip-eversion.ts';
import type { MeshBasis } from './mesh-basis.ts';
import { fieldGap } from './row-gap.ts';

/** What an edit scales. Pursed lips come forward and turn out; the height of their red is what a viewer sees of it. */
const MEASURES = ['gap', 'lipHeight', 'protrusion', 'width'] as const;
type Measure = (typeof MEASURES)[number];
const COUNT = MEASURES.length;
const OWNER: Readonly<Record<Measure, Articulation>> = {
  gap: 'opening',
  lipHeight: 'pursing',
  protrusion: 'pursing',
  width: 'widening',
};

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

const MIDDLE = [3, 4, 5, 6, 7] as const;
const FRONT = [0, 17, 37, 267, 84, 314, 11, 16, 13, 14] as const;

/** Scales opening, pursing and widening of lips `[C]` in place, about rest. */
export type ArticulationEditor = (lips: Float32Array, scales: Readonly<Record<Articulation, number>>) => void;

/**
 * Builds the editor of a basis.
 *
 *     m = A c            inner lip gap; height of the lips; protrusion; mouth width: linear in c, 0 at rest
 *     c ← c + Σ_j (s_j − 1) m_j D_j,    A D = I
 *
 * Opening scales the gap, pursing height and protrusion of the lips, widening the width: each its own and no other. All read
 * the same unedited c, so their order does not matter. A closed mouth (gap ≤ 0) is not opened.
 */
export function createArticulationEditor(basis: MeshBasis): ArticulationEditor {
  const rows = measureRows(basis);
  const directions = decouple(rows);
  const amounts = new Float64Array(COUNT);
  return function editArticulation(lips, scales) {
    for (let j = 0; j < COUNT; j++) {
      let measure = 0;
      for (let k = 0; k < COEFFICIENT_COUNT; k++) measure += rows[j]![k]! * lips[k]!;
      if (MEASURES[j] === 'gap') measure = Math.max(0, measure);
      amounts[j] = (scales[OWNER[MEASURES[j]!]] - 1) * measure;
    }
    for (let j = 0; j < COUNT; j++) {
      if (amounts[j] === 0) continue;
      for (let k = 0; k < COEFFICIENT_COUNT; k++) lips[k]! += amounts[j]! * directions[j]![k]!;
    }
  };
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
  const raw = MEASURES.map((name) => {
    const vector = new Float64Array(COEFFICIENT_COUNT);
    for (const [coefficient, amount] of MOVEMENTS[name]) vector[COEFFICIENT_INDEX[coefficient]] = amount;
    return vector;
  });
  const inverse = invert(new Matrix(rows.map((row) => raw.map((vector) => dot(row, vector)))));
  return MEASURES.map((_, j) => {
    const out = new Float64Array(COEFFICIENT_COUNT);
    for (let k = 0; k < COEFFICIENT_COUNT; k++) {
      for (let i = 0; i < COUNT; i++) out[k]! += raw[i]![k]! * inverse.get(i, j);
    }
    return out;
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}

function value({ displacements }: MeshBasis, k: number, vertex: number, axis: number): number {
  return displacements[(k * VERTEX_COUNT + vertex) * 3 + axis]!;
}
