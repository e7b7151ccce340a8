import { INNER_LIPS, MIRROR, PLACES, RIGHT_BROW, RIGHT_EYE, VERTEX_COUNT } from '../face/canonical-mesh.ts';
import { solveBounded } from './bounded-least-squares.ts';
import { COEFFICIENT_COUNT, COEFFICIENTS } from './coefficients.ts';
import type { MeshBasis } from './mesh-basis.ts';

/** What a still tells of its expression. */
export interface ExpressionFit {
  /** Head-frame geometry with the expression removed `[478 × 3]`, U. */
  readonly neutral: Float32Array;
  /** δ `[C]`, 0–1. */
  readonly expression: Float32Array;
  /** Root mean square of what neither a usual neutral face nor δ explains, in standard deviations of neutral faces. */
  readonly residual: number;
}

/** A length on the face that expression changes, as a weighted sum of coordinates. */
interface Feature {
  readonly terms: readonly (readonly [vertex: number, axis: 0 | 1 | 2, weight: number])[];
  /** Mean and standard deviation over neutral faces, U. */
  readonly mean: number;
  readonly deviation: number;
}

const mean = (vertices: readonly number[], axis: 0 | 1 | 2, sign: number): Feature['terms'] =>
  vertices.map((v) => [v, axis, sign / vertices.length] as const);
const between = (lower: readonly number[], upper: readonly number[]): Feature['terms'] => [
  ...mean(lower, 1, 1),
  ...mean(upper, 1, -1),
];
const mirrored = (terms: Feature['terms']): Feature['terms'] =>
  terms.map(([v, axis, w]) => [MIRROR[v]!, axis, axis === 0 ? -w : w]);
const negated = (terms: Feature['terms']): Feature['terms'] => terms.map(([v, axis, w]) => [v, axis, -w]);

const LIP_MIDDLE = [PLACES.upperLipInner, PLACES.lowerLipInner];
const RIGHT_EYE_LINE = [PLACES.rightEyeOuter, PLACES.rightEyeInner];
const EYE_COLUMNS = [2, 3, 4, 5, 6];
const brow = (columns: readonly number[]) => columns.flatMap((i) => [RIGHT_BROW.upper[i]!, RIGHT_BROW.lower[i]!]);

/** Features of one side: [terms on the subject's right, mean, deviation, deviation of left against right]. */
const SIDED: readonly (readonly [Feature['terms'], number, number, number])[] = [
  [between(LIP_MIDDLE, [PLACES.rightMouthCorner]), -0.008, 0.02, 0.012],
  [
    between(
      EYE_COLUMNS.map((i) => RIGHT_EYE.margin.lower[i]!),
      EYE_COLUMNS.map((i) => RIGHT_EYE.margin.upper[i]!),
    ),
    0.08,
    0.018,
    0.01,
  ],
  [between(RIGHT_EYE_LINE, brow([4])), 0.215, 0.032, 0.012],
  [between(RIGHT_EYE_LINE, brow([2])), 0.258, 0.035, 0.014],
  [between(RIGHT_EYE_LINE, brow([0, 1])), 0.19, 0.032, 0.014],
];

/**
 * What neutral faces are like. Lips meet, to within the tracker's error; all else varies between people. Means lie between
 * the canonical mesh and a tracked speaker; deviations are of the size anthropometry finds (5–8 % of face height).
 *
 * @source Farkas 1994, "Anthropometry of the Head and Face" (variation of facial proportions)
 */
const FEATURES: readonly Feature[] = [
  ...INNER_LIPS.upper.slice(1, -1).map((upper, i) => ({
    terms: between([INNER_LIPS.lower[i + 1]!], [upper]),
    mean: 0,
    deviation: 0.004,
  })),
  { terms: between([PLACES.chin], [PLACES.noseBase]), mean: 0.76, deviation: 0.06 },
  { terms: between([PLACES.chin], [PLACES.lowerLipInner]), mean: 0.51, deviation: 0.045 },
  { terms: between([PLACES.upperLipInner], [PLACES.noseBase]), mean: 0.24, deviation: 0.028 },
  {
    terms: [...mean([PLACES.leftMouthCorner], 0, 1), ...mean([PLACES.rightMouthCorner], 0, -1)],
    mean: 0.565,
    deviation: 0.04,
  },
  ...SIDED.flatMap(([terms, average, deviation, asymmetry]) => [
    { terms, mean: average, deviation },
    { terms: mirrored(terms), mean: average, deviation },
    { terms: [...terms, ...negated(mirrored(terms))], mean: 0, deviation: asymmetry },
  ]),
];

