import { readFile, stat } from 'node:fs/promises';
import type { PcTalkError } from '@pctalk/core';

/** Largest file that is read as a whole, bytes: 50 megapixels of 16 bits and four channels fit in. */
export const INPUT_MAX_BYTES = 512 * 2 ** 20;

/**
 * Reads a whole plain file; pipes and devices, which may never end, are refused unopened.
 * @param fail makes the caller's error from what was got instead
 */
export async function readInput(
  path: string,
  fail: (got: string, cause?: unknown) => PcTalkError,
  maxBytes = INPUT_MAX_BYTES,
): Promise<Buffer> {
  const size = await plainFileSize(path, fail);
  if (size > maxBytes) throw fail(`got a file of ${Math.ceil(size / 2 ** 20)} MB, more than ${maxBytes / 2 ** 20} MB`);
  return readFile(path).catch((cause) => {
    throw fail(`could not read it (${cause.code})`, cause);
  });
}

/**
 * Size of a plain file, bytes.
 * @param fail as in `readInput`
 */
export async function plainFileSize(
  path: string,
  fail: (got: string, cause?: unknown) => PcTalkError,
): Promise<number> {
  const found = await stat(path).catch((cause) => {
    throw fail(cause.code === 'ENOENT' ? 'found no file of that name' : `could not read it (${cause.code})`, cause);
  });
  if (!found.isFile()) throw fail('got a folder, pipe or device');
  return found.size;
}
