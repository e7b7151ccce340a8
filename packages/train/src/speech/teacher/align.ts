import { PHONE_CLASSES, PHONE_INDEX, type PhoneClass } from '@pctalk/core';
import type { PhoneSpan } from '../phone-tables.ts';
import { rowTimes } from './heard-clips.ts';

/** What an alignment found, and how well it fits: mean log posterior of what is said, over speech. */
export interface Alignment {
  readonly spans: PhoneSpan[];
  readonly score: number;
}

const FLOOR = Math.log(1e-4);
const WIDTH = PHONE_CLASSES.length;

/**
 * Times of known words in a clip: the most likely path through their phones, each at least a row long, with silence
 * where it helps around words. @param posteriors `[rows × 26]` @returns undefined if the clip is too short for them.
 */
export function alignWords(words: readonly (readonly PhoneClass[])[], posteriors: Float32Array): Alignment | undefined {
  const states: number[] = [PHONE_INDEX.SIL];
  for (const word of words) states.push(...word.map((phone) => PHONE_INDEX[phone]), PHONE_INDEX.SIL);
  const optional = (state: number) => states[state] === PHONE_INDEX.SIL;
  const rows = posteriors.length / WIDTH;
  const count = states.length;
  const back = new Uint8Array(rows * count);
  let scores = new Float64Array(count).fill(-Infinity);
  scores[0] = 0;
  if (count > 1) scores[1] = 0;
  for (let row = 0; row < rows; row++) {
    const next = new Float64Array(count);
    for (let state = 0; state < count; state++) {
      let [best, step] = [scores[state]!, 0];
      if (row > 0 && state > 0 && scores[state - 1]! > best) [best, step] = [scores[state - 1]!, 1];
      if (row > 0 && state > 1 && optional(state - 1) && scores[state - 2]! > best)
        [best, step] = [scores[state - 2]!, 2];
      next[state] = best + logOf(posteriors, row, states[state]!);
      back[row * count + state] = step;
    }
    scores = next;
  }
  let state = count > 1 && scores[count - 2]! > scores[count - 1]! ? count - 2 : count - 1;
  if (scores[state] === -Infinity) return undefined;
  const places = new Array<number>(rows);
  for (let row = rows - 1; row >= 0; row--) {
    places[row] = state;
    state -= back[row * count + state]!;
  }
  return alignmentOf(places, (place) => states[place]!, posteriors);
}

/** The most likely sequence of phones in a clip where nobody knows what is said; every change costs `change` nats. */
export function decodePhones(posteriors: Float32Array, change = 2.5): Alignment {
  const rows = posteriors.length / WIDTH;
  const from = new Uint8Array(rows * WIDTH);
  let scores = new Float64Array(WIDTH);
  for (let row = 0; row < rows; row++) {
    const best = scores.indexOf(Math.max(...scores));
    const next = new Float64Array(WIDTH);
    for (let phone = 0; phone < WIDTH; phone++) {
      const stays = scores[phone]! >= scores[best]! - change;
      from[row * WIDTH + phone] = stays ? phone : best;
      next[phone] = (stays ? scores[phone]! : scores[best]! - change) + logOf(posteriors, row, phone);
    }
    scores = next;
  }
  const path = new Array<number>(rows);
  let phone = scores.indexOf(Math.max(...scores));
  for (let row = rows - 1; row >= 0; row--) {
    path[row] = phone;
    phone = from[row * WIDTH + phone]!;
  }
  return alignmentOf(path, (place) => place, posteriors);
}

/** Runs of one place as spans; two places of one class stay apart. */
function alignmentOf(
  places: readonly number[],
  phoneAt: (place: number) => number,
  posteriors: Float32Array,
): Alignment {
  const spans: PhoneSpan[] = [];
  let [sum, spoken] = [0, 0];
  places.forEach((place, row) => {
    const phone = PHONE_CLASSES[phoneAt(place)]!;
    const [start, end] = rowTimes(row);
    const last = spans.at(-1);
    if (last !== undefined && places[row - 1] === place) spans[spans.length - 1] = { ...last, end };
    else spans.push({ start, end, phone });
    if (phone === 'SIL') return;
    sum += logOf(posteriors, row, phoneAt(place));
    spoken++;
  });
  return { spans, score: spoken === 0 ? FLOOR : sum / spoken };
}

function logOf(posteriors: Float32Array, row: number, phone: number): number {
  return Math.max(FLOOR, Math.log(posteriors[row * WIDTH + phone]!));
}
