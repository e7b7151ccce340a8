import { invariant } from '../../errors.ts';
import type { HeardPhones } from './hear-phones.ts';
import { PHONE_HOPS_PER_SECOND } from './hear-phones.ts';
import { PHONE_CLASSES, PHONE_INDEX, type PhoneClass, VOWEL_CLASSES } from './phone-classes.ts';

/** A word to be found in the sound. */
export interface PhoneWord {
  /** Ways to say it, each at least one class, none of them `SIL`. */
  readonly pronunciations: readonly (readonly PhoneClass[])[];
  /** Seconds between which it must lie. @default the whole sound */
  readonly within?: readonly [number, number] | undefined;
}

/** A sound of a word in time, seconds. */
export interface PlacedPhone {
  readonly phone: PhoneClass;
  readonly start: number;
  readonly end: number;
}

/** Where a word was found. */
export interface PlacedWord {
  readonly start: number;
  readonly end: number;
  /** How well what was heard fits it, 0–1: geometric mean over its sounds of posterior over best posterior. */
  readonly score: number;
  readonly phones: readonly PlacedPhone[];
}

const CLASSES = PHONE_CLASSES.length;
const SIL = PHONE_INDEX.SIL;
/** Stands for any speech that is not in the text. */
const ANY = CLASSES;
/** Log posteriors are cut off here: the network is never that sure. */
const FLOOR = -7;
/** What a hop of speech outside the text costs against the likeliest class. */
const ANY_COST = 3;
/** Least length of a sound, hops. */
const LEAST_HOPS = 3;
/** Share of all vowels' posterior that each vowel has, and half as much of all consonants' each consonant: vowels weaken, accents differ. */
const KINSHIP = 0.05;
const IS_VOWEL = PHONE_CLASSES.map((name) => VOWEL_CLASSES.includes(name));
/** Paths worse than the best by this much are given up, nats. */
const BEAM = 300;
/** States looked at on either side of the best one at most, so that the steps grow with the sound alone; 140 were needed in 8 minutes of speech. */
const REACH = 2000;

/**
 * Places words in a sound in their order by Viterbi over their pronunciations; between words there may be silence and
 * speech that is in no word. A sound lasts three hops at least; two of one class side by side share their time evenly.
 *
 *     best(t, s) = log (p(class of s | t) + κ p(its kin | t)) + max over s and its predecessors of best(t − 1, ·)
 *
 * κ, the least length and the cost of other speech were chosen on speech with known times: without the first two the
 * 90th percentile of word starts is 189 ms instead of 59 on voices the speech model never heard.
 *
 * @param onSteps hears how many states were looked at in each hop
 * @returns one place per word, or undefined if the words cannot lie in the sound and in their bounds at all.
 */
export function alignPhones(
  heard: HeardPhones,
  words: readonly PhoneWord[],
  onSteps?: (states: number) => void,
): PlacedWord[] | undefined {
  if (words.length === 0) return [];
  if (leastHops(words) > heard.hopCount) return undefined;
  const lattice = buildLattice(words, heard.hopCount);
  const path = findPath(lattice, logScores(heard, KINSHIP), heard.hopCount, onSteps);
  return path && readPath(path, lattice, logScores(heard, 0), words.length);
}

/** Hops that the words take at least: what does not fit is not looked at, so that the lattice never outgrows the sound. */
function leastHops(words: readonly PhoneWord[]): number {
  const shortest = (ways: PhoneWord['pronunciations']) =>
    ways.reduce((least, { length }) => Math.min(least, length), 1e9);
  return words.reduce((sum, { pronunciations }) => sum + LEAST_HOPS * shortest(pronunciations), 0);
}

/** States from left to right; state 0 is the silence before the first word. */
interface Lattice {
  readonly phone: Uint8Array;
  /** Word of each state, −1 between words. */
  readonly word: Int32Array;
  /** Sound or gap of each state: a sound has several. */
  readonly sound: Int32Array;
  /** Hops in which a state may be. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** Predecessors other than itself. */
  readonly before: readonly (readonly number[])[];
  /** Highest successor. */
  readonly reach: Int32Array;
  readonly starts: ReadonlySet<number>;
  readonly ends: ReadonlySet<number>;
}

