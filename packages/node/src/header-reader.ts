import type { FileHandle } from 'node:fs/promises';
import { INPUT_LIMITS, PcTalkError } from '@pctalk/core';

/** Bytes read at once. */
const WINDOW = 65_536;

/**
 * Reads the headers of a container one after the other through a window, and counts them: a file of nothing but empty
 * boxes costs one read each 64 kB, and is refused.
 */
export class HeaderReader {
  readonly #file: FileHandle;
  readonly #where: string;
  readonly #most: number;
  readonly #window = Buffer.allocUnsafe(WINDOW);
  #start = 0;
  #filled = 0;
  #count = 0;

  /** @param where names the file in messages */
  constructor(file: FileHandle, where: string, most: number = INPUT_LIMITS.headers) {
    this.#file = file;
    this.#where = where;
    this.#most = most;
  }

  /**
   * @param length bytes, at most 65,536
   * @returns a view, valid until the next call; shorter at the end of the file
   * @throws limit-exceeded when called more often than a container has headers
   */
  async read(offset: number, length: number): Promise<Buffer> {
    if (++this.#count > this.#most) {
      throw new PcTalkError(
        'limit-exceeded',
        `${this.#where}: expected at most ${this.#most} boxes or chunks, got more; convert it or export it again`,
      );
    }
    const isInside = offset >= this.#start && offset + length <= this.#start + this.#filled;
    if (!isInside) {
      this.#filled = (await this.#file.read(this.#window, 0, WINDOW, offset)).bytesRead;
      this.#start = offset;
    }
    const at = offset - this.#start;
    return this.#window.subarray(at, Math.min(at + length, this.#filled));
  }
}
