import { stat } from 'node:fs/promises';
import {
  checkName,
  decodeText,
  PcTalkError,
  type Performance,
  TRANSCRIPT_LANGUAGES,
  type WarningReporter,
} from '@pctalk/core';
import type { MediaOptions } from '@pctalk/node';
import type { Command } from 'commander';

/** The flags that say what is said. */
export interface TranscriptFlags {
  readonly transcript?: string;
  readonly language?: string;
}

/** Largest transcript, bytes. */
const TRANSCRIPT_MAX_BYTES = 2 ** 20;

/** Adds the flags that say what is said. */
export function addTranscriptOptions(command: Command): Command {
  return command
    .option('--transcript <text-or-file>', 'what is said, as text, .txt, .srt or .vtt; finds the time of each word')
    .option('--language <code>', `of the transcript: ${TRANSCRIPT_LANGUAGES.join(', ')} (default: guessed)`);
}

/**
 * The words of `--transcript`, placed in the speech; undefined without it.
 * @throws usage, unknown-name, transcript-mismatch, cancelled
 */
export async function readTranscriptWords(
  { transcript, language }: TranscriptFlags,
  audio: string,
  onWarning: WarningReporter,
  media: MediaOptions = {},
): Promise<Performance['words']> {
  const code = language === undefined ? undefined : checkName('--language', language, TRANSCRIPT_LANGUAGES);
  if (transcript === undefined) {
    if (code === undefined) return undefined;
    throw new PcTalkError('usage', '--language: expected --transcript beside it, got it alone; add --transcript');
  }
  const { alignSpeech } = await import('@pctalk/node');
  const isFile = /\.(txt|srt|vtt)$/i.test(transcript) || (await isPath(transcript));
  const where = isFile ? transcript : '--transcript';
  const text = isFile ? decodeText(await readFile(transcript), { where, language: code, onWarning }) : transcript;
  return alignSpeech(audio, text, { language: code, where, onWarning, ...media });
}

async function isPath(text: string): Promise<boolean> {
  return text.length < 4096 && (await stat(text).catch(() => undefined)) !== undefined;
}

async function readFile(path: string): Promise<Uint8Array> {
  const { readInput } = await import('@pctalk/node');
  const fail = (got: string, cause?: unknown) =>
    new PcTalkError('transcript-mismatch', `--transcript ${path}: expected a text file, ${got}; check the path`, {
      cause,
    });
  return readInput(path, fail, TRANSCRIPT_MAX_BYTES);
}
