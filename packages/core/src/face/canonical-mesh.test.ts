import { describe, expect, it } from 'vitest';
import {
  CANONICAL_TRIANGLES,
  CANONICAL_VERTICES,
  FACE_OVAL,
  INNER_LIPS,
  LEFT_EYE,
  LIP_ROWS,
  MIRROR,
  NEIGHBOURS,
  OUTER_LIPS,
  RIGHT_EYE,
  SKIN_TRIANGLES,
} from './canonical-mesh.ts';

const at = (vertex: number, axis: number) => CANONICAL_VERTICES[vertex * 3 + axis]!;

describe('canonical mesh', () => {
  it('has 468 vertices, 898 triangles and outer eye corners 1 U apart', () => {
    expect(CANONICAL_VERTICES.length).toBe(468 * 3);
    expect(CANONICAL_TRIANGLES.length).toBe(898 * 3);
    expect(Math.hypot(at(33, 0) - at(263, 0), at(33, 1) - at(263, 1), at(33, 2) - at(263, 2))).toBeCloseTo(1, 5);
    expect([at(2, 0), at(2, 1), at(2, 2)]).toEqual([0, 0, 0]);
  });

  it('covers the whole face, and its skin has exactly four borders: oval, mouth and eyes', () => {
    expect(border(CANONICAL_TRIANGLES)).toEqual(new Set(FACE_OVAL));
    const openings = [INNER_LIPS, RIGHT_EYE.margin, LEFT_EYE.margin].flatMap((rows) => [...rows.upper, ...rows.lower]);
    expect(border(SKIN_TRIANGLES)).toEqual(new Set([...FACE_OVAL, ...openings]));
    expect(new Set([...INNER_LIPS.upper, ...INNER_LIPS.lower]).size).toBe(20);
  });

  it('mirrors every landmark onto its partner', () => {
    for (let v = 0; v < 478; v++) expect(MIRROR[MIRROR[v]!]).toBe(v);
    expect(RIGHT_EYE.margin.upper.map((v) => MIRROR[v])).toEqual(LEFT_EYE.margin.upper);
    expect(RIGHT_EYE.crease.lower.map((v) => MIRROR[v])).toEqual(LEFT_EYE.crease.lower);
  });

  it('lists rows whose columns stand above each other and whose entries are neighbours', () => {
    for (const rows of [OUTER_LIPS, INNER_LIPS, RIGHT_EYE.margin, LEFT_EYE.margin, RIGHT_EYE.lid, LEFT_EYE.crease]) {
      for (let i = 1; i < rows.upper.length - 1; i++) expect(at(rows.upper[i]!, 1)).toBeLessThan(at(rows.lower[i]!, 1));
      for (const row of [rows.upper, rows.lower]) {
        for (let i = 1; i < row.length; i++) expect(NEIGHBOURS[row[i - 1]!]).toContain(row[i]);
      }
    }
    for (const row of [...LIP_ROWS.upper, ...LIP_ROWS.lower]) expect(row).toHaveLength(11);
  });
});

/** Vertices on edges that only one triangle uses. */
function border(triangles: Uint16Array): Set<number> {
  const uses = new Map<string, number>();
  for (let t = 0; t < triangles.length; t += 3) {
    for (let k = 0; k < 3; k++) {
      const edge = [triangles[t + k]!, triangles[t + ((k + 1) % 3)]!].sort((a, b) => a - b).join();
      uses.set(edge, (uses.get(edge) ?? 0) + 1);
    }
  }
  return new Set([...uses].filter(([, count]) => count === 1).flatMap(([edge]) => edge.split(',').map(Number)));
}
