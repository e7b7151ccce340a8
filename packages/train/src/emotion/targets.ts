import {
  COEFFICIENT_COUNT,
  COEFFICIENT_INDEX,
  COEFFICIENTS,
  EMOTION_VECTORS,
  EMOTIONS,
  expandChannels,
  PERSON_CODE,
  PHONE_CLASSES,
  SPEECH_CHANNELS,
  uniformAt,
  VOICE_FEATURES,
} from '@pctalk/core';

/** Random stream of how people differ; the same for every run. */
const PEOPLE = 7001;
/** How much one unit of a person's code changes an amount, and how much it differs by side, as shares. */
const DIFFERENCE = 0.14;
const SIDEDNESS = 0.05;
/** Habits of a person in repose, in coefficients for one unit of the code. */
const HABIT = 0.05;
/** Share of an expression that is held throughout. */
const TONIC = 0.92;
/** Most an expression is overdone. */
const HIGHEST = 1.35;
/** Share of it that is left after a long silence. */
const REPOSE = 0.85;
/** Brow raise of a fully stressed syllable in neutral speech. */
const ACCENT = 0.3;

/**
 * Seconds in which a part of the face follows the voice up and down, and the share of the expression that full stress adds:
 * brows and lids quickly, lids less (they would shut), cheeks hardly slower, and little at the lips, whose width speech needs.
 */
const FOLLOWING: readonly (readonly [RegExp, number, number, number])[] = [
  [/^brow/, 0.04, 0.16, 0.85],
  [/^eye/, 0.04, 0.16, 0.65],
  [/^(cheek|nose)/, 0.05, 0.18, 1],
  [/^(mouth|jaw)/, 0.08, 0.28, 0.15],
];
const SPEECH_RISE = 0.4;
const SPEECH_FALL = 1.2;

/** How large speech itself is in each emotion: loud and high emotions articulate more, sadness less. */
const ARTICULATION: readonly number[] = EMOTIONS.map(
  (emotion) =>
    ({ neutral: 1, happy: 1.12, sad: 0.95, angry: 1.2, fear: 1.1, disgusted: 1.08, surprised: 1.2, contempt: 0.95 })[
      emotion
    ],
);
const GROUP = COEFFICIENTS.map((name) => FOLLOWING.findIndex(([pattern]) => pattern.test(name)));
const LIP_OFFSET = PHONE_CLASSES.length;

/**
 * Synthetic CPred(e, a): what the face of a person does who feels e while the voice does a.
 *
 *     c_k(t) = m_e · lips_k(t) + A_k(e, p) · rest(t) · min(1.35, .92 + g_k · stress_k(t)) + habit_k(p) + accent(t)
 *
 * A: full expression in action units (EMFACS), changed by the person's code; stress_k: stress of the voice as this part
 * of the face follows it, g_k: how much it does (.85, lids .65, cheeks 1, mouth .15); rest: 1 in speech, falling towards .85 in silence;
 * accent: brows raised on stress, in every emotion alike. Lips, habit and accent are neutral's too, so that only the
 * difference is emotion.
 * @param voice `[T × VOICE_FEATURES]`. @param person `[4]`. @returns `[T × C]`
 */
export function expressionTargets(voice: Float32Array, emotion: number, person: ArrayLike<number>): Float32Array {
  const frames = voice.length / VOICE_FEATURES;
  const out = new Float32Array(frames * COEFFICIENT_COUNT);
  const { amounts, habits, articulation } = actorOf(emotion, person);
  const lips = new Float32Array(COEFFICIENT_COUNT);
  const stress = FOLLOWING.map(() => 0);
  let speech = 0;
  for (let t = 0; t < frames; t++) {
    const row = voice.subarray(t * VOICE_FEATURES, (t + 1) * VOICE_FEATURES);
    FOLLOWING.forEach(([, rise, fall], group) => {
      stress[group] = follow(stress[group]!, row[VOICE_FEATURES - 1]!, rise, fall);
    });
    speech = follow(speech, row[VOICE_FEATURES - 2]!, SPEECH_RISE, SPEECH_FALL);
    expandChannels(row.subarray(LIP_OFFSET, LIP_OFFSET + SPEECH_CHANNELS.length), lips);
    const rest = REPOSE + (1 - REPOSE) * speech;
    for (let k = 0; k < COEFFICIENT_COUNT; k++) {
      const level = rest * Math.min(HIGHEST, TONIC + FOLLOWING[GROUP[k]!]![3] * stress[GROUP[k]!]!);
      out[t * COEFFICIENT_COUNT + k] = articulation * lips[k]! + amounts[k]! * level + habits[k]!;
    }
    for (const k of RAISERS) out[t * COEFFICIENT_COUNT + k]! += ACCENT * stress[0]!;
  }
  return out;
}

const RAISERS = [
  COEFFICIENT_INDEX.browInnerUpLeft,
  COEFFICIENT_INDEX.browInnerUpRight,
  COEFFICIENT_INDEX.browOuterUpLeft,
  COEFFICIENT_INDEX.browOuterUpRight,
];

/** How one person shows one emotion: amounts within what the sum of coefficients lets pass. */
function actorOf(emotion: number, person: ArrayLike<number>) {
  const full = EMOTION_VECTORS[EMOTIONS[emotion]!];
  const amounts = new Float32Array(COEFFICIENT_COUNT);
  const habits = new Float32Array(COEFFICIENT_COUNT);
  for (let k = 0; k < COEFFICIENT_COUNT; k++) {
    const unit = COEFFICIENTS[k]!.replace(/(Left|Right)$/, '');
    const place = COEFFICIENTS.findIndex((name) => name.startsWith(unit));
    const change = project(person, emotion * COEFFICIENT_COUNT + place) * DIFFERENCE;
    const side = project(person, (EMOTIONS.length + emotion) * COEFFICIENT_COUNT + k) * SIDEDNESS;
    amounts[k] = full[k]! * Math.max(0.4, 1 + change + side);
    habits[k] = /^(brow|mouth(Smile|Frown|Press)|eyeSquint)/.test(unit)
      ? HABIT * project(person, 2 * EMOTIONS.length * COEFFICIENT_COUNT + place)
      : 0;
  }
  return { amounts, habits, articulation: ARTICULATION[emotion]! };
}

/** A fixed random direction in the space of people, of unit variance for a code of unit variance. */
function project(person: ArrayLike<number>, direction: number): number {
  let sum = 0;
  for (let i = 0; i < PERSON_CODE; i++) {
    sum += person[i]! * (uniformAt(PEOPLE, direction, i) - 0.5) * Math.sqrt(12 / PERSON_CODE);
  }
  return sum;
}

function follow(value: number, goal: number, rise: number, fall: number): number {
  return value + (goal - value) * (1 - Math.exp(-1 / (25 * (goal > value ? rise : fall))));
}
