import { CANONICAL_TRIANGLES, INNER_LIPS, LEFT_EYE, RIGHT_EYE, VERTEX_COUNT } from '../face/canonical-mesh.ts';

/**
 * The canonical triangulation split once: every edge gets a vertex, every triangle becomes four. Vertices 0–467 are the
 * canonical ones, edge vertices follow.
 */
export interface FaceTopology {
  /** All vertices. */
  readonly vertexCount: number;
  /** The two ends of each edge vertex `[E × 2]`. */
  readonly ends: Uint16Array;
  /** Stencil of each edge vertex for displacements: four vertices `[E × 4]` … */
  readonly stencil: Uint16Array;
  /** … and their weights `[E × 4]`, summing to 1. */
  readonly weights: Float32Array;
  /** Triangles `[4 · 898 × 3]`, counter-clockwise to the viewer; eyes and mouth covered. */
  readonly triangles: Uint16Array;
  /** Border of the mesh, 72 vertices in order along it. */
  readonly border: Uint16Array;
  /** Edge vertex between two canonical vertices that are neighbours. */
  readonly between: (a: number, b: number) => number;
}

/**
 * Stencils: inside the skin 3/8 3/8 1/8 1/8 (ends, opposite corners), which bends displacement smoothly across
 * triangles; on the border, the lip line and the lid margins −1/16 9/16 9/16 −1/16 along the line; the mean of the ends
 * under the eyes and in the mouth.
 *
 * @source C. Loop 1987 (edge rule); Dyn, Levin, Gregory 1987 (four-point rule)
 */
export function subdivideFace(): FaceTopology {
  const edges = collectEdges();
  const keys = [...edges.keys()];
  const indexOf = new Map(keys.map((key, i) => [key, VERTEX_COUNT + i]));
  const between = (a: number, b: number): number => indexOf.get(edgeKey(a, b))!;
  const lines = borderLines(edges);
  const ends = new Uint16Array(keys.length * 2);
  const stencil = new Uint16Array(keys.length * 4);
  const weights = new Float32Array(keys.length * 4);
  keys.forEach((key, i) => {
    const edge = edges.get(key)!;
    ends.set([edge.a, edge.b], i * 2);
    const skin = edge.opposite.filter((_, k) => !edge.opening[k]);
    if (skin.length === 2) {
      stencil.set([edge.a, edge.b, skin[0]!, skin[1]!], i * 4);
      weights.set([3 / 8, 3 / 8, 1 / 8, 1 / 8], i * 4);
    } else if (skin.length === 1) {
      stencil.set([edge.a, edge.b, otherOnLine(lines, edge.a, edge.b), otherOnLine(lines, edge.b, edge.a)], i * 4);
      weights.set([9 / 16, 9 / 16, -1 / 16, -1 / 16], i * 4);
    } else {
      stencil.set([edge.a, edge.b, edge.a, edge.b], i * 4);
      weights.set([1 / 2, 1 / 2, 0, 0], i * 4);
    }
  });
  return {
    vertexCount: VERTEX_COUNT + keys.length,
    ends,
    stencil,
    weights,
    triangles: splitTriangles(between),
    border: walkBorder(edges, between),
    between,
  };
}

interface Edge {
  readonly a: number;
  readonly b: number;
  /** Third corner of each adjacent triangle, and whether that triangle covers an opening (eye or mouth). */
  readonly opposite: number[];
  readonly opening: boolean[];
}

function edgeKey(a: number, b: number): number {
  return a < b ? a * VERTEX_COUNT + b : b * VERTEX_COUNT + a;
}

function collectEdges(): Map<number, Edge> {
  const openings = [INNER_LIPS, RIGHT_EYE.margin, LEFT_EYE.margin].map(
    (rows) => new Set([...rows.upper, ...rows.lower]),
  );
  const edges = new Map<number, Edge>();
  for (let t = 0; t < CANONICAL_TRIANGLES.length; t += 3) {
    const corners = [CANONICAL_TRIANGLES[t]!, CANONICAL_TRIANGLES[t + 1]!, CANONICAL_TRIANGLES[t + 2]!];
    const opening = openings.some((set) => corners.every((v) => set.has(v)));
    for (let k = 0; k < 3; k++) {
      const a = corners[k]!;
      const b = corners[(k + 1) % 3]!;
      const key = edgeKey(a, b);
      if (!edges.has(key)) edges.set(key, { a, b, opposite: [], opening: [] });
      edges.get(key)!.opposite.push(corners[(k + 2) % 3]!);
      edges.get(key)!.opening.push(opening);
    }
  }
  return edges;
}

/** For each vertex its neighbours along the lines where skin ends. */
function borderLines(edges: Map<number, Edge>): Map<number, number[]> {
  const lines = new Map<number, number[]>();
  for (const { a, b, opening } of edges.values()) {
    if (opening.filter((is) => !is).length !== 1) continue;
    lines.set(a, [...(lines.get(a) ?? []), b]);
    lines.set(b, [...(lines.get(b) ?? []), a]);
  }
  return lines;
}

function otherOnLine(lines: Map<number, number[]>, at: number, not: number): number {
  return lines.get(at)!.find((v) => v !== not) ?? at;
}

function splitTriangles(between: (a: number, b: number) => number): Uint16Array {
  const out = new Uint16Array(CANONICAL_TRIANGLES.length * 4);
  for (let t = 0; t < CANONICAL_TRIANGLES.length; t += 3) {
    const a = CANONICAL_TRIANGLES[t]!;
    const b = CANONICAL_TRIANGLES[t + 1]!;
    const c = CANONICAL_TRIANGLES[t + 2]!;
    const ab = between(a, b);
    const bc = between(b, c);
    const ca = between(c, a);
    out.set([a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca], t * 4);
  }
  return out;
}

function walkBorder(edges: Map<number, Edge>, between: (a: number, b: number) => number): Uint16Array {
  const next = new Map<number, number>();
  for (const { a, b, opposite } of edges.values()) if (opposite.length === 1) next.set(a, b);
  const start = 10;
  const out: number[] = [];
  let at = start;
  do {
    const to = next.get(at)!;
    out.push(at, between(at, to));
    at = to;
  } while (at !== start);
  return Uint16Array.from(out);
}
