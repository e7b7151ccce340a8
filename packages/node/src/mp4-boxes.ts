import type { Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { invariant, isManifestBox, PcTalkError, readBox } from '@pctalk/core';
import { HeaderReader } from './header-reader.ts';

/** Bytes read at once. */
const PIECE = 1 << 20;
/** Enough of a box to tell what it is. */
const HEAD = 24;

/** A top-level box where it lies. */
export interface PlacedBox {
  /** Four letters; empty for what does not read as a box, up to the end of the file. */
  readonly type: string;
  readonly offset: number;
  /** Bytes, header included. */
  readonly size: number;
  /** Whether it holds a C2PA manifest. */
  readonly isManifest: boolean;
}

/**
 * The top-level boxes of an MP4 in order; together they are the whole file.
 * @param where names the file in messages
 * @throws limit-exceeded when there are too many
 */
export async function* walkBoxes(file: FileHandle, where: string): AsyncGenerator<PlacedBox, void, void> {
  const { size: end } = await file.stat();
  const headers = new HeaderReader(file, where);
  for (let offset = 0; offset < end; ) {
    const rest = end - offset;
    const head = await headers.read(offset, Math.min(HEAD, rest));
    const box = rest < 8 || (rest < 16 && head.readUInt32BE(0) === 1) ? undefined : readBox(head, rest);
    const isWhole = box !== undefined && box.size >= 8 && box.size <= rest;
    const { type, size } = isWhole ? box : { type: '', size: rest };
    yield { type, offset, size, isManifest: type === 'uuid' && isManifestBox(head) };
    offset += size;
  }
}

/** Boxes that hold boxes, as c2pa-rs reads them. @source c2pa-rs bmff_io.rs, build_bmff_tree */
const CONTAINERS = new Set(
  'moov trak mdia minf stbl moof traf edts udta dinf tref treg mvex mfra meta schi'.split(' '),
);
const MOST_NESTED = 32;

/**
 * Counts the boxes of a file, those inside others too, before a reader that takes long over many.
 * @throws limit-exceeded when there are more than `most`, or they nest too deep
 */
export async function checkBoxCount(file: FileHandle, where: string, most: number): Promise<void> {
  const headers = new HeaderReader(file, where, most);
  const within = async (start: number, end: number, depth: number): Promise<void> => {
    if (depth > MOST_NESTED)
      throw new PcTalkError('limit-exceeded', `${where}: expected boxes ${MOST_NESTED} deep at most`);
    for (let at = start; at + 8 <= end; ) {
      const head = await headers.read(at, Math.min(16, end - at));
      const isLong = head.readUInt32BE(0) === 1;
      if (isLong && head.length < 16) return;
      const { type, size } = readBox(head, end - at);
      if (size < 8) return;
      const inner = at + (isLong ? 16 : 8) + (type === 'meta' ? 4 : 0);
      if (CONTAINERS.has(type)) await within(inner, Math.min(at + size, end), depth + 1);
      at += size;
    }
  };
  await within(0, (await file.stat()).size, 0);
}

/** Adds a part of a file to hashes, a piece at a time. */
export async function hashPart(file: FileHandle, offset: number, size: number, hashes: readonly Hash[]): Promise<void> {
  if (hashes.length === 0) return;
  const buffer = Buffer.allocUnsafe(Math.min(PIECE, size));
  for (let done = 0; done < size; done += PIECE) {
    const bytes = await readExactly(file, offset + done, Math.min(PIECE, size - done), buffer);
    for (const hash of hashes) hash.update(bytes);
  }
}

/** @param buffer where the bytes go, at least `length` long */
export async function readExactly(
  file: FileHandle,
  offset: number,
  length: number,
  buffer = Buffer.alloc(length),
): Promise<Buffer> {
  const bytes = buffer.subarray(0, length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await file.read(bytes, at, length - at, offset + at);
    invariant(bytesRead > 0, 'a file became shorter while it was read');
    at += bytesRead;
  }
  return bytes;
}
