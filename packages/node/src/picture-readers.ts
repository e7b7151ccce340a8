import { type ColourMatrix, type I420Image, invariant, type RgbaImage } from '@pctalk/core';

/** Cuts the bytes that ffmpeg writes into pictures. */
export interface PictureReader<Image> {
  push(chunk: Buffer): void;
  /** @returns the next whole picture, if it has arrived. */
  next(): Image | undefined;
}

/** Bytes that have arrived and not been taken. */
class ByteQueue {
  #chunks: Buffer[] = [];
  length = 0;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.length += chunk.length;
  }

  /** The first bytes, up to `most`, which are not taken. */
  peek(most: number): Buffer {
    const head: Buffer[] = [];
    let length = 0;
    for (const chunk of this.#chunks) {
      if (length >= most) break;
      head.push(chunk.subarray(0, most - length));
      length += chunk.length;
    }
    return head.length === 1 ? head[0]! : Buffer.concat(head);
  }

  take(out: Uint8Array | Uint8ClampedArray): void {
    let filled = 0;
    while (filled < out.length) {
      const head = this.#chunks[0]!;
      const part = head.subarray(0, out.length - filled);
      out.set(part, filled);
      filled += part.length;
      if (part.length === head.length) this.#chunks.shift();
      else this.#chunks[0] = head.subarray(part.length);
    }
    this.length -= out.length;
  }

  skip(bytes: number): void {
    this.take(new Uint8Array(bytes));
  }
}

/** PAM pictures with four channels of 8 bits. */
export class RgbaReader implements PictureReader<RgbaImage> {
  readonly #bytes = new ByteQueue();
  #size: { readonly width: number; readonly height: number } | undefined;

  push(chunk: Buffer): void {
    this.#bytes.push(chunk);
  }

  next(): RgbaImage | undefined {
    this.#size ??= this.#header();
    if (!this.#size) return undefined;
    const { width, height } = this.#size;
    if (this.#bytes.length < width * height * 4) return undefined;
    this.#size = undefined;
    const data = new Uint8ClampedArray(width * height * 4);
    this.#bytes.take(data);
    return { width, height, data };
  }

  #header(): { width: number; height: number } | undefined {
    const text = this.#bytes.peek(256).toString('latin1');
    const end = text.indexOf('ENDHDR\n');
    if (end < 0) return undefined;
    this.#bytes.skip(end + 'ENDHDR\n'.length);
    const read = (name: string) => Number(new RegExp(`${name} (\\d+)`).exec(text)?.[1]);
    return { width: read('WIDTH'), height: read('HEIGHT') };
  }
}

/** Longest header of YUV4MPEG2 that is waited for, bytes. */
const HEADER_BYTES = 256;

/** What the bytes do not say of their pictures. */
export interface PlanarReaderOptions {
  readonly matrix: ColourMatrix;
  /** Memory of earlier pictures, taken from here. */
  readonly spare: Uint8Array[];
}

/** YUV4MPEG2 of 4:2:0: one header with the size, then `FRAME` before each picture. */
export class PlanarReader implements PictureReader<I420Image> {
  readonly #bytes = new ByteQueue();
  readonly #options: PlanarReaderOptions;
  #size: { readonly width: number; readonly height: number } | undefined;

  constructor(options: PlanarReaderOptions) {
    this.#options = options;
  }

  push(chunk: Buffer): void {
    this.#bytes.push(chunk);
  }

  next(): I420Image | undefined {
    this.#size ??= this.#header();
    if (!this.#size) return undefined;
    const { width, height } = this.#size;
    const length = (width * height * 3) / 2;
    if (this.#bytes.length < length + 'FRAME\n'.length) return undefined;
    const line = this.#line();
    if (line === undefined || this.#bytes.length < line.length + 1 + length) return undefined;
    invariant(line.startsWith('FRAME'), `a planar picture began with '${line.slice(0, 16)}'`);
    this.#bytes.skip(line.length + 1);
    const spare = this.#options.spare.pop();
    const data = spare?.length === length ? spare : new Uint8Array(length);
    this.#bytes.take(data);
    return { format: 'i420', matrix: this.#options.matrix, width, height, data };
  }

  #header(): { width: number; height: number } | undefined {
    const line = this.#line();
    if (line === undefined) return undefined;
    const read = (name: string) => Number(new RegExp(` ${name}(\\d+)`).exec(line)?.[1]);
    const [width, height] = [read('W'), read('H')];
    invariant(
      width > 0 && height > 0 && width % 2 === 0 && height % 2 === 0,
      `planar pictures of ${width} × ${height}`,
    );
    this.#bytes.skip(line.length + 1);
    return { width, height };
  }

  #line(): string | undefined {
    const head = this.#bytes.peek(HEADER_BYTES);
    const end = head.indexOf(10);
    return end < 0 ? undefined : head.toString('latin1', 0, end);
  }
}
