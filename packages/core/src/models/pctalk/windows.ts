/** How a clip is cut into the windows PC-Talk's decoders work in. */
import { PcTalkError } from '../../errors.ts';

/** Frames [start, end) of the clip; the first `warm` of them repeat the previous window and are dropped. */
export interface MotionWindow {
  readonly start: number;
  readonly end: number;
  readonly warm: number;
}

/** The overlap the release takes unless told otherwise. */
export function defaultOverlap(length: number): number {
  return Math.floor(length / 5);
}

/**
 * Windows of `length` frames every `length − overlap`, until one reaches `total`.
 * @throws `value-out-of-range` if the overlap is not a whole number from 0 to `length − 1`.
 * @source PC-Talk release, `inference.py` (window plan)
 */
export function planWindows(total: number, length: number, overlap = defaultOverlap(length)): MotionWindow[] {
  if (!Number.isInteger(overlap) || overlap < 0 || overlap >= length) {
    throw new PcTalkError(
      'value-out-of-range',
      `overlap: expected a whole number from 0 to ${length - 1}, got ${overlap}; a window has ${length} frames.`,
    );
  }
  const windows: MotionWindow[] = [];
  for (let start = 0; total > 0; start += length - overlap) {
    const end = Math.min(total, start + length);
    windows.push({ start, end, warm: start === 0 ? 0 : Math.min(overlap, end - start - 1) });
    if (end >= total) break;
  }
  return windows;
}
