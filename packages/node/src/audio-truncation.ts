import { open } from 'node:fs/promises';
import { HeaderReader } from './header-reader.ts';

/** Size of the largest Ogg page: 27 bytes, 255 lacing values, 255 × 255 bytes. */
const OGG_PAGE_MAX = 65_307;

/**
 * Tells whether a sound file ends before its own container says it does: ffmpeg reads a cut WAV, MP4 or Ogg file to its
 * end and reports success. Other formats are judged by their declared duration (see `inspectAudio`).
 * @returns what is missing, or undefined when the file is whole or its format does not say.
 * @throws limit-exceeded when it consists of too many boxes or chunks.
 * @source RIFF/WAVE (Microsoft 1991), ISO/IEC 14496-12 §4.2 (boxes), RFC 3533 §6 (Ogg pages)
 */
export async function findTruncation(path: string): Promise<string | undefined> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  const headers = new HeaderReader(file, path);
  const read: Read = (offset, length) => headers.read(offset, length);
  const magic = (await read(0, 12)).toString('latin1');
  if (magic.startsWith('RIFF') && magic.endsWith('WAVE')) return await truncatedWave(read, size);
  if (magic.slice(4, 8) === 'ftyp') return await truncatedBoxes(read, size);
  if (magic.startsWith('OggS')) return truncatedOgg(await read(Math.max(0, size - OGG_PAGE_MAX), OGG_PAGE_MAX));
  return undefined;
}

type Read = (offset: number, length: number) => Promise<Buffer>;

/** Chunks: name (4), little-endian size (4), body padded to even length. A size of 0 or 2³²−1 means "not known". */
async function truncatedWave(read: Read, size: number): Promise<string | undefined> {
  for (let offset = 12; offset + 8 <= size; ) {
    const header = await read(offset, 8);
    const length = header.readUInt32LE(4);
    if (header.toString('latin1', 0, 4) === 'data') {
      const known = length !== 0 && length < 0xffff_ff00;
      return known && offset + 8 + length > size
        ? `its data chunk announces ${length} bytes and holds ${size - offset - 8}`
        : undefined;
    }
    offset += 8 + length + (length & 1);
  }
  return 'it has no data chunk';
}

/** Top-level boxes: big-endian size (4; 1 = 64-bit size follows; 0 = to the end of the file), type (4). */
async function truncatedBoxes(read: Read, size: number): Promise<string | undefined> {
  let offset = 0;
  while (offset + 8 <= size) {
    const header = await read(offset, 16);
    const short = header.readUInt32BE(0);
    if (short === 0) return undefined;
    const length = short === 1 && header.length === 16 ? Number(header.readBigUInt64BE(8)) : short;
    if (length < 8 || offset + length > size) {
      return `its ${header.toString('latin1', 4, 8)} box announces ${length} bytes and holds ${size - offset}`;
    }
    offset += length;
  }
  return undefined;
}

/** The last page of a logical stream carries the end-of-stream bit (4) in its header type, byte 5. */
function truncatedOgg(end: Buffer): string | undefined {
  const page = end.lastIndexOf('OggS');
  const whole = page >= 0 && page + 6 <= end.length && (end[page + 5]! & 4) !== 0;
  return whole ? undefined : 'its last page is not marked as the end of the stream';
}
