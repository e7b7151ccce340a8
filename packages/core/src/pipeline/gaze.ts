import { uniformAt } from '../math/random.ts';
import type { Gaze } from '../motion/motion-space.ts';

const STREAM = 211;

/** A saccade of a few degrees takes about 40 ms: one frame. */
const SACCADE = 0.04;
/** Fixations while talking to a viewer last 0.6–3 s, seconds. */
const SHORTEST = 0.6;
const LONGEST = 3;
/** Share of fixations that look aside instead of at the viewer. */
const ASIDE = 0.3;
/** Reach of a glance aside, radians. */
const YAW_REACH = 0.16;
const PITCH_REACH = 0.07;

/** Gaze that rests on the viewer, glances aside now and then, and jumps between. Asked in rising order of time. */
export class GazePath {
  readonly #seed: number;
  #count = 0;
  #since = 0;
  #until = 1.5;
  #from: Gaze = { yaw: 0, pitch: 0 };
  #to: Gaze = { yaw: 0, pitch: 0 };

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Gaze relative to the source's own at `time`, radians, before the head's rotation is compensated. */
  at(time: number): Gaze {
    while (time >= this.#until) this.#next();
    const progress = Math.min(1, (time - this.#since) / SACCADE);
    return {
      yaw: this.#from.yaw + (this.#to.yaw - this.#from.yaw) * progress,
      pitch: this.#from.pitch + (this.#to.pitch - this.#from.pitch) * progress,
    };
  }

  #next(): void {
    const draw = () => uniformAt(this.#seed, STREAM, this.#count++);
    const aside = draw() < ASIDE;
    const reach = aside ? 1 : 0.12;
    const duration = SHORTEST + (LONGEST - SHORTEST) * draw() ** 2 * (aside ? 0.5 : 1);
    this.#since = this.#until;
    this.#until += duration;
    this.#from = this.#to;
    this.#to = { yaw: (draw() * 2 - 1) * YAW_REACH * reach, pitch: (draw() * 2 - 1) * PITCH_REACH * reach };
  }
}
