/** Writes ZIP archives of stored entries for tests, with or without ZIP64 records. */
import { crc32 } from '../../src/formats/zip.ts';

export interface WriteZipOptions {
  /** Adds the ZIP64 end records and moves sizes into ZIP64 fields, as large checkpoints have them. */
  readonly zip64?: boolean;
  /** Compression method in the headers; the data are stored all the same. */
  readonly method?: number;
}

/** Entry data start on 64-byte boundaries, as PyTorch's do. */
export function writeZip(entries: ReadonlyMap<string, Uint8Array>, options: WriteZipOptions = {}): Uint8Array {
  const chunks: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  const put = (chunk: Uint8Array) => {
    chunks.push(chunk);
    at += chunk.length;
  };
  for (const [name, data] of entries) {
    const nameBytes = new TextEncoder().encode(name);
    const padding = (64 - ((at + 30 + nameBytes.length) % 64)) % 64;
    const start = at;
    const sizes = [crc32(data), data.length, data.length];
    put(
      header(
        [0x04034b50, 4],
        [0, 2],
        [0, 2],
        [options.method ?? 0, 2],
        [0, 4],
        ...sizes.map(wide),
        [nameBytes.length, 2],
        [padding, 2],
      ),
    );
    put(nameBytes);
    put(new Uint8Array(padding));
    put(data);
    const full = 0xffffffff;
    const extra = options.zip64
      ? header([1, 2], [24, 2], [data.length, 8], [data.length, 8], [start, 8])
      : new Uint8Array();
    const [size, offset] = options.zip64 ? [full, full] : [data.length, start];
    directory.push(
      header(
        [0x02014b50, 4],
        [0, 2],
        [0, 2],
        [0, 2],
        [options.method ?? 0, 2],
        [0, 4],
        wide(sizes[0]!),
        wide(size),
        wide(size),
        [nameBytes.length, 2],
        [extra.length, 2],
        [0, 2],
        [0, 2],
        [0, 2],
        [0, 4],
        wide(offset),
      ),
      nameBytes,
      extra,
    );
  }
  const start = at;
  for (const chunk of directory) put(chunk);
  const size = at - start;
  if (options.zip64) {
    const end = at;
    put(
      header(
        [0x06064b50, 4],
        [44, 8],
        [0, 2],
        [0, 2],
        [0, 4],
        [0, 4],
        [entries.size, 8],
        [entries.size, 8],
        [size, 8],
        [start, 8],
      ),
    );
    put(header([0x07064b50, 4], [0, 4], [end, 8], [1, 4]));
  }
  const [count, last] = options.zip64 ? [0xffff, 0xffffffff] : [entries.size, start];
  put(header([0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], wide(size), wide(last), [0, 2]));
  return join(chunks);
}

function wide(value: number): readonly [number, number] {
  return [value, 4];
}

function header(...fields: readonly (readonly [value: number, size: number])[]): Uint8Array {
  const bytes: number[] = [];
  for (const [value, size] of fields) {
    for (let i = 0; i < size; i++) bytes.push(Number((BigInt(value) >> BigInt(8 * i)) & 255n));
  }
  return Uint8Array.from(bytes);
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}