function buildLattice(words: readonly PhoneWord[], hopCount: number): Lattice {
  const phone: number[] = [];
  const word: number[] = [];
  const sound: number[] = [];
  const bounds: (readonly [number, number])[] = [];
  const before: number[][] = [];
  const all = [0, hopCount] as const;
  let sounds = 0;
  const add = (phoneIndex: number, wordIndex: number, bound: readonly [number, number], from: readonly number[]) => {
    phone.push(phoneIndex);
    word.push(wordIndex);
    sound.push(sounds);
    bounds.push(bound);
    before.push([...from]);
    return phone.length - 1;
  };
  const addGap = (from: readonly number[]) => {
    const silence = add(SIL, -1, all, from);
    sounds++;
    const any = add(ANY, -1, all, [...from, silence]);
    before[silence]!.push(any);
    sounds++;
    return [silence, any];
  };
  const starts = new Set<number>();
  let exits: number[] = [];
  let gap = addGap([]);
  for (const state of gap) starts.add(state);
  words.forEach(({ pronunciations, within }, w) => {
    const bound =
      within === undefined
        ? all
        : ([
            Math.floor(within[0] * PHONE_HOPS_PER_SECOND),
            Math.min(hopCount, Math.ceil(within[1] * PHONE_HOPS_PER_SECOND)),
          ] as const);
    const entries = [...exits, ...gap];
    exits = pronunciations.map((classes) => {
      invariant(classes.length > 0, 'a pronunciation without sounds');
      let from: readonly number[] = entries;
      let state = -1;
      for (const name of classes) {
        for (let hop = 0; hop < LEAST_HOPS; hop++) {
          state = add(PHONE_INDEX[name], w, bound, from);
          if (w === 0 && from === entries) starts.add(state);
          from = [state];
        }
        sounds++;
      }
      return state;
    });
    gap = addGap(exits);
  });
  const reach = Int32Array.from(phone, (_, s) => s);
  before.forEach((from, s) => {
    for (const p of from) reach[p] = Math.max(reach[p]!, s);
  });
  return {
    phone: Uint8Array.from(phone),
    word: Int32Array.from(word),
    sound: Int32Array.from(sound),
    first: Int32Array.from(bounds, ([first]) => first),
    last: Int32Array.from(bounds, ([, last]) => last),
    before,
    reach,
    starts,
    ends: new Set([...exits, ...gap]),
  };
}

/** `[H × 27]`: log posteriors with a share of their kin's, and of any speech in the last column. */
function logScores({ posteriors, hopCount }: HeardPhones, kinship: number): Float32Array {
  const scores = new Float32Array(hopCount * (CLASSES + 1));
  for (let hop = 0; hop < hopCount; hop++) {
    let vowels = 0;
    for (let c = 0; c < CLASSES; c++) if (IS_VOWEL[c]) vowels += posteriors[hop * CLASSES + c]!;
    const consonants = 1 - vowels - posteriors[hop * CLASSES + SIL]!;
    let best = FLOOR;
    for (let c = 0; c < CLASSES; c++) {
      const kin = c === SIL ? 0 : IS_VOWEL[c] ? vowels : consonants / 2;
      const score = Math.max(FLOOR, Math.log(posteriors[hop * CLASSES + c]! + kinship * Math.max(0, kin)));
      scores[hop * (CLASSES + 1) + c] = score;
      if (c !== SIL) best = Math.max(best, score);
    }
    scores[hop * (CLASSES + 1) + ANY] = best - ANY_COST;
  }
  return scores;
}

