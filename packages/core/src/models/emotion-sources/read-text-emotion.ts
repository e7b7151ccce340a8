import type { Emotion } from '../../motion/emotions.ts';
import type { Clause } from './clauses.ts';
import type { Felt } from './felt.ts';
import { baseForms, LEXICON, LONGEST_PHRASE } from './lexicon.ts';

/** Words that turn what follows into its opposite, up to this many words on. */
const NEGATIONS = /^(not|no|never|nothing|nobody|none|neither|nor|without|hardly|barely|scarcely|cannot|.*n't)$/;
const NEGATION_REACH = 3;
/** What is meant by the opposite of an emotion, and how much of the strength is left; others are merely absent. */
const OPPOSITE: Partial<Record<Emotion, readonly [Emotion, number]>> = { happy: ['sad', 0.7], sad: ['happy', 0.5] };

const STRONGER = new Set(
  'very so really such extremely absolutely totally completely utterly deeply terribly incredibly truly too most quite'.split(
    ' ',
  ),
);
const WEAKER = new Set('slightly somewhat bit little rather fairly mildly almost kinda maybe perhaps less'.split(' '));

/** Strength of a shade, a plain and an extreme word. */
const STRENGTHS = [0, 0.7, 2, 3.5] as const;
/** Strength at which an emotion is shown to 63 %: a plain word alone. */
const SATURATION = 2;
/** Weaker emotions are not shown. */
const FAINTEST = 0.15;
const AT_ONCE = 2;
/** Share of a sentence's feeling that clauses take on in which nothing is said of it. */
const MOOD = 0.5;

const TOKEN = /[\p{L}\p{N}]+(?:['’][\p{L}]+)*|\p{Extended_Pictographic}/gu;

/**
 * Reads the emotion of clauses from their words: lexicon, negation, words that strengthen and weaken, exclamation marks,
 * capitals. English only. It knows no context: irony, reported feelings and what is only implied are missed.
 *
 * felt = 1 − exp(−strength / 2), the two strongest at most; a clause without any word of the lexicon takes half of the
 * strongest feeling of its sentence.
 * @returns what each clause feels
 */
export function readTextEmotion(clauses: readonly Clause[]): Felt[] {
  const said = clauses.map(({ text }) => readClause(text));
  return said.map((felt, i) => (felt === undefined ? moodOf(clauses, said, clauses[i]!.sentence) : felt));
}

/** @returns undefined if no word of the lexicon is in the clause */
function readClause(text: string): Felt | undefined {
  const raw = text.replaceAll('’', "'").match(TOKEN) ?? [];
  const tokens = raw.map((token) => token.toLowerCase());
  const shouting = raw.every((token) => token === token.toUpperCase());
  const strengths = new Map<Emotion, number>();
  let known = false;
  for (let i = 0; i < tokens.length; ) {
    const { length, entry } = lookUp(tokens, i);
    if (entry !== undefined) {
      known = true;
      const capitals = !shouting && raw[i]!.length > 1 && raw[i] === raw[i]!.toUpperCase() && /\p{L}/u.test(raw[i]!);
      const [emotion, strength] = turn(entry, tokens, i);
      strengths.set(emotion, (strengths.get(emotion) ?? 0) + strength * (capitals ? 1.3 : 1));
    }
    i += length;
  }
  const marks = Math.min(3, (text.match(/[!！]/g) ?? []).length);
  if (/[?？]/.test(text) && marks > 0) strengths.set('surprised', (strengths.get('surprised') ?? 0) + 1);
  if (!known && strengths.size === 0) return undefined;
  const felt = [...strengths]
    .map(([emotion, strength]) => [emotion, 1 - Math.exp((-strength * (1 + 0.2 * marks)) / SATURATION)] as const)
    .filter(([, level]) => level >= FAINTEST)
    .sort((a, b) => b[1] - a[1]);
  return Object.fromEntries(felt.slice(0, AT_ONCE));
}

/** The longest phrase or word of the lexicon that begins at a token. */
function lookUp(tokens: readonly string[], at: number) {
  for (let length = Math.min(LONGEST_PHRASE, tokens.length - at); length > 1; length--) {
    const entry = LEXICON.get(tokens.slice(at, at + length).join(' '));
    if (entry !== undefined) return { length, entry };
  }
  const form = baseForms(tokens[at]!).find((word) => LEXICON.has(word));
  return { length: 1, entry: form === undefined ? undefined : LEXICON.get(form) };
}

/** What the words before make of an entry. */
function turn(
  [emotion, strength]: readonly [Emotion, number],
  tokens: readonly string[],
  at: number,
): [Emotion, number] {
  const before = tokens.slice(Math.max(0, at - NEGATION_REACH), at);
  let size: number = STRENGTHS[strength] ?? 0;
  for (const word of before.slice(-2)) size *= STRONGER.has(word) ? 1.4 : WEAKER.has(word) ? 0.5 : 1;
  if (!before.some((word) => NEGATIONS.test(word))) return [emotion, size];
  const [opposite, share] = OPPOSITE[emotion] ?? [emotion, 0];
  return [opposite, size * share];
}

function moodOf(clauses: readonly Clause[], said: readonly (Felt | undefined)[], sentence: number): Felt {
  const felt = said.flatMap((each, i) => (clauses[i]!.sentence === sentence ? Object.entries(each ?? {}) : []));
  const [strongest] = felt.sort((a, b) => b[1] - a[1]);
  return strongest === undefined ? {} : { [strongest[0]]: strongest[1] * MOOD };
}
