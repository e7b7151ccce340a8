import { open } from 'node:fs/promises';
import { INPUT_LIMITS } from '@pctalk/core';
import { HeaderReader } from './header-reader.ts';
import { checkBoxCount } from './mp4-boxes.ts';
import { type ReadBytes, unfilledRf64 } from './raw-sound.ts';

/** What the end of a file shows, against what its own container announces. Nothing of it when the format does not say. */
export interface FileEnd {
  /** What is missing: the file is cut. */
  readonly missing?: string;
  /** What is odd and costs nothing: the file is whole as far as it can be read. */
  readonly oddity?: string;
  /** The samples were counted by the container's own lengths, or go on to the file's end: no announced duration says more. */
  readonly isCounted?: true;
  /** Options of ffmpeg before its `-i` without which it finds no sample. */
  readonly demuxer?: readonly string[] | undefined;
}

/**
 * Tells whether a media file ends before its own container says it does: ffmpeg reads a cut WAV, MP4 or Ogg file to its
 * end and reports success. Other formats are judged by their declared duration (see `inspectAudio`).
 * @throws limit-exceeded when it consists of too many boxes or chunks.
 * @source RIFF/WAVE (Microsoft 1991), RF64 (EBU Tech 3306), ISO/IEC 14496-12 §4.2 (boxes), RFC 3533 §6 (Ogg pages),
 * GIF89a §27 (trailer), Advanced Systems Format 1.20 §2 (objects)
 */
export async function findFileEnd(path: string): Promise<FileEnd> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  const headers = new HeaderReader(file, path);
  const read: ReadBytes = (offset, length) => headers.read(offset, length);
  const magic = (await read(0, 12)).toString('latin1');
  if (/^(RIFF|RF64|BW64)....WAVE$/s.test(magic)) return await endOfWave(read, size);
  if (BOXES.test(magic.slice(4, 8))) await checkBoxCount(file, path, INPUT_LIMITS.headers);
  if (magic.slice(4, 8) === 'ftyp') return await endOfBoxes(read, size);
  if (magic.startsWith('OggS')) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(OGG_TAIL), 0, OGG_TAIL, Math.max(0, size - OGG_TAIL));
    return endOfOgg(buffer.subarray(0, bytesRead));
  }
  if (magic.startsWith('GIF8')) return endOfGif(await read(Math.max(0, size - GIF_TAIL), GIF_TAIL));
  if (magic.startsWith('\x30\x26\xb2\x75')) return await endOfAsf(read, size);
  return {};
}

/** First boxes of MP4 and QuickTime files. */
const BOXES = /^(ftyp|moov|mdat|wide|free|skip|udta|junk|pnot)$/;

/** Lengths that whoever could not go back to fill them in has left: 0, and what lies just below 2³¹ and 2³² or at 2³¹. */
function isPlaceholder(length: number): boolean {
  return length === 0 || (length >= 0x7fff_0000 && length <= 0x8000_ffff) || length >= 0xffff_0000;
}

/** Writers that count the file's header with its samples announce that much more than there is, bytes. */
const HEADER_SLIP = 128;

/** Chunks: name (4), little-endian size (4), body padded to even length. RF64 has the size of `data` in `ds64`. */
async function endOfWave(read: ReadBytes, size: number): Promise<FileEnd> {
  let large: number | undefined;
  for (let offset = 12; offset + 8 <= size; ) {
    const header = await read(offset, 24);
    const name = header.toString('latin1', 0, 4);
    const length = header.readUInt32LE(4);
    if (name === 'ds64' && header.length === 24) large = Number(header.readBigUInt64LE(16));
    if (name === 'data') {
      const held = size - offset - 8;
      if (large !== undefined && (large === 0 || large >= 2 ** 63)) {
        return { isCounted: true, demuxer: await unfilledRf64(read, offset + 8) };
      }
      const announced = large ?? length;
      const isKnown = large !== undefined || !isPlaceholder(length);
      if (!isKnown || announced <= held + HEADER_SLIP) return { isCounted: true };
      return { missing: `its data chunk announces ${announced} bytes and holds ${held}` };
    }
    offset += 8 + length + (length & 1);
  }
  return { missing: 'it has no data chunk' };
}

