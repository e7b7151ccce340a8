import { PcTalkError, WHEN_LONG, WHEN_SHORT } from '@pctalk/core';
import type { ClipOptions, OriginalSound } from '@pctalk/node';
import type { Command } from 'commander';
import { oneOf } from './number-options.ts';

/** The flags that matter for clips alone. */
export interface ClipFlags {
  readonly whenShort?: string;
  readonly whenLong?: string;
  readonly originalSound?: string;
}

/** Adds them. */
export function addClipOptions(command: Command): Command {
  return command
    .option('--when-short <choice>', `a clip shorter than the speech: ${WHEN_SHORT.join(', ')} (default: hold)`)
    .option('--when-long <choice>', `a clip longer than the speech: ${WHEN_LONG.join(', ')} its rest (default: cut)`)
    .option(
      '--original-sound <choice>',
      "the clip's own sound: replace, keep, or mix:LEVEL with LEVEL 0 to 1 (default: replace)",
    );
}

/** Checks them. @throws unknown-name, value-out-of-range */
export function readClipFlags({ whenShort, whenLong, originalSound }: ClipFlags): ClipOptions {
  return {
    ...(whenShort !== undefined && { whenShort: oneOf('--when-short', whenShort, WHEN_SHORT) }),
    ...(whenLong !== undefined && { whenLong: oneOf('--when-long', whenLong, WHEN_LONG) }),
    ...(originalSound !== undefined && { originalSound: readOriginalSound(originalSound) }),
  };
}

function readOriginalSound(text: string): OriginalSound {
  if (text === 'replace' || text === 'keep') return text;
  const level = /^mix:(.+)$/.exec(text)?.[1];
  if (level === undefined) {
    throw new PcTalkError('unknown-name', `--original-sound: expected replace, keep or mix:LEVEL, got '${text}'`);
  }
  const mix = Number(level);
  if (mix >= 0 && mix <= 1) return { mix };
  throw new PcTalkError('value-out-of-range', `--original-sound: expected mix:LEVEL with LEVEL 0 to 1, got '${level}'`);
}
