import { CANONICAL_TRIANGLES, LEFT_BROW, LEFT_EYE, RIGHT_BROW, RIGHT_EYE } from '../face/canonical-mesh.ts';

/**
 * Least length of what lies between lid margin, lid fold, crease, brow and the brow's upper edge, as shares: the lid's skin
 * folds away under a low brow, while the brow stays as thick as it is.
 */
const LEAST_LENGTHS = [0.45, 0.25, 0.65, 0.94] as const;
/** The hair of a brow hangs below its lower row: how far the skin there goes with it, at the crease (less at its inner end) and half way to it. */
const CREASE_FOLLOWS = 0.4;
const INNER_CREASE_FOLLOWS = 0.15;
const HALF_WAY_FOLLOWS = 0.6;

/** Row of each vertex between lid and brow: 0 the lid margin to 4 the brow's upper edge. */
const LEVELS = rowLevels();

/**
 * Edges that lead up from the lid margins over fold and crease to the brows, lowest first: [lower, upper] `[… × 2]`.
 * A lowered brow would otherwise push the crease below the lid and fold the picture over.
 */
export const BROW_EDGES: Uint16Array = collectBrowEdges();

/** The row of each edge's lower end, 0 the lid margin to 3 the brow's lower edge `[…]`. */
const EDGE_LEVELS = Uint8Array.from({ length: BROW_EDGES.length / 2 }, (_, i) => LEVELS.get(BROW_EDGES[i * 2]!)!);

/** Vertices of the creases below the brows, and the two of the brow's lower row that each hangs from `[… × 3]`. */
const HANGING: Uint16Array = Uint16Array.from(
  [
    { brow: RIGHT_BROW, eye: RIGHT_EYE },
    { brow: LEFT_BROW, eye: LEFT_EYE },
  ].flatMap(({ brow: { lower }, eye: { crease } }) =>
    [0, 0.5, 1, 2, 3, 3.5].flatMap((place, i) => [
      crease.upper[i + 1]!,
      lower[Math.floor(place)]!,
      lower[Math.ceil(place)]!,
    ]),
  ),
);

const HANGING_PER_BROW = HANGING.length / 2;

/**
 * Lets the crease go with the brow above it.
 * @param expression displacement `[N × 3]`, U, changed in place.
 */
export function carryCreases(expression: Float32Array): void {
  for (let i = 0; i < HANGING.length; i += 3) {
    const crease = HANGING[i]! * 3;
    const [a, b] = [HANGING[i + 1]! * 3, HANGING[i + 2]! * 3];
    const follows = i % HANGING_PER_BROW === HANGING_PER_BROW - 3 ? INNER_CREASE_FOLLOWS : CREASE_FOLLOWS;
    // Not sideways: the inner end of the crease would turn over.
    for (let axis = 1; axis < 3; axis++) {
      const brow = (expression[a + axis]! + expression[b + axis]!) / 2;
      expression[crease + axis]! += follows * (brow - expression[crease + axis]!);
    }
  }
}

/**
 * Lets what lies half way between crease and brow go with the brow.
 * @param expression displacement `[N × 3]`, U, edge vertices included, changed in place.
 * @param between edge vertex of two canonical neighbours, see `FaceTopology`.
 */
export function carryBrowHair(expression: Float32Array, between: (a: number, b: number) => number): void {
  for (let i = 0; i < EDGE_LEVELS.length; i++) {
    if (EDGE_LEVELS[i] !== 2) continue;
    const brow = BROW_EDGES[i * 2 + 1]! * 3;
    const middle = between(BROW_EDGES[i * 2]!, BROW_EDGES[i * 2 + 1]!) * 3;
    for (let axis = 0; axis < 3; axis++) {
      expression[middle + axis]! += HALF_WAY_FOLLOWS * (expression[brow + axis]! - expression[middle + axis]!);
    }
  }
}

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
    const short = -along / length2 - (1 - LEAST_LENGTHS[EDGE_LEVELS[i / 2]!]!);
    if (!(short > 0)) continue;
    expression[high] = expression[high]! + short * x;
    expression[high + 1] = expression[high + 1]! + short * y;
  }
}

function rowLevels(): Map<number, number> {
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
  return level;
}

function collectBrowEdges(): Uint16Array {
  // Across the brow only straight up: its ends do not move alike, which slants what lies between.
  const columns = new Set(
    [RIGHT_BROW, LEFT_BROW].flatMap(({ lower, upper }) => lower.map((v, i) => `${v},${upper[i]}`)),
  );
  const edges = new Map<string, readonly [number, number]>();
  for (let t = 0; t < CANONICAL_TRIANGLES.length; t++) {
    const a = CANONICAL_TRIANGLES[t]!;
    const b = CANONICAL_TRIANGLES[t % 3 === 2 ? t - 2 : t + 1]!;
    const [la, lb] = [LEVELS.get(a), LEVELS.get(b)];
    if (la === undefined || lb === undefined || la === lb) continue;
    if (Math.min(la, lb) === 3 && !columns.has(la < lb ? `${a},${b}` : `${b},${a}`)) continue;
    const edge = la < lb ? ([a, b] as const) : ([b, a] as const);
    edges.set(edge.join(), edge);
  }
  const order = ([low, high]: readonly [number, number]): number => LEVELS.get(high)! * 10 + LEVELS.get(low)!;
  return Uint16Array.from([...edges.values()].sort((p, q) => order(p) - order(q) || p[0] - q[0] || p[1] - q[1]).flat());
}
