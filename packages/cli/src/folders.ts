import { rmdirSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { PcTalkError } from '@pctalk/core';

/** @throws usage: a flag names no folder */
export async function checkFolder(flag: string, path: string | undefined): Promise<void> {
  if (path === undefined) return;
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return;
  const got = found === undefined ? `no such folder '${path}'` : `a file '${path}'`;
  throw new PcTalkError('usage', `${flag}: expected a folder, got ${got}; check the path`);
}

/**
 * Makes the folder results go to, with those above it. What is made and still empty when the program ends goes again.
 * @throws output-unwritable
 */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true }).catch((cause: Error) => {
    const message = `output '${path}': expected a folder that can be made, got ${cause.message}; choose another place`;
    throw new PcTalkError('output-unwritable', message, { cause });
  });
  if (first === undefined) return;
  const made = [resolve(path)];
  while (made[0] !== resolve(first)) made.unshift(dirname(made[0]!));
  process.once('exit', () => removeEmpty(made));
}

/** @param folders each in the one before */
function removeEmpty(folders: readonly string[]): void {
  try {
    for (const folder of [...folders].reverse()) rmdirSync(folder);
  } catch {
    // Not empty: it holds results.
  }
}
