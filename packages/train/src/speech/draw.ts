/** What training examples are drawn and cut with. */
import type { Random } from './sentences.ts';

/** One of a list, each as likely. */
export function pick<T>(list: readonly T[], random: Random): T {
  return list[Math.floor(random() * list.length)]!;
}

/** One of several sets, each as likely as its share. */
export function pickSet<T extends { readonly share: number }>(sets: readonly T[], random: Random): T {
  let left = random() * sets.reduce((sum, { share }) => sum + share, 0);
  for (const set of sets) {
    left -= set.share;
    if (left < 0) return set;
  }
  return sets[0]!;
}

/** A sound from a random place on, going round. @returns `[length]`, new memory. */
export function looped(samples: Float32Array, length: number, random: Random): Float32Array {
  const start = Math.floor(random() * samples.length);
  const out = new Float32Array(length);
  for (let n = 0, at = start; n < length; n++, at++) {
    if (at === samples.length) at = 0;
    out[n] = samples[at]!;
  }
  return out;
}

/** Rows `[T × width]` played `speed` times as fast. @returns `[⌊(T − 1) / speed⌋ × width]`, new memory. */
export function stretchRows(rows: Float32Array, width: number, speed: number): Float32Array {
  const count = rows.length / width;
  const out = new Float32Array(Math.max(0, Math.floor((count - 1) / speed)) * width);
  for (let row = 0; row < out.length / width; row++) {
    const place = row * speed;
    const i = Math.floor(place);
    for (let column = 0; column < width; column++) {
      const before = rows[i * width + column]!;
      const after = rows[Math.min(count - 1, i + 1) * width + column]!;
      out[row * width + column] = before + (after - before) * (place - i);
    }
  }
  return out;
}
