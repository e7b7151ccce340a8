import { inverse as invert, Matrix } from 'ml-matrix';
import { INNER_LIPS, OUTER_LIPS, PLACES, VERTEX_COUNT } from '../face/canonical-mesh.ts';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX, type Coefficient, LIP_COEFFICIENTS } from './coefficients.ts';
import { ARTICULATIONS, type Articulation } from './emotions.ts';
import { LIP_EVERSION } from './lip-eversion.ts';
import type { MeshBasis } from './mesh-basis.ts';
import { fieldGap } from './row-gap.ts';

/** Movements by which each articulation acts, before the three are decoupled. */
const MOVEMENTS: Readonly<Record<Articulation, readonly (readonly [Coefficient, number])[]>> = {
  opening: [
    ['jawOpen', 1],
    ['mouthLowerDownLeft', 0.25],
    ['mouthLowerDownRight', 0.25],
    ['mouthUpperUpLeft', 0.1],
    ['mouthUpperUpRight', 0.1],
  ],
  pursing: [['mouthPucker', 1]],
  widening: [
    ['mouthStretchLeft', 0.5],
    ['mouthStretchRight', 0.5],
    ['mouthDimpleLeft', 0.5],
    ['mouthDimpleRight', 0.5],
    ['mouthSmileLeft', 0.1],
    ['mouthSmileRight', 0.1],
  ],
};

const MIDDLE = [3, 4, 5, 6, 7] as const;
const COUNT = ARTICULATIONS.length;

/** Scales opening, pursing and widening of lips `[C]` in place, about rest. */
export type ArticulationEditor = (lips: Float32Array, scales: Readonly<Record<Articulation, number>>) => void;

/**
 * Builds the editor of a basis.
 *
 *     m = A c            opening (inner lip gap), pursing (height of the lips), widening (mouth width), linear in c, 0 at rest
 *     c ← c + Σ_j (s_j − 1) m_j D_j,    A D = I
 *
 * Each edit scales its own measure and leaves the two others; all three read the same unedited c, so their order does not
 * matter. A closed mouth (m_opening ≤ 0) is not opened.
 *
 * Pursed lips come forward and turn out; the height of their red is what a viewer sees of it.
 */
export function createArticulationEditor(basis: MeshBasis): ArticulationEditor {
  const rows = measureRows(basis);
  const directions = decouple(rows);
  const amounts = new Float64Array(COUNT);
  return function editArticulation(lips, scales) {
    for (let j = 0; j < COUNT; j++) {
      let measure = 0;
      for (let k = 0; k < COEFFICIENT_COUNT; k++) measure += rows[j]![k]! * lips[k]!;
      if (j === 0) measure = Math.max(0, measure);
      amounts[j] = (scales[ARTICULATIONS[j]!] - 1) * measure;
    }
    for (let j = 0; j < COUNT; j++) {
      if (amounts[j] === 0) continue;
      for (let k = 0; k < COEFFICIENT_COUNT; k++) lips[k]! += amounts[j]! * directions[j]![k]!;
    }
  };
}

/** A `[3][C]`: change of each measure, U, for each lip coefficient at 1, in the order of ARTICULATIONS. */
export function measureRows(basis: MeshBasis): readonly Float64Array[] {
  const rows = ARTICULATIONS.map(() => new Float64Array(COEFFICIENT_COUNT));
  const [opening, pursing, widening] = rows as [Float64Array, Float64Array, Float64Array];
  for (const name of LIP_COEFFICIENTS) {
    const k = COEFFICIENT_INDEX[name];
    for (const i of MIDDLE) {
      const gap = fieldGap(basis, k, INNER_LIPS.upper[i]!, INNER_LIPS.lower[i]!);
      opening[k]! += gap / MIDDLE.length;
      pursing[k]! += (fieldGap(basis, k, OUTER_LIPS.upper[i]!, OUTER_LIPS.lower[i]!) - gap) / MIDDLE.length;
    }
    widening[k] = value(basis, k, PLACES.leftMouthCorner, 0) - value(basis, k, PLACES.rightMouthCorner, 0);
  }
  for (const i of MIDDLE) {
    const way = LIP_EVERSION[OUTER_LIPS.lower[i]!]! - LIP_EVERSION[OUTER_LIPS.upper[i]!]!;
    pursing[COEFFICIENT_INDEX.mouthPucker]! += way / MIDDLE.length;
  }
  // Lips that a closing jaw presses together are not pursed.
  pursing[COEFFICIENT_INDEX.mouthClose] = 0;
  return rows;
}

/** D = R (A R)⁻¹ with R the movements as columns `[3][C]`. */
function decouple(rows: readonly Float64Array[]): readonly Float64Array[] {
  const raw = ARTICULATIONS.map((name) => {
    const vector = new Float64Array(COEFFICIENT_COUNT);
    for (const [coefficient, amount] of MOVEMENTS[name]) vector[COEFFICIENT_INDEX[coefficient]] = amount;
    return vector;
  });
  const inverse = invert(new Matrix(rows.map((row) => raw.map((vector) => dot(row, vector)))));
  return ARTICULATIONS.map((_, j) => {
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
