import { smoothstep } from '../../math/smoothstep.ts';
import { FORESIGHT_FRAMES } from './speech-network.ts';

/** Evidence of p b m from which the lips are drawn together, and at which they meet. @source docs/decisions/0022 */
const SEAL_FROM = 0.4;
const SEAL_AT = 0.8;
/** Share of the way together 0, 1, 2, 3 frames before a contact, and after one. */
const ONSET = [1, 0.7, 0.25, 0] as const;
const RELEASE = [1, 0.9, 0.45] as const;

/** The most that lips approach in a frame. A contact that nobody foretold is made a frame late. */
const RISE = 0.65;
/** What was foretold a frame before counts so much beside what is foretold now: the two waver. */
const REMEMBERED = 0.7;

/**
 * A closure as a gesture: lips approach a contact that is heard to come, hold it as long as it is heard, and part again.
 *
 *     e(t + k | t) = max(heard or foretold at t, e(t + k | t − 1) · REMEMBERED for k > 0)
 *     s = smoothstep((e − FROM) / (AT − FROM))
 *     w(t) = max over k of ONSET(k) · s(t + k | t), RELEASE(k) · s(t − k | t − k), and what is owed; at most w(t − 1) + RISE
 */
export class ClosureGesture {
  readonly #before: number[] = RELEASE.map(() => 0);
  /** e of this frame and those after it. */
  readonly #coming: number[] = ONSET.map(() => 0);
  #weight = 0;
  #owed = 0;

  /**
   * @param closure posterior of p b m in this frame. @param coming `[3]`: in the frames after it, as foretold.
   * @returns how far the lips are drawn together, 0 … 1, contact.
   */
  next(closure: number, coming: ArrayLike<number>): number {
    const now = Math.max(closure, this.#coming[1]!);
    for (let k = 1; k <= FORESIGHT_FRAMES; k++) {
      this.#coming[k] = Math.max(coming[k - 1]!, REMEMBERED * (this.#coming[k + 1] ?? 0));
    }
    this.#before.pop();
    this.#before.unshift(sealed(now));
    let weight = this.#owed;
    for (const [k, share] of RELEASE.entries()) weight = Math.max(weight, share * this.#before[k]!);
    for (let k = 1; k <= FORESIGHT_FRAMES; k++) weight = Math.max(weight, ONSET[k]! * sealed(this.#coming[k]!));
    const reached = Math.min(weight, this.#weight + RISE);
    this.#owed = reached < weight ? weight : 0;
    this.#weight = reached;
    return reached;
  }
}

function sealed(posterior: number): number {
  return smoothstep((posterior - SEAL_FROM) / (SEAL_AT - SEAL_FROM));
}
