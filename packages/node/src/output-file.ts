import { randomBytes } from 'node:crypto';
import { access, constants, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { PcTalkError } from '@pctalk/core';

/** A file under construction: a temporary neighbour that takes the final name at the end, or vanishes. */
export interface OutputFile extends AsyncDisposable {
  /** Where the file goes in the end, absolute. */
  readonly path: string;
  /** What to write meanwhile: same folder and extension, hidden. */
  readonly temporary: string;
  /** Gives the finished file its name, in one step, replacing what was there. */
  commit(): Promise<void>;
}

/** Options of `createOutputFile`. */
export interface OutputFileOptions {
  /** Files being read, which must not be replaced. */
  readonly inputs?: readonly string[];
  /** Extension the name must have, such as `.mp4`. */
  readonly extension?: string;
}

/**
 * Claims a place for an output before any work is done. Disposing it without `commit` leaves nothing behind.
 * @throws output-unwritable: the folder is missing or read-only, the name is a folder, a device or an input
 */
export async function createOutputFile(path: string, options: OutputFileOptions = {}): Promise<OutputFile> {
  const wanted = resolve(path);
  if (options.extension !== undefined && extname(wanted).toLowerCase() !== options.extension) {
    throw unwritable(
      path,
      `a name that ends in ${options.extension}`,
      'another one',
      `name it ${path}${options.extension}`,
    );
  }
  const target = await realpath(wanted).catch(() => wanted); // A link keeps pointing where it points.
  await checkTarget(target, path);
  for (const input of options.inputs ?? []) {
    if ((await realpath(input).catch(() => resolve(input))) === target) {
      throw unwritable(path, 'another file than the input', 'the input itself', 'choose another name');
    }
  }
  const extension = extname(target);
  const temporary = join(
    dirname(target),
    `.${basename(target, extension)}.${randomBytes(6).toString('hex')}${extension}`,
  );
  await claim(temporary, path);
  let committed = false;
  return {
    path: target,
    temporary,
    async commit() {
      await rename(temporary, target).catch((cause) => {
        throw unwritable(path, 'a place that can be replaced', String(cause.message), 'choose another one', cause);
      });
      committed = true;
    },
    async [Symbol.asyncDispose]() {
      if (!committed) await rm(temporary, { force: true });
    },
  };
}

async function checkTarget(target: string, path: string): Promise<void> {
  const found = await stat(target).catch(() => undefined);
  if (found === undefined) return;
  if (found.isDirectory()) throw unwritable(path, 'a file name', 'a folder', 'add a name to it');
  if (!found.isFile()) throw unwritable(path, 'a plain file', 'a device or pipe', 'choose another name');
  await access(target, constants.W_OK).catch((cause) => {
    throw unwritable(path, 'a file that may be replaced', 'a read-only one', 'choose another name', cause);
  });
}

async function claim(temporary: string, path: string): Promise<void> {
  try {
    await (await open(temporary, 'wx')).close();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const got = code === 'ENOENT' ? `no folder '${dirname(temporary)}'` : message;
    throw unwritable(path, 'a folder that can be written to', got, 'create it, or choose another one', cause);
  }
}

function unwritable(path: string, expected: string, got: string, advice: string, cause?: unknown): PcTalkError {
  return new PcTalkError('output-unwritable', `output '${path}': expected ${expected}, got ${got}; ${advice}`, {
    cause,
  });
}
