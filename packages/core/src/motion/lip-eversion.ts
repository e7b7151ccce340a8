import { LIP_ROWS, NEIGHBOURS, VERTEX_COUNT } from '../face/canonical-mesh.ts';

/**
 * Height that both lips gain where they are highest when the mouth is fully puckered, U. The basis brings puckered lips
 * forward, which a frontal view hardly shows, and their corners in by .21; it adds only .022 to their height. Tracked lips
 * of a real speaker (GRID s1) are .0110 U higher and the mouth .0248 U narrower in rounded vowels and w than in other vowels
 * at the same gap, in clips kept apart .0121 and .0242: for the way of the basis, .093 and .105.
 *
 * @source docs/evaluation/controls.md
 */
const HEIGHT = 0.08;
/** Where each row of the lips goes, of HEIGHT, from outside to inside, down positive: the line between them comes down. */
const UPPER_ROWS = [-0.25, -0.08, 0.09, 0.25] as const;
const LOWER_ROWS = [0.75, 0.58, 0.41, 0.25] as const;
/** Share of the middle's way at each of the 11 columns. */
const COLUMN_SHARES = [0, 0.35, 0.65, 0.88, 1, 1, 1, 0.88, 0.65, 0.35, 0] as const;
/** Share of the way of the lips' border that rings of skin around them follow. */
const RING_SHARES = [0.55, 0.2] as const;

/** E: how far down each vertex goes when the lips turn out, at a full pucker, U `[468]`. The gap between the lips stays. */
export const LIP_EVERSION: Float64Array = eversionField();

const MOVED = [...LIP_EVERSION.keys()].filter((v) => LIP_EVERSION[v] !== 0);

/**
 * Turns puckered lips out, so that more of their red is seen: d_y += Δc(mouthPucker) · E.
 * @param pucker what the coefficient is above that of the source. @param displacement `[478 × 3]`, U, changed in place.
 */
export function evertLips(pucker: number, displacement: Float32Array): void {
  if (pucker === 0) return;
  for (const v of MOVED) displacement[v * 3 + 1]! += pucker * LIP_EVERSION[v]!;
}

function eversionField(): Float64Array {
  const field = new Float64Array(VERTEX_COUNT);
  placeRows(field, LIP_ROWS.upper, UPPER_ROWS);
  placeRows(field, LIP_ROWS.lower, LOWER_ROWS);
  const placed = new Set([...LIP_ROWS.upper, ...LIP_ROWS.lower].flat());
  let border: ReadonlySet<number> = new Set(placed);
  let shareBefore = 1;
  for (const share of RING_SHARES) {
    const ring = new Set([...border].flatMap((v) => NEIGHBOURS[v]!.filter((u) => !placed.has(u))));
    for (const v of ring) {
      const inner = NEIGHBOURS[v]!.filter((u) => border.has(u));
      field[v] = (share / shareBefore) * (inner.reduce((sum, u) => sum + field[u]!, 0) / inner.length);
    }
    for (const v of ring) placed.add(v);
    shareBefore = share;
    border = ring;
  }
  return field;
}

function placeRows(field: Float64Array, rows: readonly (readonly number[])[], ways: readonly number[]): void {
  rows.forEach((row, r) => {
    row.forEach((v, column) => {
      field[v] = HEIGHT * ways[r]! * COLUMN_SHARES[column]!;
    });
  });
}
