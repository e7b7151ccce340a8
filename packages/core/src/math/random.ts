/**
 * Counter-based random numbers: a number is a pure function of (seed, stream, index), so that any frame can be drawn
 * alone, in any order, with the same result on every platform, and a resumed run goes on as if it had not stopped.
 *
 * @source Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011) for the idea; the mixing function is
 * the 32-bit finaliser of MurmurHash3 applied after each key.
 */

/** @returns a uniform number in [0, 1), of 32 bits. */
export function uniformAt(seed: number, stream: number, index: number): number {
  return hash(seed, stream, index) / 0x100000000;
}

/** @returns a standard normal number (Box–Muller over two uniform numbers of the same counter). */
export function normalAt(seed: number, stream: number, index: number): number {
  const u = 1 - uniformAt(seed, stream, 2 * index); // (0, 1]
  const v = uniformAt(seed, stream, 2 * index + 1);
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
}

/** Mixes three 32-bit integers into one. */
function hash(seed: number, stream: number, index: number): number {
  let h = mix(seed ^ 0x9e3779b9);
  h = mix(h ^ stream);
  h = mix(h ^ index);
  return h >>> 0;
}

function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
