import { PcTalkError } from '../errors.ts';

/** Time for a live session, from the platform: seconds that only rise, and a wait. */
export interface Clock {
  /** Seconds since any start. */
  now(): number;
  /** Resolves at that time, or a little later. */
  until(time: number): Promise<void>;
}

/** A wait that ends this much later than asked is a stalled machine, one that ends earlier a clock that jumps, seconds. */
export const CLOCK_TOLERANCE = 5;

/** Calls for a frame 25 times a second by a clock. */
export class Ticker {
  readonly #clock: Clock;
  readonly #interval: number;
  readonly #start: number;
  #last: number;
  #count = 0;

  /** @param fps frames a second. */
  constructor(clock: Clock, fps: number) {
    this.#clock = clock;
    this.#interval = 1 / fps;
    this.#start = clock.now();
    this.#last = this.#start;
  }

  /** Resolves when the next frame is due. @throws `clock-invalid` if the clock ran backwards, jumped or stood still */
  async next(): Promise<void> {
    const due = this.#start + this.#count++ * this.#interval;
    if (this.#clock.now() < due) await this.#clock.until(due);
    const now = this.#clock.now();
    if (Number.isNaN(now) || now < this.#last - 1e-6 || now < due - 1e-3 || now > due + CLOCK_TOLERANCE) {
      const message = `clock: expected a time near ${due.toFixed(2)} s, got ${now.toFixed(2)} s; use a clock that only rises and open another session`;
      throw new PcTalkError('clock-invalid', message, { details: { due, now } });
    }
    this.#last = now;
  }
}
