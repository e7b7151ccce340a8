import { PcTalkError } from '../errors.ts';
import type { TranscriptLanguage } from './languages.ts';

/** A word as it is written, and when it may be said. */
export interface TranscriptWord {
  /** Without the punctuation around it. */
  readonly text: string;
  /** Seconds of the cue it stands in; absent in plain text. */
  readonly cue?: readonly [number, number];
}

const CUE_TIMES = /^\s*([\d:.,]+)\s+-->\s+([\d:.,]+)/;

/**
 * Reads what is said from plain text, SubRip (.srt) or WebVTT (.vtt), told apart by content. Markup, notes in square
 * brackets and signs that nobody says are left out.
 * @throws transcript-mismatch if there is no word in it.
 */
export function readTranscript(text: string, where: string, language?: TranscriptLanguage): TranscriptWord[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  const words = lines.some((line) => CUE_TIMES.test(line)) ? wordsOfCues(lines, language) : wordsOf(text, language);
  if (words.length > 0) return words;
  throw new PcTalkError('transcript-mismatch', `${where}: expected what is said, got no word; check the text`);
}

function wordsOfCues(lines: readonly string[], language: TranscriptLanguage | undefined): TranscriptWord[] {
  const words: TranscriptWord[] = [];
  let cue: readonly [number, number] | undefined;
  for (const line of lines) {
    const times = CUE_TIMES.exec(line);
    if (times !== null) cue = [seconds(times[1]!), seconds(times[2]!)];
    else if (line.trim() === '') cue = undefined;
    else if (cue !== undefined) for (const { text } of wordsOf(line, language)) words.push({ text, cue });
  }
  return words;
}

function wordsOf(text: string, language: TranscriptLanguage | undefined): TranscriptWord[] {
  return text
    .replace(/<[^<>]*>|\{\\[^{}]*\}|\[[^\]]*\]/g, ' ')
    .split(/[\s—…]+|--+/)
    .flatMap((token) => (language === 'ja' || language === 'zh' ? segment(token, language) : [token]))
    .map((token) => token.replace(/^[^\p{L}\p{N}$€£'’]+|[^\p{L}\p{M}\p{N}%$€£]+$/gu, ''))
    .filter((token) => /[\p{L}\p{N}%&+=@$€£]/u.test(token))
    .map((token) => ({ text: token }));
}

/** Words of scripts that leave no space between them. */
function segment(token: string, language: TranscriptLanguage): string[] {
  return [...new Intl.Segmenter(language, { granularity: 'word' }).segment(token)]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment);
}

/** `01:02:03,456`, `02:03.456` or `3.4` as seconds. */
function seconds(clock: string): number {
  return clock
    .replace(',', '.')
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part), 0);
}
