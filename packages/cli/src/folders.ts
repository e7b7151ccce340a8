import { mkdir, stat } from 'node:fs/promises';
import { PcTalkError } from '@pctalk/core';

/** @throws usage: a flag names no folder */
export async function checkFolder(flag: string, path: string | undefined): Promise<void> {
  if (path === undefined) return;
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return;
  const got = found === undefined ? `no such folder '${path}'` : `a file '${path}'`;
  throw new PcTalkError('usage', `${flag}: expected a folder, got ${got}; check the path`);
}

/** Makes the folder results go to, with those above it. @throws output-unwritable */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((cause: Error) => {
    const message = `output '${path}': expected a folder that can be made, got ${cause.message}; choose another place`;
    throw new PcTalkError('output-unwritable', message, { cause });
  });
}
