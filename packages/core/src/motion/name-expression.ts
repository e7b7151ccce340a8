import { solveBounded } from './bounded-least-squares.ts';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX, COEFFICIENTS, type Coefficient } from './coefficients.ts';
import { EMOTION_VECTORS, type EmotionTarget, REGION_MASKS } from './emotion-presets.ts';
import { EMOTIONS, type Emotion } from './emotions.ts';

/** An expression in words. */
export interface NamedExpression {
  /** Emotions of upper and lower face, the strongest first; none below `NAMED_FROM`. */
  readonly targets: readonly EmotionTarget[];
  /** Share of the expression (squared, of the movements read) that the emotions give back, 0–1. */
  readonly explained: number;
}

export interface NameExpressionOptions {
  /** What is taken for each emotion at full strength `[C]`: as a still shows it (`readableEmotions`) or as it is. @default as it is */
  readonly vectors?: Readonly<Record<Emotion, Float32Array>> | undefined;
  /** Turn of the head to the side, radians: a corner of the mouth that is turned away says nothing of contempt. @default 0 */
  readonly yaw?: number | undefined;
}

/** Weaker emotions are not named. */
export const NAMED_FROM = 0.2;
/** Contempt neither: faces at rest are a little uneven. */
const CONTEMPT_FROM = 0.35;
/** Contempt is not sought in heads turned further, radians. */
const FRONTAL = 0.35;

/**
 * Movements that tell emotion in a still: brows, lids, corners of the mouth. Openings of jaw and lips and the raised upper
 * lip are left out, since they may be speech, and so is what a still's fit takes to be absent (cheeks, nose, presses).
 */
const READ = COEFFICIENTS.map((name) => /^(brow|eyeWide|eyeBlink|mouth(Smile|Frown|Stretch))/.test(name));
const FELT = EMOTIONS.filter((emotion) => emotion !== 'neutral' && emotion !== 'contempt');
/** The same movement on the other side `[C]`. */
const OTHER_SIDE = COEFFICIENTS.map((name) => {
  const other = name.replace(/(Left|Right)$/, (side) => (side === 'Left' ? 'Right' : 'Left'));
  return COEFFICIENT_INDEX[other as Coefficient] ?? COEFFICIENT_INDEX[name];
});
/** Pull towards fewer and weaker emotions. */
const RIDGE = 0.03;
const LASSO = 0.06;
const SWEEPS = 200;

/**
 * Names an expression by the emotions that together come closest to it, each half of the face apart:
 * min |Σ x_e v_e − δ|² + ridge Σ x² + lasso Σ x, 0 ≤ x ≤ 1, over the movements a still tells. Contempt is sought in the lower
 * half of a frontal face only, on whichever side the corner of the mouth stands higher; it is drawn on the right.
 * @param expression δ `[C]`, as `fitExpression` gives it.
 */
export function nameExpression(
  expression: Float32Array,
  { vectors = EMOTION_VECTORS, yaw = 0 }: NameExpressionOptions = {},
): NamedExpression {
  const seen = higherCornerRight(expression);
  const targets: EmotionTarget[] = [];
  let [rest, all] = [0, 0];
  for (const region of ['upper_face', 'lower_face'] as const) {
    const mask = REGION_MASKS[region];
    const felt: readonly Emotion[] = region === 'lower_face' && Math.abs(yaw) < FRONTAL ? [...FELT, 'contempt'] : FELT;
    const n = felt.length;
    const normal = new Float64Array(n * n);
    const right = new Float64Array(n);
    for (let k = 0; k < COEFFICIENT_COUNT; k++) {
      if (!READ[k] || mask[k] === 0) continue;
      for (let a = 0; a < n; a++) {
        const va = vectors[felt[a]!][k]!;
        right[a]! += va * seen[k]!;
        for (let b = 0; b < n; b++) normal[a * n + b]! += va * vectors[felt[b]!][k]!;
      }
    }
    for (let a = 0; a < n; a++) {
      normal[a * n + a]! += RIDGE;
      right[a]! -= LASSO;
    }
    const amounts = new Float32Array(n);
    solveBounded(normal, right, amounts, { low: 0, high: 1, sweeps: SWEEPS });
    for (let k = 0; k < COEFFICIENT_COUNT; k++) {
      if (!READ[k] || mask[k] === 0) continue;
      let made = 0;
      for (let a = 0; a < n; a++) made += amounts[a]! * vectors[felt[a]!][k]!;
      rest += (seen[k]! - made) ** 2;
      all += seen[k]! ** 2;
    }
    felt.forEach((emotion, a) => {
      const least = emotion === 'contempt' ? CONTEMPT_FROM : NAMED_FROM;
      if (amounts[a]! >= least) targets.push({ emotion, region, intensity: amounts[a]! });
    });
  }
  targets.sort((a, b) => b.intensity - a.intensity);
  return { targets, explained: all === 0 ? 1 : Math.max(0, 1 - rest / all) };
}

/** δ, or its mirror image if the left corner of the mouth stands higher. */
function higherCornerRight(expression: Float32Array): Float32Array {
  const lift = (side: 'Left' | 'Right') =>
    expression[COEFFICIENT_INDEX[`mouthSmile${side}`]]! - expression[COEFFICIENT_INDEX[`mouthFrown${side}`]]!;
  return lift('Left') > lift('Right') ? expression.map((_, k) => expression[OTHER_SIDE[k]!]!) : expression;
}
