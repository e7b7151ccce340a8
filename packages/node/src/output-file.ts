import { rmSync } from 'node:fs';
import { access, constants, type FileHandle, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, parse, resolve } from 'node:path';
import { checkInUse, PcTalkError } from '@pctalk/core';
import { atExit } from './at-exit.ts';
import { removeLeftovers, temporaryNeighbour } from './temporary-files.ts';

/** Links followed to an output, as Linux does. */
const MOST_LINKS = 40;

/** A file under construction: a temporary neighbour that takes the final name at the end, or vanishes. */
export interface OutputFile extends AsyncDisposable {
  /** Where the file goes in the end, absolute. */
  readonly path: string;
  /** What to write meanwhile: same folder and extension, hidden. */
  readonly temporary: string;
  /**
   * Writes the whole content.
   * @throws output-unwritable: the disk is full
   */
  write(content: Uint8Array | string): Promise<void>;
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
 * Claims a place for an output before any work is done. Disposing it without `commit` leaves nothing behind, nor does
 * the end of the process; what a killed one left of the same output is removed.
 * @throws output-unwritable: the folder is missing or read-only, the name is a folder, a device or an input
 */
export async function createOutputFile(path: string, options: OutputFileOptions = {}): Promise<OutputFile> {
  const wanted = resolve(path);
  checkExtension(path, options.extension);
  const target = await followLinks(wanted);
  await checkTarget(target, path);
  for (const input of options.inputs ?? []) {
    if ((await realpath(input).catch(() => resolve(input))) === target) {
      throw unwritable(path, 'another file than the input', 'the input itself', 'choose another name');
    }
  }
  await removeLeftovers(target);
  const temporary = temporaryNeighbour(target);
  await claim(temporary, path);
  const registration = atExit(() => rmSync(temporary, { force: true }));
  let committed = false;
  let isInUse = true;
  return {
    path: target,
    temporary,
    async write(content) {
      checkInUse(isInUse, 'output');
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      await using file = await open(temporary, 'w').catch((cause) => {
        throw asUnwritable(path, cause);
      });
      await writeAll(file, bytes, 0, path);
    },
    async commit() {
      checkInUse(isInUse, 'output');
      await rename(temporary, target).catch((cause) => {
        if (cause.code === 'ENOENT') throw asUnwritable(path, cause);
        throw unwritable(path, 'a place that can be replaced', String(cause.message), 'choose another one', cause);
      });
      committed = true;
      registration[Symbol.dispose]();
    },
    async [Symbol.asyncDispose]() {
      isInUse = false;
      if (!committed) await rm(temporary, { force: true });
      registration[Symbol.dispose]();
    },
  };
}

/**
 * Writes all bytes at a place of a file.
 * @param path for messages
 * @throws output-unwritable: the disk is full or the device fails
 */
export async function writeAll(file: FileHandle, bytes: Uint8Array, position: number, path: string): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done).catch((cause) => {
      throw asUnwritable(path, cause);
    });
    if (bytesWritten === 0) throw unwritten(path, 'no byte was taken');
    done += bytesWritten;
  }
}

function checkExtension(path: string, extension: string | undefined): void {
  const { dir, name, ext } = parse(path);
  if (extension === undefined || ext.toLowerCase() === extension) return;
  const better = join(dir, `${/^\.[a-z0-9]{1,5}$/i.test(ext) ? name : `${name}${ext}`}${extension}`);
  throw unwritable(path, `a name that ends in ${extension}`, ext === '' ? 'none' : `'${ext}'`, `name it ${better}`);
}

/** Where a name leads: a link keeps pointing where it points, also to what is not there yet. */
async function followLinks(path: string): Promise<string> {
  let place = path;
  for (let hop = 0; hop <= MOST_LINKS; hop++) {
    const found = await realpath(place).catch(() => undefined);
    if (found !== undefined) return found;
    const folder = await realpath(dirname(place)).catch(() => dirname(place));
    place = join(folder, basename(place));
    const next = await readlink(place).catch(() => undefined);
    if (next === undefined) return place;
    place = resolve(folder, next);
  }
  throw unwritable(path, 'a file or a link to one', 'links that lead in a circle', 'choose another name');
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

/**
 * A failed system call as the error of an output; any other error as it is.
 * @param path of the output, for messages
 */
export function asUnwritable(path: string, cause: unknown): unknown {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (!(cause instanceof Error) || code === undefined || cause instanceof PcTalkError) return cause;
  if (code !== 'ENOENT') return unwritten(path, code === 'ENOSPC' ? 'a full disk' : message, cause);
  const advice = 'leave the folder where it is until the work is done, and run it again';
  return unwritable(
    path,
    'its folder and what is written there to stay',
    'one of them removed meanwhile',
    advice,
    cause,
  );
}

function unwritten(path: string, got: string, cause?: unknown): PcTalkError {
  return unwritable(path, 'room for the whole file', got, 'free some space, or choose another place', cause);
}

function unwritable(path: string, expected: string, got: string, advice: string, cause?: unknown): PcTalkError {
  return new PcTalkError('output-unwritable', `output '${path}': expected ${expected}, got ${got}; ${advice}`, {
    cause,
  });
}
