import { randomBytes } from 'node:crypto';
import { access, constants, type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { PcTalkError } from '@pctalk/core';

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
    async write(content) {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      await using file = await open(temporary, 'w').catch((cause) => {
        throw unwritten(path, cause);
      });
      await writeAll(file, bytes, 0, path);
    },
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

/**
 * Writes all bytes at a place of a file.
 * @param path for messages
 * @throws output-unwritable: the disk is full or the device fails
 */
export async function writeAll(file: FileHandle, bytes: Uint8Array, position: number, path: string): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done).catch((cause) => {
      throw unwritten(path, cause);
    });
    if (bytesWritten === 0) throw unwritten(path, new Error('no byte was taken'));
    done += bytesWritten;
  }
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

function unwritten(path: string, cause: NodeJS.ErrnoException): PcTalkError {
  const got = cause.code === 'ENOSPC' ? 'a full disk' : cause.message;
  return unwritable(path, 'room for the whole file', got, 'free some space, or choose another place', cause);
}

function unwritable(path: string, expected: string, got: string, advice: string, cause?: unknown): PcTalkError {
  return new PcTalkError('output-unwritable', `output '${path}': expected ${expected}, got ${got}; ${advice}`, {
    cause,
  });
}
