import { solveBounded } from './bounded-least-squares.ts';
import { COEFFICIENT_COUNT, COEFFICIENTS } from './coefficients.ts';
import { EMOTION_VECTORS, type EmotionTarget, REGION_MASKS } from './emotion-presets.ts';
import { EMOTIONS, type Emotion } from './emotions.ts';

/** An expression in words. */
export interface NamedExpression {
  /** Emotions of upper and lower face, the strongest first; none below `NAMED_FROM`. */
  readonly targets: readonly EmotionTarget[];
  /** Share of the expression (squared, of the movements read) that the emotions give back, 0–1. */
  readonly explained: number;
}

/** Weaker emotions are not named. */
export const NAMED_FROM = 0.2;

/**
 * Movements that tell emotion in a still: brows, lids, corners of the mouth. Openings of jaw and lips are left out, since
 * they may be speech, and so is what a still's fit takes to be absent (cheeks, nose, presses).
 */
const READ = COEFFICIENTS.map((name) => /^(brow|eyeWide|eyeBlink|mouth(Smile|Frown|Stretch|UpperUp))/.test(name));
const FELT = EMOTIONS.filter((emotion) => emotion !== 'neutral' && emotion !== 'contempt');
/** Pull towards fewer and weaker emotions. */
const RIDGE = 0.03;
const LASSO = 0.06;
const SWEEPS = 200;

/**
 * Names an expression by the emotions that together come closest to it, each half of the face apart:
 * min |Σ x_e v_e − δ|² + ridge Σ x² + lasso Σ x, 0 ≤ x ≤ 1, over the movements a still tells. Contempt, which is one-sided,
 * is not sought.
 * @param expression δ `[C]`, as `fitExpression` gives it.
 * @param vectors v `[C]` of each emotion: as a still shows it (`readableEmotions`) or, unless given, as it is.
 */
export function nameExpression(
  expression: Float32Array,
  vectors: Readonly<Record<Emotion, Float32Array>> = EMOTION_VECTORS,
): NamedExpression {
  const targets: EmotionTarget[] = [];
  let [rest, all] = [0, 0];
  for (const region of ['upper_face', 'lower_face'] as const) {
    const mask = REGION_MASKS[region];
    const n = FELT.length;
    const normal = new Float64Array(n * n);
    const right = new Float64Array(n);
    for (let k = 0; k < COEFFICIENT_COUNT; k++) {
      if (!READ[k] || mask[k] === 0) continue;
      for (let a = 0; a < n; a++) {
        const va = vectors[FELT[a]!][k]!;
        right[a]! += va * expression[k]!;
        for (let b = 0; b < n; b++) normal[a * n + b]! += va * vectors[FELT[b]!][k]!;
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
      for (let a = 0; a < n; a++) made += amounts[a]! * vectors[FELT[a]!][k]!;
      rest += (expression[k]! - made) ** 2;
      all += expression[k]! ** 2;
    }
    FELT.forEach((emotion, a) => {
      if (amounts[a]! >= NAMED_FROM) targets.push({ emotion, region, intensity: amounts[a]! });
    });
  }
  targets.sort((a, b) => b.intensity - a.intensity);
  return { targets, explained: all === 0 ? 1 : Math.max(0, 1 - rest / all) };
}
