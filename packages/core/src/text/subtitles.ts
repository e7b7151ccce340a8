import { PcTalkError } from '../errors.ts';

/** Text that is shown, and said, at a time. */
export interface Cue {
  /** Seconds, finite, 0 ≤ start < end. */
  readonly start: number;
  readonly end: number;
  /** Lines as they are written. */
  readonly text: string;
}

/** Times beyond this are faults, seconds: 100 hours. */
const LATEST = 360_000;
const HEADER = /^WEBVTT(?:\s|$)/;
/** A line that is meant to hold times: numbers, or what programs write for numbers they lack, around an arrow. */
const TIMES = /^\s*(\S+(?:,\s\d{1,3})?)\s*-->\s*(\S+(?:,\s\d{1,3})?)/;
const TIME_LIKE = /^[+-]?[:.,]{0,3}(?:\d|nan|inf|undefined|null)/i;
/** Longest time shown in a message, letters. */
const SHOWN = 30;
/** `01:02:03,456`, `02:03.456` or `3.4`; hours may have more digits. */
const CLOCK = /^(?:(?:(\d{1,4}):)?(\d{1,3}):)?(\d{1,6})(?:[.,:](\d{1,9}))?$/;

/** Whether a text is SubRip or WebVTT: a header, or a line with times. */
export function isSubtitles(text: string): boolean {
  return HEADER.test(text) || linesOf(text).some((line) => timesOf(line) !== undefined);
}

/**
 * Reads SubRip (.srt) and WebVTT (.vtt), told apart by the header: numbers, notes and styles are passed over.
 * @returns cues by their start
 * @throws transcript-mismatch for times that are no numbers, or of which the end is not after the start
 */
export function readSubtitles(text: string, where: string): Cue[] {
  const lines = linesOf(text);
  // In WebVTT a block without times is a note or a style, in SubRip it still belongs to the cue above.
  const isWebVtt = HEADER.test(text);
  const cues: { start: number; end: number; lines: string[] }[] = [];
  let cue: (typeof cues)[number] | undefined;
  for (const [i, line] of lines.entries()) {
    const times = timesOf(line);
    if (times !== undefined) {
      // A number right above is that of this cue.
      if (cue !== undefined && i > 0 && /^\s*\d+\s*$/.test(lines[i - 1]!)) cue.lines.pop();
      cue = { ...readTimes(times, `${where}, line ${i + 1}`), lines: [] };
      cues.push(cue);
    } else if (line.trim() !== '') cue?.lines.push(line);
    else if (isWebVtt) cue = undefined;
  }
  return cues
    .map(({ start, end, lines: own }) => ({ start, end, text: own.join('\n') }))
    .sort((a, b) => a.start - b.start);
}

function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}

function timesOf(line: string): readonly [string, string] | undefined {
  const [, from = '', to = ''] = TIMES.exec(line) ?? [];
  return TIME_LIKE.test(from) || TIME_LIKE.test(to) ? [from, to] : undefined;
}

function readTimes([from, to]: readonly [string, string], where: string): { start: number; end: number } {
  const [start, end] = [seconds(from), seconds(to)];
  if (start !== undefined && end !== undefined && start < end) return { start, end };
  const expected = 'expected times such as 00:00:01,500 --> 00:00:02,000, the end after the start and below 100 hours';
  throw new PcTalkError(
    'transcript-mismatch',
    `${where}: ${expected}, got ${from.slice(0, SHOWN)} --> ${to.slice(0, SHOWN)}; correct that line`,
  );
}

function seconds(clock: string): number | undefined {
  const parts = CLOCK.exec(clock.replace(/\s/g, ''));
  if (parts === null) return undefined;
  const [, hours = '0', minutes = '0', whole = '0', fraction = ''] = parts;
  const time = Number(hours) * 3600 + Number(minutes) * 60 + Number(`${whole}.${fraction || 0}`);
  return time < LATEST ? time : undefined;
}
