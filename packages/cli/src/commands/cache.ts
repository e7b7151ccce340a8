import { PcTalkError } from '@pctalk/core';
import type { CachePart, CacheStatus } from '@pctalk/node';
import { Command } from 'commander';
import { printJson, printLine } from '../print.ts';

interface CacheFlags {
  readonly json?: true;
}

const HELP = `
tracks: where the faces of clips are, frame by frame, so that a second take starts at once. graphs: built from the weights of
the neural path. leftovers: what killed runs could not tidy up. All of it is made again when it is needed; PCTALK_CACHE sets
another folder, "pctalk limits" says how much is kept, and for how long.

Examples:
  pctalk cache show
  pctalk cache clear tracks`;

/** `pctalk cache`: what is kept on this machine, and its end. */
export function cacheCommand(): Command {
  const command = new Command('cache')
    .description('show or delete what is kept of earlier runs: tracks of faces, graphs, leftovers of killed runs')
    .addHelpText('after', HELP);
  const json = 'print as JSON';
  command
    .command('show')
    .description('show what is kept, where, and how large it is')
    .option('--json', json)
    .action(show);
  command
    .command('clear')
    .description('delete what is kept')
    .argument('[part...]', 'tracks, graphs, leftovers (default: all)')
    .option('--json', json)
    .action(clear);
  return command;
}

async function show(flags: CacheFlags): Promise<void> {
  const { cacheStatus } = await import('@pctalk/node');
  await print(await cacheStatus(), flags, '');
}

async function clear(names: readonly string[], flags: CacheFlags): Promise<void> {
  const { CACHE_PARTS, clearCache } = await import('@pctalk/node');
  const parts = names.map((name) => checkedPart(name, CACHE_PARTS));
  await print(await clearCache(parts.length === 0 ? CACHE_PARTS : parts), flags, ' deleted');
}

async function print(found: readonly CacheStatus[], { json }: CacheFlags, done: string): Promise<void> {
  if (json) return printJson(found);
  for (const { part, folder, files, bytes } of found) {
    const place = folder === undefined ? '' : `  ${folder}`;
    await printLine(`${part.padEnd(9)}  ${files} files, ${(bytes / 1e6).toFixed(1)} MB${done}${place}`);
  }
}

function checkedPart(name: string, parts: readonly CachePart[]): CachePart {
  const part = parts.find((known) => known === name);
  if (part !== undefined) return part;
  throw new PcTalkError('unknown-name', `cache: expected ${parts.join(', ')}, got '${name}'`);
}
