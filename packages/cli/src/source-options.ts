import { INPUT_LIMITS, PcTalkError } from '@pctalk/core';
import type { Command } from 'commander';
import { readDuration, readInteger } from './number-options.ts';

/** The flags that say who speaks what. */
export interface SourceFlags {
  readonly source?: string;
  readonly audio?: string;
  readonly sample?: true;
  readonly faceIndex?: string;
  readonly maxDuration?: string;
}

/** What they mean. */
export interface SourceChoice {
  readonly source: string;
  readonly audio: string;
  readonly faceIndex?: number;
  readonly maxDuration?: number;
}

/** The flag for long speech and clips: its form and its description. */
export const MAX_DURATION = [
  '--max-duration <time>',
  `longest speech or clip that is taken: seconds, or as in 90min or 12h (default: ${INPUT_LIMITS.durationSeconds / 3600}h)`,
] as const;

/** Adds the flags that say who speaks what. */
export function addSourceOptions(command: Command): Command {
  return command
    .option('-s, --source <file>', 'portrait (jpg, png or webp) or clip to dub (mp4, mov, webm, mkv, ts, wmv, gif)')
    .option('-a, --audio <file>', 'speech: wav, mp3, m4a, flac or ogg, of any rate')
    .option('--sample', 'use the bundled portrait and speech where none is given')
    .option('--face-index <integer>', 'which face, when there are several: 0 is the leftmost')
    .option(...MAX_DURATION);
}

/**
 * Checks the flags that say who speaks what.
 * @throws usage, value-out-of-range
 */
export async function readSource(flags: SourceFlags): Promise<SourceChoice> {
  const sample = flags.sample ? (await import('@pctalk/node')).sampleFiles() : undefined;
  const source = flags.source ?? sample?.source;
  const audio = flags.audio ?? sample?.audio;
  if (source === undefined) throw missing('--source', 'a portrait');
  if (audio === undefined) throw missing('--audio', 'a speech file');
  return {
    source,
    audio,
    ...(flags.faceIndex !== undefined && { faceIndex: readInteger('--face-index', flags.faceIndex, 0, 999) }),
    ...(flags.maxDuration !== undefined && { maxDuration: readDuration('--max-duration', flags.maxDuration) }),
  };
}

function missing(flag: string, what: string): PcTalkError {
  return new PcTalkError(
    'usage',
    `${flag}: expected ${what}, got nothing; name a file, or use the bundled one with --sample`,
  );
}
