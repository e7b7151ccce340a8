import { checkInUse, type Picture } from '@pctalk/core';
import type { VideoDecodeOptions } from './video-decode.ts';

/** Frames kept at once while a clip runs backwards, bytes. */
const CHUNK_BYTES = 48 << 20;

/** Frames ahead that are reached sooner by seeking than by reading on. */
const FAR = 100;

/** Decodes a range of a clip's frames, each new memory: `decodeVideo` or `decodeI420` of it. */
export type ClipDecoder<Image> = (
  range: Pick<VideoDecodeOptions, 'from' | 'count'>,
) => AsyncGenerator<Image, void, void>;

/** A clip's frames by number, asked for one after the other in either direction. Each answer may be drawn into. */
export class ClipReader<Image extends Picture> implements AsyncDisposable {
  readonly #decode: ClipDecoder<Image>;
  #forward: AsyncGenerator<Image, void, void> | undefined;
  #next = 0;
  #chunk: Image[] = [];
  #chunkFrom = 0;
  /** The frame given last, with its picture if that was not handed out. */
  #last: { readonly index: number; readonly picture: Image | undefined } | undefined;
  #frameBytes = 0;
  readonly #lastIndex: number;
  #isDisposed = false;

  /**
   * @param lastIndex number of the clip's last frame, when all others are asked for once on each way: then they are handed
   * out themselves instead of copies.
   */
  constructor(decode: ClipDecoder<Image>, { lastIndex = 0 }: { readonly lastIndex?: number } = {}) {
    this.#decode = decode;
    this.#lastIndex = lastIndex;
  }

  /** @returns the frame, new memory; the last one there is when the clip ends before `index` */
  async frameAt(index: number): Promise<Image> {
    checkInUse(!this.#isDisposed, 'clip reader');
    if (this.#last?.index === index) return this.#lastAgain(index);
    const isBackward = this.#last !== undefined && index < this.#last.index;
    const picture = isBackward ? await this.#backward(index) : await this.#ahead(index);
    if (picture === undefined) return this.#lastAgain(index);
    this.#frameBytes = picture.data.length;
    // What is handed out may be drawn into or belong to another thread by the next call.
    const isHandedOut = index < this.#lastIndex;
    this.#last = { index, picture: isHandedOut ? undefined : picture };
    return isHandedOut ? picture : copy(picture);
  }

  async #lastAgain(asked: number): Promise<Image> {
    if (this.#last?.picture !== undefined) return copy(this.#last.picture);
    const index = this.#last?.index;
    if (index !== undefined) {
      for await (const picture of this.#decode({ from: index, count: 1 })) {
        this.#last = { index, picture };
        return copy(picture);
      }
    }
    throw new RangeError(`clip has no frame ${asked}`);
  }

  async #ahead(index: number): Promise<Image | undefined> {
    this.#chunk = [];
    if (this.#forward === undefined || index < this.#next || index > this.#next + FAR) {
      await this.#close();
      this.#forward = this.#decode({ from: index });
      this.#next = index;
    }
    for (;;) {
      const { value, done } = await this.#forward.next();
      if (done) return undefined;
      if (this.#next++ === index) return value;
    }
  }

  async #backward(index: number): Promise<Image | undefined> {
    await this.#close();
    const at = index - this.#chunkFrom;
    if (this.#chunk.length === 0 || at < 0 || at >= this.#chunk.length) {
      const count = Math.min(index + 1, Math.max(2, Math.floor(CHUNK_BYTES / this.#frameBytes)));
      this.#chunkFrom = index + 1 - count;
      this.#chunk = [];
      for await (const picture of this.#decode({ from: this.#chunkFrom, count })) {
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
    this.#isDisposed = true;
    this.#chunk = [];
    await this.#close();
  }
}

function copy<Image extends Picture>(picture: Image): Image {
  return { ...picture, data: picture.data.slice() };
}