/** The best state of each hop. Only states near the best path so far are looked at. */
function findPath(
  lattice: Lattice,
  scores: Float32Array,
  hopCount: number,
  onSteps?: (states: number) => void,
): Int32Array | undefined {
  const { phone, first, last, before, reach, starts, ends } = lattice;
  const count = phone.length;
  let old = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  let now = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  const choices: Uint8Array[] = [];
  const lows = new Int32Array(hopCount);
  let [low, high] = [0, Math.max(...starts)];
  for (let hop = 0; hop < hopCount; hop++) {
    lows[hop] = low;
    const choice = new Uint8Array(high - low + 1);
    let best = Number.NEGATIVE_INFINITY;
    let bestState = low;
    for (let s = low; s <= high; s++) {
      let score = hop === 0 ? (starts.has(s) ? 0 : Number.NEGATIVE_INFINITY) : old[s]!;
      const from = before[s]!;
      for (let i = 0; hop > 0 && i < from.length; i++) {
        const other = old[from[i]!]!;
        if (other > score) {
          score = other;
          choice[s - low] = i + 1;
        }
      }
      const allowed = hop >= first[s]! && hop < last[s]!;
      now[s] = allowed ? score + scores[hop * (CLASSES + 1) + phone[s]!]! : Number.NEGATIVE_INFINITY;
      if (now[s]! > best) {
        best = now[s]!;
        bestState = s;
      }
    }
    if (best === Number.NEGATIVE_INFINITY) return undefined;
    choices.push(choice);
    onSteps?.(high - low + 1);
    old.fill(Number.NEGATIVE_INFINITY, low, high + 1);
    [old, now] = [now, old];
    let [newLow, newHigh, newReach] = [high, low, low];
    for (let s = low; s <= high; s++) {
      if (old[s]! < best - BEAM || Math.abs(s - bestState) > REACH) old[s] = Number.NEGATIVE_INFINITY;
      if (old[s] === Number.NEGATIVE_INFINITY) continue;
      newLow = Math.min(newLow, s);
      newHigh = Math.max(newHigh, s);
      newReach = Math.max(newReach, reach[s]!);
    }
    [low, high] = [newLow, Math.max(newHigh, newReach)];
  }
  let state = -1;
  for (const s of ends) if (state < 0 || old[s]! > old[state]!) state = s;
  if (old[state] === Number.NEGATIVE_INFINITY) return undefined;
  const path = new Int32Array(hopCount);
  for (let hop = hopCount - 1; hop >= 0; hop--) {
    path[hop] = state;
    const choice = choices[hop]![state - lows[hop]!]!;
    if (choice > 0) state = before[state]![choice - 1]!;
  }
  return path;
}

function readPath(
  path: Int32Array,
  { phone, word, sound }: Lattice,
  scores: Float32Array,
  wordCount: number,
): PlacedWord[] {
  const runs: { phone: number; word: number; start: number; end: number; fit: number }[] = [];
  path.forEach((state, hop) => {
    const best = Math.max(...scores.subarray(hop * (CLASSES + 1), (hop + 1) * (CLASSES + 1)));
    const fit = scores[hop * (CLASSES + 1) + phone[state]!]! - best;
    const run = runs.at(-1);
    if (hop > 0 && sound[path[hop - 1]!] === sound[state] && run !== undefined) {
      run.end = hop + 1;
      run.fit += fit;
    } else runs.push({ phone: phone[state]!, word: word[state]!, start: hop, end: hop + 1, fit });
  });
  for (let i = 0; i < runs.length; ) {
    let j = i + 1;
    while (j < runs.length && runs[j]!.phone === runs[i]!.phone && runs[j]!.word >= 0 && runs[i]!.word >= 0) j++;
    const [start, end] = [runs[i]!.start, runs[j - 1]!.end];
    const fit = runs.slice(i, j).reduce((sum, run) => sum + run.fit, 0);
    for (let k = i; k < j; k++) {
      runs[k]!.start = start + ((end - start) * (k - i)) / (j - i);
      runs[k]!.end = start + ((end - start) * (k - i + 1)) / (j - i);
      runs[k]!.fit = fit / (j - i);
    }
    i = j;
  }
  const runsOf = Array.from({ length: wordCount }, (): typeof runs => []);
  for (const run of runs) if (run.word >= 0) runsOf[run.word]!.push(run);
  return runsOf.map((own) => {
    const fit = own.reduce((sum, run) => sum + run.fit / (run.end - run.start), 0) / own.length;
    const seconds = (hop: number) => hop / PHONE_HOPS_PER_SECOND;
    return {
      start: seconds(own[0]!.start),
      end: seconds(own.at(-1)!.end),
      score: Math.exp(fit),
      phones: own.map((run) => ({
        phone: PHONE_CLASSES[run.phone]!,
        start: seconds(run.start),
        end: seconds(run.end),
      })),
    };
  });
}
