import { BILABIAL_CLASSES, FORESIGHT_FRAMES } from '@pctalk/core';
import type { PhoneSpan } from './phone-tables.ts';

/** Length of a row of what comes next: p b m in each of the next frames, then silence. */
export const COMING_WIDTH = 2 * FORESIGHT_FRAMES;

/** A closure that comes counts for more than one that does not: it is what the lips start for. */
const EMPHASIS = 3;

/**
 * Shares of p b m and of silence in the 1st to 3rd frame after each frame from `start` on; where it is not known what is said,
 * weights are 0.
 * @param coming `[T × 6]`, zeros, written. @param weights `[T × 6]`, written.
 */
export function fillComing(
  { spans, quiet }: { readonly spans: readonly PhoneSpan[]; readonly quiet: boolean },
  start: number,
  coming: Float32Array,
  weights: Float32Array,
): void {
  if (spans.length === 0 && !quiet) return;
  weights.fill(1);
  const frames = coming.length / COMING_WIDTH;
  const said: readonly PhoneSpan[] = quiet ? [{ start: 0, end: (start + frames + 4) / 25, phone: 'SIL' }] : spans;
  for (const { start: from, end, phone } of said) {
    const column = phone === 'SIL' ? FORESIGHT_FRAMES : BILABIAL_CLASSES.includes(phone) ? 0 : undefined;
    if (column === undefined) continue;
    for (let frame = Math.floor(from * 25) - start; frame < Math.ceil(end * 25) - start; frame++) {
      const share = Math.min(end * 25 - start, frame + 1) - Math.max(from * 25 - start, frame);
      if (share <= 0) continue;
      for (let k = 1; k <= FORESIGHT_FRAMES; k++) {
        const t = frame - k;
        if (t < 0 || t >= frames) continue;
        const at = t * COMING_WIDTH + column + k - 1;
        coming[at] = Math.min(1, coming[at]! + share);
        if (column === 0 && coming[at]! > 0.3) weights[at] = EMPHASIS;
      }
    }
  }
}
