import { EAR_MODEL, EARS, type EarKind, PcTalkError } from '@pctalk/core';
import type { Command } from 'commander';
import { oneOf } from './number-options.ts';

/** The flag that says what lips are heard with. */
export interface EarFlags {
  readonly ear: string;
  readonly renderer?: string;
}

/** Adds `--ear`. */
export function addEarOption(command: Command): Command {
  return command.option(
    '--ear <name>',
    'what lips are heard with: light, or full (follows strangers better, slower; pctalk models pull moonshine-ear)',
    'light',
  );
}

/** Reads the flag; call it before any work. @throws unknown-name, usage, model-missing if what it needs is not fetched */
export async function readEar({ ear, renderer }: EarFlags): Promise<EarKind> {
  const kind = oneOf('--ear', ear, EARS);
  if (kind === 'light') return kind;
  if (renderer === 'liveportrait') {
    throw new PcTalkError(
      'usage',
      `--ear ${kind}: expected the mesh renderer with it, got --renderer liveportrait; leave one out`,
    );
  }
  const { ModelStore } = await import('@pctalk/node');
  await new ModelStore().find(EAR_MODEL);
  return kind;
}
