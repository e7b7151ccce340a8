import type { FileHandle } from 'node:fs/promises';
import { INPUT_LIMITS } from '@pctalk/core';
import { HeaderReader } from './header-reader.ts';
import { tooLarge } from './verify-video.ts';

/** Signature and screen descriptor. */
const HEAD_BYTES = 13;
/** Begins the application extension of a manifest: mark, label, length and name, then "C2PA_GIF", version 1.0.0. */
const MANIFEST = Buffer.from('\x21\xff\x0bC2PA_GIF\x01\x00\x00', 'latin1');
const [EXTENSION, IMAGE] = [0x21, 0x2c];
/** Bytes of a colour table of which the flags of its descriptor tell. */
const tableBytes = (flags: number): number => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);

/**
 * The C2PA manifest of a GIF.
 * @param where names the file in messages
 * @returns its JUMBF bytes; undefined where there is none, or it is not cut into blocks of 255 bytes as it is written
 * @throws limit-exceeded when there are too many blocks
 * @source GIF89a §15, §20, §26, C2PA 2.2 §A.3.8
 */
export async function readGifManifest(file: FileHandle, where: string): Promise<Buffer | undefined> {
  const headers = new HeaderReader(file, where);
  let at = HEAD_BYTES + tableBytes((await headers.read(0, HEAD_BYTES))[10] ?? 0);
  for (;;) {
    const head = Buffer.from(await headers.read(at, MANIFEST.length));
    if (head.equals(MANIFEST)) return await readBlocks(headers, at + MANIFEST.length, where);
    if (head[0] === EXTENSION) at += 2;
    else if (head[0] === IMAGE)
      at += 10 + tableBytes(head[9] ?? 0) + 1; // and the least code size
    else return undefined;
    for (let length = -1; length !== 0; at += 1 + length) {
      const block = await headers.read(at, 1);
      if (block.length === 0) return undefined;
      length = block[0]!;
    }
  }
}

async function readBlocks(headers: HeaderReader, start: number, where: string): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  for (let at = start; ; at += 256) {
    if (parts.length * 255 > INPUT_LIMITS.manifestBytes) throw tooLarge(where, 'manifest', INPUT_LIMITS.manifestBytes);
    const block = await headers.read(at, 256);
    const length = block[0];
    if (length === undefined || block.length <= length) return undefined;
    parts.push(Buffer.from(block.subarray(1, 1 + length)));
    if (length === 255) continue;
    const isEnd = length === 0 || (await headers.read(at + 1 + length, 1))[0] === 0;
    return isEnd ? Buffer.concat(parts) : undefined;
  }
}