/** Boxes that hold samples or say where they are, and those that come before further samples. */
const SAMPLE_BOXES = /^(moov|mdat|moof|styp|sidx)$/;

/**
 * Top-level boxes: big-endian size (4; 1 = 64-bit size follows; 0 = to the end of the file), type (4). What follows whole
 * index and samples and is none of those boxes is no part of the recording.
 */
async function endOfBoxes(read: ReadBytes, size: number): Promise<FileEnd> {
  const whole = new Set<string>();
  for (let offset = 0; offset < size; ) {
    const header = await read(offset, 16);
    const type = header.toString('latin1', 4, 8);
    const short = header.length < 8 ? 0 : header.readUInt32BE(0);
    if (short === 0 && SAMPLE_BOXES.test(type)) return {};
    const length = short === 1 && header.length === 16 ? Number(header.readBigUInt64BE(8)) : short;
    if (length < 8 || offset + length > size) {
      const isRest = whole.has('moov') && whole.has('mdat') && !SAMPLE_BOXES.test(type);
      if (isRest) return { oddity: `${size - offset} bytes follow its last box` };
      return { missing: `its ${JSON.stringify(type)} box announces ${length} bytes and holds ${size - offset}` };
    }
    whole.add(type);
    offset += length;
  }
  return {};
}

/** What is read of an Ogg file's end, bytes: several of the largest pages of 65,307. */
const OGG_TAIL = 1 << 20;

/**
 * Pages: `OggS` (4), version 0, header type with the end-of-stream bit (4), …, count of lacing values at 26, these; their
 * sum is the body's length.
 */
function endOfOgg(tail: Buffer): FileEnd {
  let page = tail.lastIndexOf('OggS');
  while (page > 0 && tail[page + 4] !== 0 && page + 4 < tail.length) page = tail.lastIndexOf('OggS', page - 1);
  if (page < 0) return { oddity: `the last ${tail.length} bytes are no part of the stream` };
  const lacing = tail.subarray(page + 27, page + 27 + (tail[page + 26] ?? 0));
  const end = page + 27 + (tail[page + 26] ?? 0) + lacing.reduce((sum, value) => sum + value, 0);
  const isLast = ((tail[page + 5] ?? 0) & 4) !== 0;
  const rest = tail.subarray(end).toString('latin1');
  if (end > tail.length || (!isLast && rest !== '' && 'OggS'.startsWith(rest))) {
    return { missing: 'its last page is not whole' };
  }
  if (!isLast) return { oddity: 'its last page is not marked as the end of the stream; the recording may go on' };
  return rest === '' ? {} : { oddity: `${rest.length} bytes follow its last page` };
}

/** What is read of a GIF's end, bytes. */
const GIF_TAIL = 4096;

/** The end of the last block (0), then `;`. */
function endOfGif(tail: Buffer): FileEnd {
  const end = tail.lastIndexOf('\0;');
  if (end < 0) return { missing: 'its end mark is missing' };
  const rest = tail.length - end - 2;
  return rest === 0 ? {} : { oddity: `${rest} bytes follow its end mark` };
}

/** Top-level objects: GUID (16), little-endian size (8), 0 in live streams. Header and samples come first. */
async function endOfAsf(read: ReadBytes, size: number): Promise<FileEnd> {
  let offset = 0;
  for (const part of ['header', 'part of samples']) {
    const head = await read(offset, 24);
    const length = head.length < 24 ? 0 : Number(head.readBigUInt64LE(16));
    if (length === 0) return offset < size ? {} : { missing: `it has no ${part}` };
    if (offset + length > size) return { missing: `its ${part} announces ${length} bytes and holds ${size - offset}` };
    offset += length;
  }
  return {};
}
