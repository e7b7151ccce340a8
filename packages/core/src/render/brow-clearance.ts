import { CANONICAL_TRIANGLES, LEFT_BROW, LEFT_EYE, RIGHT_BROW, RIGHT_EYE } from '../face/canonical-mesh.ts';

/** Skin between the lid and the brow folds away under the brow, but never to less than this share of its length. */
const LEAST_LENGTH = 0.4;

/**
 * Edges that lead up from the lid margins over fold and crease to the brows, lowest first: [lower, upper] `[… × 2]`.
 * A lowered brow would otherwise push the crease below the lid and fold the picture over.
 */
export const BROW_EDGES: Uint16Array = collectBrowEdges();

/**
 * Keeps those edges from being squeezed: the upper end gives way along the edge.
 * @param expression displacement `[N × 3]`, U, changed in place.
 * @param head source geometry `[N × 3]`, head frame, U.
 */
export function clearBrows(expression: Float32Array, head: Float32Array): void {
  for (let i = 0; i < BROW_EDGES.length; i += 2) {
    const low = BROW_EDGES[i]! * 3;
    const high = BROW_EDGES[i + 1]! * 3;
    const x = head[high]! - head[low]!;
    const y = head[high + 1]! - head[low + 1]!;
    const length2 = x * x + y * y;
    const along = (expression[high]! - expression[low]!) * x + (expression[high + 1]! - expression[low + 1]!) * y;
    const short = -along / length2 - (1 - LEAST_LENGTH);
    if (!(short > 0)) continue;
    expression[high] = expression[high]! + short * x;
    expression[high + 1] = expression[high + 1]! + short * y;
  }
}

function collectBrowEdges(): Uint16Array {
  const level = new Map<number, number>();
  for (const { margin, lid, crease } of [RIGHT_EYE, LEFT_EYE]) {
    [margin.upper, lid.upper, crease.upper].forEach((row, i) => {
      for (const v of row) if (!level.has(v)) level.set(v, i);
    });
  }
  for (const { lower, upper } of [RIGHT_BROW, LEFT_BROW]) {
    for (const v of lower) level.set(v, 3);
    for (const v of upper) level.set(v, 4);
  }
  const edges = new Map<string, readonly [number, number]>();
  for (let t = 0; t < CANONICAL_TRIANGLES.length; t++) {
    const a = CANONICAL_TRIANGLES[t]!;
    const b = CANONICAL_TRIANGLES[t % 3 === 2 ? t - 2 : t + 1]!;
    const [la, lb] = [level.get(a), level.get(b)];
    if (la === undefined || lb === undefined || la === lb) continue;
    const edge = la < lb ? ([a, b] as const) : ([b, a] as const);
    edges.set(edge.join(), edge);
  }
  const order = ([low, high]: readonly [number, number]): number => level.get(high)! * 10 + level.get(low)!;
  return Uint16Array.from([...edges.values()].sort((p, q) => order(p) - order(q) || p[0] - q[0] || p[1] - q[1]).flat());
}