/** Usual size of each movement in a portrait; those not named are taken to be absent. */
const USUAL: readonly (readonly [RegExp, number])[] = [
  [/^jawOpen/, 0.15],
  [/^mouth(UpperUp|LowerDown)/, 0.3],
  [/^mouthSmile/, 0.4],
  [/^mouthFrown/, 0.15],
  [/^mouth(Stretch|Pucker)/, 0.12],
  [/^mouth(Left|Right)$/, 0.1],
  [/^brow/, 0.2],
  [/^eyeBlink/, 0.2],
  [/^eyeWide/, 0.15],
];
/** Variance of a movement taken to be absent. */
const ABSENT = 1e-8;
const SWEEPS = 400;

/**
 * Splits a still into a neutral face and an expression: min Σ ((f(h) − μ − Σ c_k f(B_k)) / σ)² + Σ (c_k / τ_k)², 0 ≤ c ≤ 1,
 * over the features above. One picture cannot tell a wide mouth from a smile; priors σ, τ decide how much of each.
 * @param head landmarks in the head frame `[478 × 3]`, U.
 */
export function fitExpression(basis: MeshBasis, head: Float32Array): ExpressionFit {
  const rows = FEATURES.map((feature) => slopes(basis, feature));
  const wanted = FEATURES.map((feature) => measureFeature(head, 0, feature) - feature.mean);
  const n = COEFFICIENT_COUNT;
  const normal = new Float64Array(n * n);
  const right = new Float64Array(n);
  for (const [f, { deviation }] of FEATURES.entries()) {
    const weight = 1 / deviation ** 2;
    for (let a = 0; a < n; a++) {
      right[a]! += weight * rows[f]![a]! * wanted[f]!;
      for (let b = 0; b < n; b++) normal[a * n + b]! += weight * rows[f]![a]! * rows[f]![b]!;
    }
  }
  for (const [k, name] of COEFFICIENTS.entries()) {
    const usual = USUAL.find(([pattern]) => pattern.test(name))?.[1];
    normal[k * n + k]! += 1 / (usual === undefined ? ABSENT : usual ** 2);
  }
  const expression = new Float32Array(n);
  solveBounded(normal, right, expression, { low: 0, high: 1, sweeps: SWEEPS });
  clearTraces(expression);
  return {
    neutral: removeExpression(basis, head, expression),
    expression,
    residual: residualOf(rows, wanted, expression),
  };
}

/** K_h − basis(δ): the face without its expression; irises stay. */
export function removeExpression(basis: MeshBasis, head: Float32Array, expression: Float32Array): Float32Array {
  const neutral = head.slice();
  const length = VERTEX_COUNT * 3;
  for (let k = 0; k < COEFFICIENT_COUNT; k++) {
    const amount = expression[k]!;
    if (amount === 0) continue;
    for (let i = 0; i < length; i++) neutral[i]! -= amount * basis.displacements[k * length + i]!;
  }
  return neutral;
}

function clearTraces(expression: Float32Array): void {
  for (let k = 0; k < expression.length; k++) if (expression[k]! < 1e-3) expression[k] = 0;
}

function slopes(basis: MeshBasis, feature: Feature): Float64Array {
  return Float64Array.from({ length: COEFFICIENT_COUNT }, (_, k) =>
    measureFeature(basis.displacements, k * VERTEX_COUNT, feature),
  );
}

function measureFeature(points: Float32Array, firstVertex: number, { terms }: Feature): number {
  let sum = 0;
  for (const [vertex, axis, weight] of terms) sum += weight * points[(firstVertex + vertex) * 3 + axis]!;
  return sum;
}

function residualOf(rows: readonly Float64Array[], wanted: readonly number[], expression: Float32Array): number {
  let sum = 0;
  for (const [f, { deviation }] of FEATURES.entries()) {
    let rest = wanted[f]!;
    for (let k = 0; k < COEFFICIENT_COUNT; k++) rest -= rows[f]![k]! * expression[k]!;
    sum += (rest / deviation) ** 2;
  }
  return Math.sqrt(sum / FEATURES.length);
}
