import type { RgbaImage } from '@pctalk/core';
import { decodeVideo, type VideoDecodeOptions } from './video-decode.ts';

/** Frames kept at once while a clip runs backwards, bytes. */
const CHUNK_BYTES = 48 << 20;

/** Frames ahead that are reached sooner by seeking than by reading on. */
const FAR = 100;

/** A clip's frames by number, asked for one after the other in either direction. Each answer may be drawn into. */
export class ClipReader implements AsyncDisposable {
  readonly #path: string;
  readonly #options: Partial<VideoDecodeOptions>;
  #forward: AsyncGenerator<RgbaImage, void, void> | undefined;
  #next = 0;
  #chunk: RgbaImage[] = [];
  #chunkFrom = 0;
  #last: { readonly index: number; readonly picture: RgbaImage } | undefined;

  constructor(path: string, options: Partial<VideoDecodeOptions>) {
    this.#path = path;
    this.#options = options;
  }

  /** @returns the frame, new memory; the last one there is when the clip ends before `index` */
  async frameAt(index: number): Promise<RgbaImage> {
    if (this.#last?.index === index) return copy(this.#last.picture);
    const isBackward = this.#last !== undefined && index < this.#last.index;
    const picture = (isBackward ? await this.#backward(index) : await this.#ahead(index)) ?? this.#last?.picture;
    if (picture === undefined) throw new RangeError(`clip has no frame ${index}`);
    this.#last = { index, picture };
    return copy(picture);
  }

  async #ahead(index: number): Promise<RgbaImage | undefined> {
    this.#chunk = [];
    if (this.#forward === undefined || index < this.#next || index > this.#next + FAR) {
      await this.#close();
      this.#forward = decodeVideo(this.#path, { ...this.#options, from: index });
      this.#next = index;
    }
    for (;;) {
      const { value, done } = await this.#forward.next();
      if (done) return undefined;
      if (this.#next++ === index) return value;
    }
  }

  async #backward(index: number): Promise<RgbaImage | undefined> {
    await this.#close();
    const at = index - this.#chunkFrom;
    if (this.#chunk.length === 0 || at < 0 || at >= this.#chunk.length) {
      const { width, height } = this.#last!.picture;
      const count = Math.min(index + 1, Math.max(2, Math.floor(CHUNK_BYTES / (width * height * 4))));
      this.#chunkFrom = index + 1 - count;
      this.#chunk = [];
      for await (const picture of decodeVideo(this.#path, { ...this.#options, from: this.#chunkFrom, count })) {
        this.#chunk.push(picture);
      }
    }
    return this.#chunk[index - this.#chunkFrom];
  }

  async #close(): Promise<void> {
    await this.#forward?.return();
    this.#forward = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#chunk = [];
    await this.#close();
  }
}

function copy({ width, height, data }: RgbaImage): RgbaImage {
  return { width, height, data: data.slice() };
}
