/**
 * Reading uncompressed ZIP archives, which is what PyTorch checkpoints are: entries are views, nothing is copied.
 *
 * @source PKWARE APPNOTE 6.3.10, 4.3 (record layouts, ZIP64)
 */
import { PcTalkError } from '../errors.ts';

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_SIZE = 22;
const LOCATOR64_SIZE = 20;

const UTF8 = new TextDecoder();
/** Entries an archive has at most: a checkpoint has one for each of its few thousand tensors. */
const MOST_ENTRIES = 100_000;

interface Directory {
  readonly offset: number;
  readonly size: number;
  readonly count: number;
}

/** Where an entry lies: from its local header to the end of its data. */
interface Extent {
  readonly name: string;
  readonly local: number;
  readonly start: number;
  readonly end: number;
  readonly crc: number;
}

/**
 * Lists the stored entries of an archive by name.
 * @returns views into `bytes`, each checked against its CRC-32; no byte belongs to two, so the work is linear in the file.
 * @throws `model-invalid` on a truncated, damaged, compressed, encrypted or ambiguous archive.
 */
export function readZip(bytes: Uint8Array, where: string): Map<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = findDirectory(view, where);
  if (directory.count > MOST_ENTRIES) throw damaged(where, `it has more than ${MOST_ENTRIES} entries`);
  const extents = new Map<string, Extent>();
  let at = directory.offset;
  for (let i = 0; i < directory.count; i++) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== CENTRAL) throw damaged(where, 'its directory is cut');
    const nameSize = view.getUint16(at + 28, true);
    const extraSize = view.getUint16(at + 30, true);
    const next = at + 46 + nameSize + extraSize + view.getUint16(at + 32, true);
    if (next > view.byteLength) throw damaged(where, 'its directory is cut');
    const name = UTF8.decode(bytes.subarray(at + 46, at + 46 + nameSize));
    if (extents.has(name)) throw damaged(where, `entry ${JSON.stringify(name.slice(0, 80))} appears twice`);
    extents.set(name, findEntry(view, at, name, where));
    at = next;
  }
  refuseOverlap([...extents.values()], directory, where);
  const entries = new Map<string, Uint8Array>();
  for (const [name, { start, end, crc }] of extents) {
    const data = bytes.subarray(start, end);
    if (crc32(data) !== crc) throw damaged(where, `entry ${JSON.stringify(name.slice(0, 80))} fails its checksum`);
    entries.set(name, data);
  }
  return entries;
}

/** Entries that share bytes would let a small file stand for a large one. */
function refuseOverlap(extents: readonly Extent[], directory: Directory, where: string): void {
  let end = 0;
  for (const extent of extents.toSorted((a, b) => a.local - b.local)) {
    if (extent.local < end || extent.end > directory.offset) {
      throw damaged(where, `entry ${JSON.stringify(extent.name.slice(0, 80))} overlaps another or the directory`);
    }
    end = extent.end;
  }
}

function findEntry(view: DataView, at: number, name: string, where: string): Extent {
  const quoted = JSON.stringify(name.slice(0, 80));
  if (view.getUint16(at + 8, true) & 1) throw damaged(where, `entry ${quoted} is encrypted`);
  if (view.getUint16(at + 10, true) !== 0) {
    throw damaged(where, `entry ${quoted} is compressed; PyTorch stores its entries uncompressed`);
  }
  const { packed, size, local } = readSizes(view, at, where);
  if (packed !== size) throw damaged(where, `entry ${quoted} is stored in ${packed} bytes and said to hold ${size}`);
  if (local + 30 > view.byteLength || view.getUint32(local, true) !== LOCAL) {
    throw damaged(where, `entry ${quoted} is not where the directory says`);
  }
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (start + size > view.byteLength) throw damaged(where, `entry ${quoted} reaches past the end of the file`);
  return { name, local, start, end: start + size, crc: view.getUint32(at + 16, true) };
}

