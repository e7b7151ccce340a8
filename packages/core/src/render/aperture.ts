import type { PairedRows } from '../face/canonical-mesh.ts';

/** Spline points between two neighbouring columns. */
const STEPS = 4;

/** Columns of the shading table along the opening. */
export const APERTURE_COLUMNS = 64;

/**
 * An opening of the face (mouth, eye) in one frame: its smooth outline and, over columns along the line between its
 * corners, where its rims are.
 */
export interface Aperture {
  /** Outline `[pointCount × 2]`, pixels, clockwise on screen from the image-left corner. */
  readonly outline: Float32Array;
  readonly pointCount: number;
  /** Image-left corner, pixels; unit vector to the other corner; distance of the corners. */
  originX: number;
  originY: number;
  axisX: number;
  axisY: number;
  length: number;
  /** Height of the rims below the line of the corners at column c, pixels `[APERTURE_COLUMNS + 1]`. */
  readonly upper: Float32Array;
  readonly lower: Float32Array;
  /** Largest distance of the rims, pixels. */
  gap: number;
}

/** Storage for openings whose rows have `columns` entries. */
export function createAperture(columns: number): Aperture {
  const pointCount = 2 * (columns - 1) * STEPS;
  return {
    outline: new Float32Array(pointCount * 2),
    pointCount,
    originX: 0,
    originY: 0,
    axisX: 1,
    axisY: 0,
    length: 0,
    upper: new Float32Array(APERTURE_COLUMNS + 1),
    lower: new Float32Array(APERTURE_COLUMNS + 1),
    gap: 0,
  };
}

/**
 * Measures an opening: Catmull–Rom splines through the rows' places.
 * @param rows both from one corner to the other.
 * @param positions `[N × stride]`, pixels.
 */
export function measureAperture(rows: PairedRows, positions: Float32Array, stride: number, out: Aperture): void {
  const columns = rows.upper.length;
  const leftToRight = positions[rows.upper[0]! * stride]! <= positions[rows.upper[columns - 1]! * stride]! ? 1 : 0;
  traceRow(rows.upper, positions, stride, leftToRight, out.outline, 0);
  traceRow(rows.lower, positions, stride, 1 - leftToRight, out.outline, (columns - 1) * STEPS);
  const half = out.pointCount;
  out.originX = out.outline[0]!;
  out.originY = out.outline[1]!;
  const dx = out.outline[half]! - out.originX;
  const dy = out.outline[half + 1]! - out.originY;
  out.length = Math.max(1e-3, Math.sqrt(dx * dx + dy * dy));
  out.axisX = dx / out.length;
  out.axisY = dy / out.length;
  tabulateRim(out, 0, 1, out.upper);
  tabulateRim(out, out.pointCount, -1, out.lower);
  out.gap = 0;
  for (let c = 0; c <= APERTURE_COLUMNS; c++) out.gap = Math.max(out.gap, out.lower[c]! - out.upper[c]!);
}

/**
 * Moves the rims apart, the corners stay. The spline cuts corners of the mesh; what it leaves between would show the
 * stretched lip line.
 *
 *     margin(a) = margin · min(1, 6 a (1 − a)),   a along the line between the corners
 *
 * @param margin pixels.
 */
export function widenAperture(aperture: Aperture, margin: number): void {
  const { outline, pointCount, originX, originY, axisX, axisY, length } = aperture;
  const firstX = outline[0]!;
  const firstY = outline[1]!;
  let beforeX = outline[pointCount * 2 - 2]!;
  let beforeY = outline[pointCount * 2 - 1]!;
  for (let i = 0; i < pointCount * 2; i += 2) {
    const x = outline[i]!;
    const y = outline[i + 1]!;
    const last = i + 2 === pointCount * 2;
    const dx = (last ? firstX : outline[i + 2]!) - beforeX;
    const dy = (last ? firstY : outline[i + 3]!) - beforeY;
    const along = ((x - originX) * axisX + (y - originY) * axisY) / length;
    const here = Math.min(1, 6 * Math.max(0, along * (1 - along)));
    const step = (margin * here) / (Math.sqrt(dx * dx + dy * dy) + 1e-6);
    outline[i] = x + step * dy;
    outline[i + 1] = y - step * dx;
    beforeX = x;
    beforeY = y;
  }
}

/** Writes the spline through one row, without its last point. */
function traceRow(
  row: readonly number[],
  positions: Float32Array,
  stride: number,
  forward: number,
  out: Float32Array,
  firstPoint: number,
): void {
  const last = row.length - 1;
  let at = firstPoint * 2;
  for (let i = 0; i < last; i++) {
    const p0 = row[pick(i - 1, last, forward)]! * stride;
    const p1 = row[pick(i, last, forward)]! * stride;
    const p2 = row[pick(i + 1, last, forward)]! * stride;
    const p3 = row[pick(i + 2, last, forward)]! * stride;
    for (let k = 0; k < STEPS; k++) {
      const t = k / STEPS;
      out[at++] = catmullRom(positions[p0]!, positions[p1]!, positions[p2]!, positions[p3]!, t);
      out[at++] = catmullRom(positions[p0 + 1]!, positions[p1 + 1]!, positions[p2 + 1]!, positions[p3 + 1]!, t);
    }
  }
}

function pick(i: number, last: number, forward: number): number {
  const clamped = i < 0 ? 0 : Math.min(i, last);
  return forward === 1 ? clamped : last - clamped;
}

function catmullRom(p0: number, p1: number, p2: number, p3: number, t: number): number {
  return p1 + 0.5 * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)));
}

/** Walks half the outline from the image-left corner and notes its height at every column. */
function tabulateRim(aperture: Aperture, start: number, direction: number, out: Float32Array): void {
  const { outline, pointCount, originX, originY, axisX, axisY, length } = aperture;
  const segments = pointCount / 2;
  let column = 0;
  let previousA = 0;
  let previousB = 0;
  for (let i = 1; i <= segments; i++) {
    const p = ((((start + direction * i) % pointCount) + pointCount) % pointCount) * 2;
    const x = outline[p]! - originX;
    const y = outline[p + 1]! - originY;
    const a = ((x * axisX + y * axisY) / length) * APERTURE_COLUMNS;
    const b = y * axisX - x * axisY;
    while (column <= APERTURE_COLUMNS && column <= a + 1e-6) {
      const t = a > previousA ? (column - previousA) / (a - previousA) : 1;
      out[column++] = previousB + (b - previousB) * Math.min(1, Math.max(0, t));
    }
    if (a >= previousA) {
      previousA = a;
      previousB = b;
    }
  }
  while (column <= APERTURE_COLUMNS) out[column++] = previousB;
}
