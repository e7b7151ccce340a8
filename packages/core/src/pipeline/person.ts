import { uniformAt } from '../math/random.ts';
import { PERSON_CODE } from '../models/emotion/emotion-network.ts';

/** Random stream of the person's code. */
const STREAM = 211;

/** How the person of a seed shows emotion, `[4]`: the average person for 0, else somebody of a normal spread. */
export function personOfSeed(seed: number): Float32Array {
  const code = new Float32Array(PERSON_CODE);
  if (seed === 0) return code;
  for (let i = 0; i < PERSON_CODE; i++) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniformAt(seed, STREAM, 2 * i)));
    code[i] = Math.min(2, Math.max(-2, radius * Math.cos(2 * Math.PI * uniformAt(seed, STREAM, 2 * i + 1))));
  }
  return code;
}