/** Sizes and place of an entry, from the ZIP64 field where the 32-bit one is full. */
function readSizes(view: DataView, at: number, where: string) {
  let packed = view.getUint32(at + 20, true);
  let size = view.getUint32(at + 24, true);
  let local = view.getUint32(at + 42, true);
  if (packed !== 0xffffffff && size !== 0xffffffff && local !== 0xffffffff) return { packed, size, local };
  let extra = at + 46 + view.getUint16(at + 28, true);
  const end = extra + view.getUint16(at + 30, true);
  while (extra + 4 <= end) {
    const length = view.getUint16(extra + 2, true);
    let field = extra + 4;
    if (view.getUint16(extra, true) === 1 && field + length <= end) {
      const take = (): number => {
        if (field + 8 > extra + 4 + length) throw damaged(where, 'a ZIP64 field is cut');
        field += 8;
        return Number(view.getBigUint64(field - 8, true));
      };
      if (size === 0xffffffff) size = take();
      if (packed === 0xffffffff) packed = take();
      if (local === 0xffffffff) local = take();
      return { packed, size, local };
    }
    extra = field + length;
  }
  throw damaged(where, 'a ZIP64 field is missing');
}

function findDirectory(view: DataView, where: string): Directory {
  const lowest = Math.max(0, view.byteLength - END_SIZE - 0xffff);
  for (let at = view.byteLength - END_SIZE; at >= lowest; at--) {
    if (view.getUint32(at, true) !== END) continue;
    const found = readEnd64(view, at) ?? {
      count: view.getUint16(at + 10, true),
      size: view.getUint32(at + 12, true),
      offset: view.getUint32(at + 16, true),
    };
    if (found.offset + found.size > at) throw damaged(where, 'its directory lies outside the file');
    return found;
  }
  throw damaged(where, 'its end is missing, so the file is probably truncated; download it again');
}

function readEnd64(view: DataView, end: number): Directory | undefined {
  const locator = end - LOCATOR64_SIZE;
  if (locator < 0 || view.getUint32(locator, true) !== LOCATOR64) return undefined;
  const at = Number(view.getBigUint64(locator + 8, true));
  if (at + 56 > view.byteLength || view.getUint32(at, true) !== END64) return undefined;
  return {
    count: Number(view.getBigUint64(at + 32, true)),
    size: Number(view.getBigUint64(at + 40, true)),
    offset: Number(view.getBigUint64(at + 48, true)),
  };
}

/** Tables of the CRC-32 (reflected 0xEDB88320) for eight bytes at a time, `[8 × 256]`. */
const CRC_TABLES = makeCrcTables();

function makeCrcTables(): Uint32Array {
  const tables = new Uint32Array(8 * 256);
  for (let i = 0; i < 256; i++) {
    let crc = i;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    tables[i] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const previous = tables[i - 256]!;
    tables[i] = (previous >>> 8) ^ tables[previous & 255]!;
  }
  return tables;
}

/** CRC-32 as ZIP uses it, unsigned. */
export function crc32(data: Uint8Array): number {
  const t = CRC_TABLES;
  let crc = 0xffffffff;
  let i = 0;
  for (const whole = data.length - 7; i < whole; i += 8) {
    const low = crc ^ (data[i]! | (data[i + 1]! << 8) | (data[i + 2]! << 16) | (data[i + 3]! << 24));
    crc =
      t[1792 + (low & 255)]! ^
      t[1536 + ((low >>> 8) & 255)]! ^
      t[1280 + ((low >>> 16) & 255)]! ^
      t[1024 + (low >>> 24)]! ^
      t[768 + data[i + 4]!]! ^
      t[512 + data[i + 5]!]! ^
      t[256 + data[i + 6]!]! ^
      t[data[i + 7]!]!;
  }
  for (; i < data.length; i++) crc = (crc >>> 8) ^ t[(crc ^ data[i]!) & 255]!;
  return (crc ^ 0xffffffff) >>> 0;
}

function damaged(where: string, what: string): PcTalkError {
  return new PcTalkError('model-invalid', `${where}: expected a whole ZIP archive of stored entries, but ${what}.`);
}
