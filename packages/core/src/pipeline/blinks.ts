import { uniformAt } from '../math/random.ts';

/** Random stream of the blink times. */
const STREAM = 101;

/** Seconds: lids fall, stay shut, rise. Human blinks last 0.1–0.4 s and close faster than they open. */
const CLOSING = 0.1;
const CLOSED = 0.04;
const OPENING = 0.18;

/** Time between blinks at rate 1, seconds: at least the minimum, on average minimum + spread (20 a minute). */
const MINIMUM_GAP = 1.2;
const MEAN_SPREAD = 1.8;

/**
 * The blinks of one performance. Their times follow from the seed alone; asked in rising order of time.
 *
 * @source Bentivoglio et al., "Analysis of blink rate patterns in normal subjects", Movement Disorders 12(6), 1997:
 * 17 a minute at rest, 26 in conversation.
 */
export class Blinks {
  readonly #seed: number;
  #count = 0;
  #start = 0;
  #previous = Number.NEGATIVE_INFINITY;

  constructor(seed: number) {
    this.#seed = seed;
    this.#start = 0.4 + this.#gap() * 0.6; // a viewer expects the first blink early, but not at once
  }

  /**
   * Lid closure at `time`, 0 open to 1 shut.
   * @param rate blinks relative to the natural rate, ≥ 0; a blink under way finishes.
   */
  closureAt(time: number, rate: number): number {
    if (rate > 0) {
      while (time >= this.#start) {
        this.#previous = this.#start;
        this.#start += this.#gap() / rate;
      }
    } else if (time >= this.#start) {
      this.#start = time + this.#gap();
    }
    return lidClosure(time - this.#previous);
  }

  #gap(): number {
    const u = uniformAt(this.#seed, STREAM, this.#count++);
    return MINIMUM_GAP + CLOSING + CLOSED + OPENING - MEAN_SPREAD * Math.log(1 - 0.98 * u);
  }
}

/** Closure `elapsed` seconds after a blink began: a fast cosine fall, a short rest, a slower rise. */
function lidClosure(elapsed: number): number {
  if (elapsed < 0 || elapsed >= CLOSING + CLOSED + OPENING) return 0;
  if (elapsed < CLOSING) return 0.5 - 0.5 * Math.cos((Math.PI * elapsed) / CLOSING);
  if (elapsed < CLOSING + CLOSED) return 1;
  return 0.5 + 0.5 * Math.cos((Math.PI * (elapsed - CLOSING - CLOSED)) / OPENING);
}
