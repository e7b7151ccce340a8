const UTF8 = new TextDecoder();

/** Reads numbers and text from bytes in order; little-endian unless said. Every read past the end calls `fail`. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #fail: (what: string) => never;
  #at = 0;

  constructor(bytes: Uint8Array, fail: (what: string) => never) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#fail = fail;
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#at;
  }

  /** @returns the next `count` bytes, a view. */
  take(count: number): Uint8Array {
    const start = this.#advance(count);
    return this.#bytes.subarray(start, start + count);
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  uint64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true));
  }

  float64BigEndian(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  /** UTF-8 text of `count` bytes. */
  text(count: number): string {
    return UTF8.decode(this.take(count));
  }

  /** Latin-1 text up to the next line feed, which is read too. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    const text = latin1(this.take((end < 0 ? this.#bytes.length : end) - this.#at));
    this.take(1);
    return text;
  }

  #advance(count: number): number {
    const start = this.#at;
    if (start + count > this.#bytes.length) this.#fail(`the end of the data at byte ${this.#bytes.length}`);
    this.#at = start + count;
    return start;
  }
}

/** Letters made at once: as many as a call takes arguments everywhere. */
const PIECE = 8192;

/** ISO 8859-1, not the web's windows-1252: byte n is code point n. */
export function latin1(bytes: Uint8Array): string {
  return fromUnits(bytes);
}

/** Text of UTF-16 code units, made in pieces: letter by letter a text takes 30 times its size. */
export function fromUnits(units: Uint8Array | Uint16Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < units.length; at += PIECE) {
    pieces.push(String.fromCharCode.apply(null, units.subarray(at, at + PIECE) as unknown as number[]));
  }
  return pieces.join('');
}

/** Bytes of a text in ISO 8859-1; of a code unit beyond it the lower half. @returns new memory */
export function toLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
