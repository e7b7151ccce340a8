import { solveBounded } from './bounded-least-squares.ts';
import { COEFFICIENT_INDEX, COEFFICIENTS, type Coefficient } from './coefficients.ts';
import { EMOTION_VECTORS, type EmotionTarget } from './emotion-presets.ts';
import { EMOTIONS, type Emotion } from './emotions.ts';

/** An expression in words. */
export interface NamedExpression {
  /** Emotions of the whole face, the strongest first; none below `NAMED_FROM`. */
  readonly targets: readonly EmotionTarget[];
  /** Share of the expression (squared, of the movements read) that the emotions give back, 0–1. */
  readonly explained: number;
}

/** How an expression is read and from what. */
export interface NameExpressionOptions {
  /** What is taken for each emotion at full strength `[C]`: as it is read (`readableEmotions`, `trackedEmotions`) or as it is. @default as it is */
  readonly vectors?: Readonly<Record<Emotion, Float32Array>> | undefined;
  /** Turn of the head to the side, radians: a corner of the mouth that is turned away says nothing of contempt. @default 0 */
  readonly yaw?: number | undefined;
  /** Whether the expression is the difference from this person's own neutral face, rather than from a usual one. @default false */
  readonly fromNeutral?: boolean | undefined;
}

/** Weaker emotions are not named. */
export const NAMED_FROM = 0.2;
/** Against a usual face contempt and anger neither: faces at rest are a little uneven, and brows lie lower in some. */
const RESTING: Partial<Record<Emotion, number>> = { contempt: 0.35, angry: 0.35 };
/** Contempt is not sought in heads turned further, radians. */
const FRONTAL = 0.35;

/** By which movements emotions are sought, and the pull towards fewer and weaker ones. */
interface Reading {
  readonly reads: readonly boolean[];
  readonly ridge: number;
  readonly lasso: number;
}

/**
 * Against a usual face: brows, lids, corners of the mouth. Openings of jaw and lips and the raised upper lip are left out,
 * since they may be speech, and so is what a still's fit takes to be absent (cheeks, nose, presses).
 */
const FROM_USUAL: Reading = {
  reads: COEFFICIENTS.map((name) => /^(brow|eyeWide|eyeBlink|mouth(Smile|Frown|Stretch))/.test(name)),
  ridge: 0.03,
  lasso: 0.06,
};
/** Against the person's own, speech included: all but the jaw and what rounds and presses lips. */
const FROM_OWN: Reading = {
  reads: COEFFICIENTS.map((name) =>
    /^(brow|eye|cheek|nose|mouth(Smile|Frown|Stretch|Dimple|UpperUp|LowerDown))/.test(name),
  ),
  ridge: 0.05,
  lasso: 0.1,
};
const SWEEPS = 200;
const FELT = EMOTIONS.filter((emotion) => emotion !== 'neutral' && emotion !== 'contempt');
/** The same movement on the other side `[C]`. */
const OTHER_SIDE = COEFFICIENTS.map((name) => {
  const other = name.replace(/(Left|Right)$/, (side) => (side === 'Left' ? 'Right' : 'Left'));
  return COEFFICIENT_INDEX[other as Coefficient] ?? COEFFICIENT_INDEX[name];
});
/**
 * Names an expression by the emotions that together come closest to it: min |Σ x_e v_e − δ|² + ridge Σ x² + lasso Σ x,
 * 0 ≤ x ≤ 1, over the movements that tell. Brows, lids, nose and mouth are read together, for that tells what none of them
 * tells. Contempt is sought in frontal faces, on whichever side the corner of the mouth stands higher; it is drawn on the right.
 * @param expression δ `[C]`, as `fitExpression` gives it, or a `MotionTracker` less what calm speech of the person does.
 */
export function nameExpression(
  expression: Float32Array,
  { vectors = EMOTION_VECTORS, yaw = 0, fromNeutral = false }: NameExpressionOptions = {},
): NamedExpression {
  const reading = fromNeutral ? FROM_OWN : FROM_USUAL;
  const seen = higherCornerRight(expression);
  const rows = COEFFICIENTS.flatMap((_, k) => (reading.reads[k] ? [k] : []));
  const felt: readonly Emotion[] = Math.abs(yaw) < FRONTAL ? [...FELT, 'contempt'] : FELT;
  const amounts = nearest(
    felt.map((emotion) => vectors[emotion]),
    seen,
    rows,
    reading,
  );
  let [rest, all] = [0, 0];
  for (const k of rows) {
    const made = felt.reduce((sum, emotion, a) => sum + amounts[a]! * vectors[emotion][k]!, 0);
    rest += (seen[k]! - made) ** 2;
    all += seen[k]! ** 2;
  }
  const targets = felt.flatMap((emotion, a): EmotionTarget[] => {
    const least = (fromNeutral ? undefined : RESTING[emotion]) ?? NAMED_FROM;
    return amounts[a]! >= least ? [{ emotion, region: 'all', intensity: amounts[a]! }] : [];
  });
  targets.sort((a, b) => b.intensity - a.intensity);
  return { targets, explained: all === 0 ? 1 : Math.max(0, 1 - rest / all) };
}

/** x of the formula above. */
function nearest(
  vectors: readonly Float32Array[],
  seen: Float32Array,
  rows: readonly number[],
  { ridge, lasso }: Reading,
): Float32Array {
  const n = vectors.length;
  const normal = new Float64Array(n * n);
  const right = new Float64Array(n);
  for (let a = 0; a < n; a++) {
    for (const k of rows) {
      right[a]! += vectors[a]![k]! * seen[k]!;
      for (let b = 0; b < n; b++) normal[a * n + b]! += vectors[a]![k]! * vectors[b]![k]!;
    }
    normal[a * n + a]! += ridge;
    right[a]! -= lasso;
  }
  const amounts = new Float32Array(n);
  solveBounded(normal, right, amounts, { low: 0, high: 1, sweeps: SWEEPS });
  return amounts;
}

/** δ, or its mirror image if the left corner of the mouth stands higher. */
function higherCornerRight(expression: Float32Array): Float32Array {
  const lift = (side: 'Left' | 'Right') =>
    expression[COEFFICIENT_INDEX[`mouthSmile${side}`]]! - expression[COEFFICIENT_INDEX[`mouthFrown${side}`]]!;
  return lift('Left') > lift('Right') ? expression.map((_, k) => expression[OTHER_SIDE[k]!]!) : expression;
}
