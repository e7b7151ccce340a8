import { EARS, type EarKind } from '@pctalk/core';
import type { Command } from 'commander';
import { oneOf } from './number-options.ts';

/** The flag that says what lips are heard with. */
export interface EarFlags {
  readonly ear: string;
}

/** Adds `--ear`. */
export function addEarOption(command: Command): Command {
  return command.option(
    '--ear <name>',
    'what lips are heard with: light, or full (follows strangers better, slower)',
    'light',
  );
}

/** @throws unknown-name */
export function readEar({ ear }: EarFlags): EarKind {
  return oneOf('--ear', ear, EARS);
}
