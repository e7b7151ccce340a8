import { PcTalkError, type WarningReporter } from '../errors.ts';
import { checkName } from '../formats/nearest-name.ts';
import type { Performance } from '../formats/performance.ts';
import { alignPhones, type PlacedWord } from '../models/speech/align-phones.ts';
import { hearPhones } from '../models/speech/hear-phones.ts';
import type { SpeechDriver } from '../models/speech/speech-driver.ts';
import { guessLanguage, TRANSCRIPT_LANGUAGES, type TranscriptLanguage, wantedSpelling } from '../text/languages.ts';
import { type PronunciationDictionary, pronounce } from '../text/pronounce.ts';
import { readTranscript } from '../text/transcript.ts';

/** How a transcript is read and laid over the sound. */
export interface AlignWordsOptions {
  /** @default guessed from the text */
  readonly language?: TranscriptLanguage | undefined;
  /** English pronunciations; without them letters are read by rule. */
  readonly dictionary?: PronunciationDictionary | undefined;
  /** Names the transcript in messages. @default 'transcript' */
  readonly where?: string | undefined;
  /** Hears of words that were hardly heard or cannot be read. */
  readonly onWarning?: WarningReporter | undefined;
}

/** A word of a transcript, where it is said. */
export interface AlignedWord extends PlacedWord {
  readonly text: string;
}

/** Seconds that subtitles may be early or late. */
const CUE_SLACK = 0.5;
/** Words that score less are weak. */
export const WORD_WEAK_BELOW = 0.1;
/** Longest part of a word in a message, letters. */
const SHOWN = 40;
/** Share of weak or unreadable words from which a text is not what is said. */
const MISMATCH = 0.5;

/**
 * Finds when each word of a transcript is said, by what the speech model hears.
 * @param samples 16 kHz mono, −1 … 1. @param transcript plain text, SubRip or WebVTT, whose times bound the search.
 * @returns the words in their order; words that cannot be read lie between their neighbours with score 0.
 * @throws transcript-mismatch if text and sound do not fit; unknown-name
 */
export async function alignWords(
  driver: SpeechDriver,
  samples: Float32Array,
  transcript: string,
  options: AlignWordsOptions = {},
): Promise<AlignedWord[]> {
  const { where = 'transcript', dictionary, onWarning = () => {} } = options;
  const language = checkName('--language', options.language ?? guessLanguage(transcript), TRANSCRIPT_LANGUAGES);
  const words = readTranscript(transcript, where, language);
  const ways = words.map(({ text }) => pronounce(text, { language, dictionary }));
  const readable = words.flatMap(({ cue }, w) =>
    ways[w]!.length === 0
      ? []
      : [{ w, pronunciations: ways[w]!, within: cue && ([cue[0] - CUE_SLACK, cue[1] + CUE_SLACK] as const) }],
  );
  const fail = (got: string) => {
    const advice = `check that it is what is said, in ${language} (--language)`;
    return new PcTalkError('transcript-mismatch', `${where}: expected what is said in the sound, ${got}; ${advice}`);
  };
  const unread = words.filter((_, w) => ways[w]!.length === 0);
  if (unread.length > MISMATCH * words.length) {
    const got = `got ${unread.length} of ${words.length} words that cannot be read as '${language}', such as '${shown(unread[0]!.text)}'`;
    const wanted = wantedSpelling(unread[0]!.text, language);
    if (wanted === undefined) throw fail(got);
    throw new PcTalkError('transcript-mismatch', `${where}: expected words that can be read, ${got}; ${wanted}`);
  }
  const placed = alignPhones(await hearPhones(driver, samples), readable);
  const length = `${(samples.length / 16000).toFixed(1)} s`;
  if (placed === undefined) throw fail(`got ${words.length} words that do not fit into ${length} or their cues`);
  const weak = placed.filter(({ score }) => score < WORD_WEAK_BELOW).length;
  if (weak > MISMATCH * placed.length) throw fail(`got ${weak} of ${placed.length} words that are not heard in it`);
  const found = new Map(readable.map(({ w }, i) => [w, placed[i]!]));
  const gaps = gapsBetween(found, words.length);
  const aligned = words.map(({ text }, w) => ({ text, ...(found.get(w) ?? gaps[w]!) }));
  warn(aligned, ways, { where, language, onWarning });
  return aligned;
}

/** The words as a performance has them. */
export function performanceWords(words: readonly AlignedWord[]): NonNullable<Performance['words']> {
  return words.map(({ text, start, end }) => ({ text, start, end, origin: 'aligned' as const }));
}

/** For each word the time between its placed neighbours, in one pass each way. */
function gapsBetween(found: ReadonlyMap<number, PlacedWord>, count: number): PlacedWord[] {
  const ends: (number | undefined)[] = [];
  const starts = new Array<number | undefined>(count);
  for (let w = 0; w < count; w++) ends.push(found.get(w - 1)?.end ?? ends[w - 1]);
  for (let w = count - 1; w >= 0; w--) starts[w] = found.get(w + 1)?.start ?? starts[w + 1];
  return ends.map((before, w) => {
    const start = before ?? starts[w]!;
    return { start, end: starts[w] ?? start, score: 0, phones: [] };
  });
}

function warn(
  aligned: readonly AlignedWord[],
  ways: readonly (readonly unknown[])[],
  { where, language, onWarning }: { where: string; language: TranscriptLanguage; onWarning: WarningReporter },
): void {
  const list = (weak: readonly AlignedWord[]) =>
    weak
      .slice(0, 8)
      .map(({ text, start }) => `'${shown(text)}' at ${start.toFixed(2)} s`)
      .join(', ') + (weak.length > 8 ? ` and ${weak.length - 8} more` : '');
  const unread = aligned.filter((_, w) => ways[w]!.length === 0);
  const unheard = aligned.filter(({ score }, w) => score < WORD_WEAK_BELOW && ways[w]!.length > 0);
  if (unread.length > 0) {
    const wanted = wantedSpelling(unread[0]!.text, language) ?? 'write it as it is said';
    onWarning({ code: 'word-unreadable', message: `${where}: cannot read ${list(unread)}; ${wanted}` });
  }
  if (unheard.length > 0) {
    onWarning({ code: 'word-weak', message: `${where}: hardly heard ${list(unheard)}; check the text there` });
  }
}

/** A word as a message shows it. */
function shown(word: string): string {
  return word.length <= SHOWN ? word : `${word.slice(0, SHOWN)}…`;
}
