import { PcTalkError } from '../errors.ts';
import type { TranscriptLanguage } from './languages.ts';
import { spokenText } from './spoken-text.ts';
import { isSubtitles, readSubtitles } from './subtitles.ts';

/** A word as it is written, and when it may be said. */
export interface TranscriptWord {
  /** Without the punctuation around it. */
  readonly text: string;
  /** Seconds of the cue it stands in; absent in plain text. */
  readonly cue?: readonly [number, number];
}

/** Longest word, letters: no language writes longer ones, and a page without spaces is no text. */
export const LONGEST_WORD = 200;

/**
 * Reads what is said from plain text, SubRip (.srt) or WebVTT (.vtt), told apart by content. Markup, names of speakers,
 * notes ("[music]", "(laughs)") and signs that nobody says are left out.
 * @returns words in the order in which they are said
 * @throws transcript-mismatch if there is no word in it, a word is longer than `LONGEST_WORD`, or a cue has no such times
 */
export function readTranscript(text: string, where: string, language?: TranscriptLanguage): TranscriptWord[] {
  const plain = text.replace(/^\ufeff/, '');
  const words = isSubtitles(plain)
    ? readSubtitles(plain, where).flatMap(({ start, end, text: shown }) =>
        wordsOf(spokenText(shown, { isSubtitle: true }), language).map((word) => ({
          text: word,
          cue: [start, end] as const,
        })),
      )
    : wordsOf(spokenText(plain, { isSubtitle: false }), language).map((word) => ({ text: word }));
  const long = words.find((word) => word.text.length > LONGEST_WORD);
  if (long !== undefined) {
    throw new PcTalkError(
      'transcript-mismatch',
      `${where}: expected words of at most ${LONGEST_WORD} letters, got one of ${long.text.length} that begins with '${long.text.slice(0, 20)}'; put spaces between the words`,
    );
  }
  if (words.length > 0) return words;
  throw new PcTalkError('transcript-mismatch', `${where}: expected what is said, got no word; check the text`);
}

/** A token without the signs around it. */
export function trimWord(token: string): string {
  const begun = token.replace(/^[^\p{L}\p{N}$€£'’]+/u, '');
  return /^.*[\p{L}\p{M}\p{N}%$€£]/su.exec(begun)?.[0] ?? '';
}

function wordsOf(text: string, language: TranscriptLanguage | undefined): string[] {
  return text
    .split(/[\s—…]+|--+/)
    .flatMap((token) => (language === 'ja' || language === 'zh' ? segment(token, language) : [token]))
    .map(trimWord)
    .filter((token) => /[\p{L}\p{N}%&+=@$€£]/u.test(token));
}

/** Words of scripts that leave no space between them. */
function segment(token: string, language: TranscriptLanguage): string[] {
  return [...new Intl.Segmenter(language, { granularity: 'word' }).segment(token)]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment);
}
