import {
  type AlignedWord,
  alignPhones,
  classesOfArpabet,
  type HeardPhones,
  hearPhones,
  type PronunciationDictionary,
  pronounce,
  type SpeechDriver,
  WORD_WEAK_BELOW,
} from '@pctalk/core';
import type { SpokenClip, SpokenGroup } from './spoken-clip.ts';

/** Distances of found bounds from known ones, seconds. */
export interface BoundErrors {
  readonly count: number;
  readonly median: number;
  readonly p90: number;
}

/** How well words are found in a group of clips. */
export interface AlignmentReport {
  readonly name: string;
  readonly clips: number;
  readonly starts: BoundErrors;
  readonly ends: BoundErrors;
  /** Starts of sounds, where they are known. */
  readonly phones?: BoundErrors;
  /** Share of right words that score as weak. */
  readonly weakRight: number;
  /** Where one word in six is another word: share of those that score as weak, and start errors of their neighbours. */
  readonly weakWrong: number;
  readonly nearWrong: BoundErrors;
  /** Share of clips refused with their own text, and with another's. */
  readonly refusedRight: number;
  readonly refusedWrong: number;
}

/** Every how many words one is replaced. */
const REPLACED = 6;

/** Aligns the clips of a group with their text, with wrong words in it, and with other texts. */
export async function evaluateAlignment(
  { name, clips }: SpokenGroup,
  driver: SpeechDriver,
  dictionary: PronunciationDictionary,
): Promise<AlignmentReport> {
  const starts: number[] = [];
  const ends: number[] = [];
  const phones: number[] = [];
  const near: number[] = [];
  const right: number[] = [];
  const wrong: number[] = [];
  let [refusedRight, refusedWrong] = [0, 0];
  for (const [i, clip] of clips.entries()) {
    const heard = await hearPhones(driver, clip.samples);
    const texts = clip.words.map(({ text }) => text);
    const align = (words: readonly string[]) => place(heard, words, clip, dictionary);
    const own = align(texts);
    if (own === undefined || isMismatch(own)) refusedRight++;
    own?.forEach((word, w) => {
      right.push(word.score);
      starts.push(word.start - clip.words[w]!.start);
      ends.push(word.end - clip.words[w]!.end);
    });
    if (own !== undefined) phones.push(...phoneErrors(own, clip));
    const other = clips[(i + 1) % clips.length]!.words.map(({ text }) => text);
    const swapped = texts.map((text, w) => (w % REPLACED === 3 ? differing(text, other) : text));
    align(swapped)?.forEach((word, w) => {
      if (swapped[w] !== texts[w]) wrong.push(word.score);
      else if (swapped[w - 1] !== texts[w - 1] || swapped[w + 1] !== texts[w + 1]) {
        near.push(word.start - clip.words[w]!.start);
      }
    });
    const strange = align(clips[(i + 3) % clips.length]!.words.map(({ text }) => text));
    if (strange === undefined || isMismatch(strange)) refusedWrong++;
  }
  const share = (scores: readonly number[]) => scores.filter((score) => score < WORD_WEAK_BELOW).length / scores.length;
  return {
    name,
    clips: clips.length,
    starts: errorsOf(starts),
    ends: errorsOf(ends),
    ...(phones.length > 0 && { phones: errorsOf(phones) }),
    weakRight: share(right),
    weakWrong: share(wrong),
    nearWrong: errorsOf(near),
    refusedRight: refusedRight / clips.length,
    refusedWrong: refusedWrong / clips.length,
  };
}

type Placed = readonly Omit<AlignedWord, 'text'>[];

function place(
  heard: HeardPhones,
  texts: readonly string[],
  { language }: SpokenClip,
  dictionary: PronunciationDictionary,
): Placed | undefined {
  return alignPhones(
    heard,
    texts.map((text) => ({ pronunciations: pronounce(text, { language, dictionary }) })),
  );
}

function isMismatch(placed: Placed): boolean {
  return placed.filter(({ score }) => score < WORD_WEAK_BELOW).length > placed.length / 2;
}

/** A word of another text, unlike the one it stands for. */
function differing(text: string, others: readonly string[]): string {
  const same = (other: string) =>
    other.length < 4 || other.toLowerCase().slice(0, 2) === text.toLowerCase().slice(0, 2);
  return others.find((other) => !same(other)) ?? 'mistaken';
}

/** Starts of the sounds, where as many were found as are known. */
function phoneErrors(placed: Placed, { phones }: SpokenClip): number[] {
  if (phones === undefined) return [];
  const known = phones.flatMap(({ name, start }) => classesOfArpabet(name).map((phone, i) => ({ phone, start, i })));
  const found = placed.flatMap((word) => word.phones);
  if (known.length !== found.length) return [];
  return known.flatMap(({ phone, start, i }, n) =>
    i === 0 && phone === found[n]!.phone ? [found[n]!.start - start] : [],
  );
}

function errorsOf(differences: readonly number[]): BoundErrors {
  const sorted = differences
    .filter(Number.isFinite)
    .map(Math.abs)
    .sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * sorted.length)] ?? Number.NaN;
  return { count: sorted.length, median: at(0.5), p90: at(0.9) };
}

/** The reports as a Markdown table. */
export function describeAlignment(reports: readonly AlignmentReport[]): string {
  const ms = ({ median, p90, count }: BoundErrors) =>
    count === 0 ? '–' : `${(1000 * median).toFixed(0)} / ${(1000 * p90).toFixed(0)}`;
  const percent = (x: number) => (Number.isNaN(x) ? '–' : `${(100 * x).toFixed(0)} %`);
  return [
    '| speech | clips | words | word starts, ms | word ends, ms | starts of sounds, ms | starts beside wrong words, ms | weak: right words | weak: wrong words | refused: own text | refused: other text |',
    '|---|---|---|---|---|---|---|---|---|---|---|',
    ...reports
      .map((report) =>
        [
          report.name,
          report.clips,
          report.starts.count,
          ms(report.starts),
          ms(report.ends),
          report.phones ? ms(report.phones) : '–',
          ms(report.nearWrong),
          percent(report.weakRight),
          percent(report.weakWrong),
          percent(report.refusedRight),
          percent(report.refusedWrong),
        ].join(' | '),
      )
      .map((row) => `| ${row} |`),
    '',
    'Distances from the known times: median / 90th percentile.',
  ].join('\n');
}
