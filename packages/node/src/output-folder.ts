import { rmSync } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { PcTalkError } from '@pctalk/core';
import { atExit } from './at-exit.ts';
import { asUnwritable } from './output-file.ts';
import { removeLeftovers, temporaryNeighbour } from './temporary-files.ts';

/** A folder under construction: a temporary neighbour that takes the final name at the end, or vanishes. */
export interface OutputFolder extends AsyncDisposable {
  /** Where it goes in the end, absolute. */
  readonly path: string;
  /** Where its files are written meanwhile. */
  readonly temporary: string;
  /** Gives the finished folder its name. */
  commit(): Promise<void>;
}

/**
 * Claims a place for a folder of results before any work is done, as `createOutputFile` does for a file.
 * @throws output-unwritable: what is around it is missing or read-only, the name is a file, or a folder that holds something
 */
export async function createOutputFolder(path: string): Promise<OutputFolder> {
  const target = resolve(path);
  await checkTarget(target, path);
  await removeLeftovers(target);
  const temporary = temporaryNeighbour(target);
  await mkdir(temporary).catch((cause) => {
    if (cause.code !== 'ENOENT') throw asUnwritable(path, cause);
    throw refused(path, 'a folder around it that is there', `no '${dirname(target)}'`, 'create it', cause);
  });
  const registration = atExit(() => rmSync(temporary, { recursive: true, force: true }));
  let committed = false;
  return {
    path: target,
    temporary,
    async commit() {
      await rmdir(target).catch((cause) => {
        if (cause.code !== 'ENOENT') throw asUnwritable(path, cause);
      });
      await rename(temporary, target).catch((cause) => {
        throw asUnwritable(path, cause);
      });
      committed = true;
      registration[Symbol.dispose]();
    },
    async [Symbol.asyncDispose]() {
      if (!committed) await rm(temporary, { recursive: true, force: true });
      registration[Symbol.dispose]();
    },
  };
}

async function checkTarget(target: string, path: string): Promise<void> {
  const found = await stat(target).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isDirectory()) throw refused(path, 'a folder', 'a file', 'choose another name');
  const names = await readdir(target);
  if (names.length > 0)
    throw refused(path, 'a new or empty folder', `one with ${names.length} files`, 'choose another');
}

function refused(path: string, expected: string, got: string, advice: string, cause?: unknown): PcTalkError {
  return new PcTalkError('output-unwritable', `output '${path}': expected ${expected}, got ${got}; ${advice}`, {
    cause,
  });
}
