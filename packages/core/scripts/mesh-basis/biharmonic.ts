/**
 * Biharmonic interpolation of handle displacements over the canonical mesh: minimise Σ (L u)² with u given at the
 * handles, L = umbrella Laplacian with weights 1 / edge length. Dense solve: 468 unknowns at most.
 *
 * @source Botsch & Kobbelt 2004, "An intuitive framework for real-time freeform modeling" (order k = 2)
 */
import { LuDecomposition, Matrix } from 'ml-matrix';
import { CANONICAL_VERTICES, NEIGHBOURS, VERTEX_COUNT } from '../../src/face/canonical-mesh.ts';

/** Displacement of one vertex, U. */
export type Displacement = readonly [number, number, number];

/** Prescribed displacements by vertex. */
export type Handles = ReadonlyMap<number, Displacement>;

const BILAPLACIAN = bilaplacian();

/** Displacement field `[468 × 3]`, U, that meets the handles and is as smooth as can be elsewhere. */
export function solveBiharmonic(handles: Handles): Float64Array {
  const free = Array.from({ length: VERTEX_COUNT }, (_, v) => v).filter((v) => !handles.has(v));
  const fixed = [...handles.keys()];
  const values = new Matrix(fixed.map((v) => [...handles.get(v)!]));
  const right = BILAPLACIAN.selection(free, fixed).mmul(values).mul(-1);
  const solved = new LuDecomposition(BILAPLACIAN.selection(free, free)).solve(right);
  const field = new Float64Array(VERTEX_COUNT * 3);
  for (const [i, v] of fixed.entries()) field.set(values.getRow(i), v * 3);
  for (const [i, v] of free.entries()) field.set(solved.getRow(i), v * 3);
  return field;
}

function bilaplacian(): Matrix {
  const laplacian = Matrix.zeros(VERTEX_COUNT, VERTEX_COUNT);
  for (let v = 0; v < VERTEX_COUNT; v++) {
    const weights = NEIGHBOURS[v]!.map((n) => 1 / Math.max(1e-3, edgeLength(v, n)));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    laplacian.set(v, v, 1);
    for (const [i, n] of NEIGHBOURS[v]!.entries()) laplacian.set(v, n, -weights[i]! / total);
  }
  return laplacian.transpose().mmul(laplacian);
}

function edgeLength(a: number, b: number): number {
  let sum = 0;
  for (let axis = 0; axis < 3; axis++)
    sum += (CANONICAL_VERTICES[a * 3 + axis]! - CANONICAL_VERTICES[b * 3 + axis]!) ** 2;
  return Math.sqrt(sum);
}
