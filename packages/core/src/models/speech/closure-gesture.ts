import { smoothstep } from '../../math/smoothstep.ts';
import { FORESIGHT_FRAMES } from './speech-network.ts';

/**
 * Posteriors of p b m from which the lips are drawn together, and at which they meet. Low, since a closure of two frames is
 * heard with little certainty; open vowels stay open all the same. @source docs/evaluation/lips.md, p b m closed, false closures
 */
const SEAL_FROM = 0.08;
const SEAL_AT = 0.35;
/** Share of the way together 0, 1, 2, 3 frames before a contact, and after one. */
const ONSET = [1, 0.85, 0.4, 0.1] as const;
const RELEASE = [1, 0.7, 0.25] as const;

/**
 * A closure as a gesture: lips approach a contact that is heard to come, hold it as long as it is heard, and part again.
 *
 *     s = smoothstep((closure − FROM) / (AT − FROM))
 *     w(t) = max over k of ONSET(k) · s(t + k), RELEASE(k) · s(t − k)
 */
export class ClosureGesture {
  readonly #before: number[] = RELEASE.map(() => 0);

  /**
   * @param closure posterior of p b m in this frame. @param coming `[3]`: in the frames after it, as foretold.
   * @returns how far the lips are drawn together, 0 … 1, contact.
   */
  next(closure: number, coming: ArrayLike<number>): number {
    this.#before.pop();
    this.#before.unshift(sealed(closure));
    let weight = 0;
    for (const [k, share] of RELEASE.entries()) weight = Math.max(weight, share * this.#before[k]!);
    for (let k = 1; k <= FORESIGHT_FRAMES; k++) weight = Math.max(weight, ONSET[k]! * sealed(coming[k - 1]!));
    return weight;
  }
}

function sealed(posterior: number): number {
  return smoothstep((posterior - SEAL_FROM) / (SEAL_AT - SEAL_FROM));
}
