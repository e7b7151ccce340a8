/**
 * Taking one file out of a package of npm's registry. Written here: it reads one small archive into memory, by a dozen
 * lines, and the file is compared with a known hash afterwards.
 */
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { MACHINE_LIMITS, PcTalkError } from '@pctalk/core';

/** Bytes of a header; contents are filled up to a multiple of it. */
const BLOCK = 512;

/**
 * The content of one file of a gzipped tar archive.
 * @param name as in the archive: `package/…` @param mostBytes of the archive, packed and unpacked
 * @returns a view into the unpacked archive
 * @throws `model-invalid` if the archive is damaged or too large, or holds no such file
 */
export async function readPackedFile(
  archive: string,
  name: string,
  mostBytes: number = MACHINE_LIMITS.packageBytes,
): Promise<Uint8Array> {
  const { size } = await stat(archive);
  if (size > mostBytes) throw invalid(archive, `at most ${mostBytes} bytes, got ${size}`);
  const tar = await promisify(gunzip)(await readFile(archive), { maxOutputLength: mostBytes }).catch((cause) => {
    throw invalid(archive, `a gzip file of at most ${mostBytes} bytes unpacked, got: ${cause.message}`, cause);
  });
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const header = readHeader(tar.subarray(at, at + BLOCK));
    const start = at + BLOCK;
    if (header === undefined || start + header.size > tar.length)
      throw invalid(archive, 'a tar file, got a broken one');
    if (header.isFile && header.name === name) return tar.subarray(start, start + header.size);
    at = start + Math.ceil(header.size / BLOCK) * BLOCK;
  }
  throw invalid(archive, `${name} in it, got none`);
}

/** A header of the form `ustar`; undefined where its size is no octal number. @source POSIX.1-2017, pax, ustar format */
function readHeader(
  block: Buffer,
): { readonly name: string; readonly size: number; readonly isFile: boolean } | undefined {
  const text = (from: number, length: number) => block.toString('utf8', from, from + length).replace(/\0.*$/s, '');
  const octal = text(124, 12).trim();
  if (!/^[0-7]+$/.test(octal)) return undefined;
  const prefix = text(345, 155);
  const name = prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`;
  return { name, size: Number.parseInt(octal, 8), isFile: ['', '0'].includes(text(156, 1)) };
}

function invalid(archive: string, expected: string, cause?: unknown): PcTalkError {
  return new PcTalkError('model-invalid', `${archive}: expected ${expected}; fetch it again`, { cause });
}
