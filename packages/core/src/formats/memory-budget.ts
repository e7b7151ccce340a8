import { INPUT_LIMITS } from '../input-limits.ts';

/** Left of what a reader may take for what is not counted here: what V8 has not yet freed. */
const SPARE = 16 * 2 ** 20;

/** Sizes of what is made in memory, bytes, about what V8 takes on 64 bits; `grown`: a place in a list that grows, copied again and again. */
export const MEMORY_COST = Object.freeze({
  slot: 8,
  grown: 32,
  list: 80,
  entry: 48,
  dict: 280,
  view: 144,
  text: 32,
  object: 64,
});

/**
 * Memory that reading a file may take: twice its size and 48 MB, so that with the file itself a reader stays under three
 * times its size and 64 MB, whatever a hostile file repeats, nests or refers to.
 */
export class MemoryBudget {
  readonly #most: number;
  #left: number;

  constructor(fileBytes: number) {
    this.#most = (INPUT_LIMITS.readerFiles - 1) * fileBytes + INPUT_LIMITS.readerBytes - SPARE;
    this.#left = this.#most;
  }

  /** @throws RangeError that says what it got instead of a file's content */
  spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw new RangeError(`more than fits in ${Math.round(this.#most / 2 ** 20)} MB of memory`);
  }
}
