import { UNUSUAL_MOUTH } from './mouth-watch.ts';

/** Frames between two looks for what has been there all along, so that nothing about it is unusual. */
const LOOK_EVERY = 24;
/** Frames between looks while the mouth looks unusual and it is not known why, and after it is. */
const DOUBT_EVERY = 2;
const SURE_EVERY = 12;
/** A mouth that looks unusual for so many frames and is not covered has changed for good: light, a turn of the head. */
const GIVE_UP_AFTER = 12;

/** Where a mouth is covered, as far as is known after a frame. */
export interface CoverVerdict {
  /** Frames that are covered now beside those told before: first, and the one after the last. */
  readonly covered?: readonly [from: number, to: number];
  /** Whether it was seen to come: what has been there all along may be the mouth itself. */
  readonly hasCome?: boolean;
  /** What is usual must be learnt anew. */
  readonly isChanged: boolean;
}

/**
 * Decides from frame to frame whether something is before the mouth. What a glance finds unusual is looked at closely, and
 * so is every 24th frame; the close look alone says that a mouth is covered, the glance says for which frames.
 */
export class MouthCover {
  #from: number | undefined;
  #isSure = false;

  /** Begins anew after a cut. */
  reset(): void {
    this.#from = undefined;
    this.#isSure = false;
  }

  /**
   * @param unusual share of places around the mouth that look other than usual, see `MouthWatch`.
   * @param look looks closely at this frame: whether the mouth is covered.
   */
  async next(frame: number, unusual: number, look: () => Promise<boolean>): Promise<CoverVerdict> {
    if (unusual < UNUSUAL_MOUTH) {
      this.reset();
      const isDue = frame % LOOK_EVERY === LOOK_EVERY >> 1;
      if (!isDue || !(await look())) return { isChanged: false };
      return {
        covered: [frame - (LOOK_EVERY >> 1), frame + (LOOK_EVERY >> 1)],
        hasCome: false,
        isChanged: false,
      };
    }
    this.#from ??= frame;
    const since = frame - this.#from;
    const isDue = since % (this.#isSure ? SURE_EVERY : DOUBT_EVERY) === 0;
    if (!isDue)
      return this.#isSure ? { covered: [frame, frame + 1], hasCome: true, isChanged: false } : { isChanged: false };
    if (await look()) {
      const from = this.#isSure ? frame : this.#from;
      this.#isSure = true;
      return { covered: [from, frame + 1], hasCome: true, isChanged: false };
    }
    if (!this.#isSure && since < GIVE_UP_AFTER) return { isChanged: false };
    this.reset();
    return { isChanged: true };
  }
}
