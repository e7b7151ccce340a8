import { invariant } from '../errors.ts';

/** A top-level box of an MP4 file. */
export interface Box {
  readonly type: string;
  /** Bytes, header included. */
  readonly size: number;
}

/** Boxes that a C2PA BMFF hash leaves out, besides the manifest's own. @source C2PA 2.2 §A.5 and the exclusions c2pa-rs 0.91 writes */
const NOT_HASHED = ['ftyp', 'mfra', 'free', 'skip'];
/** Boxes on the way from moov to the chunk offset tables. */
const CONTAINERS = ['moov', 'trak', 'mdia', 'minf', 'stbl'];

/**
 * Reads a box header.
 * @param header the first 16 bytes of the box (fewer at the end of a file)
 * @param rest bytes from the start of the box to the end of the file: the size of a box that announces none
 * @source ISO/IEC 14496-12 §4.2
 */
export function readBox(header: Uint8Array, rest: number): Box {
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const short = view.getUint32(0);
  const size = short === 0 ? rest : short === 1 ? Number(view.getBigUint64(8)) : short;
  return { type: fourCharacters(view, 4), size };
}

/** Whether a top-level box enters the BMFF hash. */
export function isHashed(type: string): boolean {
  return !NOT_HASHED.includes(type);
}

/** Bytes of a manifest's box before the manifest: header, 16-byte type, version and flags, "manifest", an offset. */
const MANIFEST_HEAD = 4 + 4 + 16 + 4 + 9 + 8;
const MANIFEST_TYPE = [0xd8, 0xfe, 0xc3, 0xd6, 0x1b, 0x0e, 0x48, 0x3c, 0x92, 0x97, 0x58, 0x28, 0x87, 0x7e, 0xc4, 0x81];

/** Whether a `uuid` box holds a C2PA manifest. @param start its first 24 bytes. @source C2PA 2.2 §A.5.1 */
export function isManifestBox(start: Uint8Array): boolean {
  return start.length >= 24 && MANIFEST_TYPE.every((byte, i) => start[8 + i] === byte);
}

/** The manifest in its box, a view; undefined where the box's head holds anything but what must be there. */
export function manifestInBox(box: Uint8Array): Uint8Array | undefined {
  if (box.length < MANIFEST_HEAD) return undefined;
  const view = new DataView(box.buffer, box.byteOffset, box.length);
  const head = Array.from('\0\0\0\0manifest\0\0\0\0\0\0\0\0\0', (letter) => letter.charCodeAt(0));
  const isPlain = view.getUint32(0) === box.length && head.every((byte, i) => box[24 + i] === byte);
  return isPlain ? box.subarray(MANIFEST_HEAD) : undefined;
}

/** What the BMFF hash (version 3) takes before each hashed top-level box: its offset in the file, 8 bytes big-endian. */
export function offsetBytes(offset: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(offset));
  return bytes;
}

/**
 * Moves the chunk offsets of a movie box in place, as when something is inserted before its media data.
 * @param moov the whole box
 * @param shift bytes
 */
export function shiftChunkOffsets(moov: Uint8Array, shift: number): void {
  shiftWithin(new DataView(moov.buffer, moov.byteOffset, moov.length), 0, moov.length, shift);
}

function shiftWithin(view: DataView, start: number, end: number, shift: number): void {
  for (let at = start; at + 8 <= end; ) {
    const size = view.getUint32(at);
    const type = fourCharacters(view, at + 4);
    invariant(size >= 8 && at + size <= end, `box ${type} of ${size} bytes does not fit its parent`);
    if (CONTAINERS.includes(type)) shiftWithin(view, at + 8, at + size, shift);
    if (type === 'stco') {
      for (let n = 0; n < view.getUint32(at + 12); n++) {
        const entry = at + 16 + n * 4;
        const moved = view.getUint32(entry) + shift;
        invariant(moved < 2 ** 32, 'a 32-bit chunk offset does not reach that far');
        view.setUint32(entry, moved);
      }
    }
    if (type === 'co64') {
      for (let n = 0; n < view.getUint32(at + 12); n++) {
        const entry = at + 16 + n * 8;
        view.setBigUint64(entry, view.getBigUint64(entry) + BigInt(shift));
      }
    }
    at += size;
  }
}

function fourCharacters(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}
