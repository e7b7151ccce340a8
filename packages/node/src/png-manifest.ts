import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { HeaderReader } from './header-reader.ts';
import { readExactly } from './mp4-boxes.ts';

const SIGNATURE_BYTES = 8;
/** Length, name and checksum of a chunk. */
const FRAME_BYTES = 12;

/**
 * The C2PA manifest of a PNG.
 * @param where names the file in messages
 * @returns its JUMBF bytes; undefined where there is none, or its chunk's checksum does not hold
 * @throws limit-exceeded when there are too many chunks
 * @source PNG (third edition) §5.3, C2PA 2.2 §A.3.3 (chunk `caBX`)
 */
export async function readPngManifest(file: FileHandle, where: string): Promise<Buffer | undefined> {
  const { size } = await file.stat();
  const headers = new HeaderReader(file, where);
  for (let at = SIGNATURE_BYTES; at + FRAME_BYTES <= size; ) {
    const head = await headers.read(at, 8);
    const length = head.readUInt32BE(0);
    const name = head.toString('latin1', 4, 8);
    if (at + FRAME_BYTES + length > size) return undefined;
    if (name === 'caBX') {
      const chunk = await readExactly(file, at + 4, length + 8);
      const body = chunk.subarray(0, 4 + length);
      return crc32(body) === chunk.readUInt32BE(4 + length) ? body.subarray(4) : undefined;
    }
    at += FRAME_BYTES + length;
  }
  return undefined;
}
