import { LIP_MEASURES } from '@pctalk/core';
import type { Random } from '../speech/sentences.ts';

/** What a tracker reads of a mouth instead of what is there: rows × gains + innerGap × leaks + added. */
export interface TrackerReading {
  /** `[9]` */
  readonly gains: Float32Array;
  /** `[9]`: how much of the opening is read as another measure. */
  readonly leaks: Float32Array;
  /** `[T × 9]`, U. */
  readonly added: Float32Array;
}

/**
 * How much of each of `LIP_MEASURES` is read off a drawn portrait, and how far portraits differ in it. The tracker's own
 * prior draws unusual widths and protrusions back; a portrait that opens looks wider and its lower lip further back.
 * @source `4-measure-drawn.ts`: three portraits, eight presets each
 */
export const READ = [1.05, 0.97, 0.67, 0.35, 0.3, 0.71, 0.96, 0.7, 0.97];
const READ_SPREAD = [0.05, 0.03, 0.08, 0.13, 0.15, 0.09, 0.19, 0.08, 0.05];
/** How much of the opening is read as each of them. */
export const LEAK = [0, 0, 0.16, 0, -0.1, 0, 0, 0.03, 0];
const LEAK_SPREAD = [0, 0, 0.09, 0.01, 0.06, 0, 0, 0.04, 0];
/** Spread of the neutral face's error, and of what wanders about from frame to frame, U. @source the same */
const OFFSET = 0.007;
const WANDER = 0.007;
/** Its correlation with itself a frame later. @source the same */
const MEMORY = 0.79;

/** How sure a tracker is: of lips that a model made, 'drawn'; lips that were tracked already are only disturbed more. */
export type TrackedFace = 'drawn' | 'tracked';

/** One portrait's tracker, drawn at random. */
export function drawTrackerReading(face: TrackedFace, frames: number, random: Random): TrackerReading {
  const width = LIP_MEASURES.length;
  const gains = new Float32Array(width);
  const leaks = new Float32Array(width);
  const added = new Float32Array(frames * width);
  const whole = 0.93 + 0.15 * random();
  const wander = WANDER * Math.sqrt(1 - MEMORY ** 2) * random() * (face === 'drawn' ? 1.4 : 0.7);
  for (let m = 0; m < width; m++) {
    gains[m] = whole * (face === 'drawn' ? Math.max(0.05, READ[m]! + READ_SPREAD[m]! * normal(random)) : 1);
    leaks[m] = face === 'drawn' ? LEAK[m]! + LEAK_SPREAD[m]! * normal(random) : 0;
    const offset = OFFSET * 0.6 * normal(random);
    let drift = 0;
    for (let t = 0; t < frames; t++) {
      drift = MEMORY * drift + wander * normal(random);
      added[t * width + m] = offset + drift;
    }
  }
  return { gains, leaks, added };
}

/** A tracker of the middling portrait that adds nothing of its own. */
export function evenTrackerReading(face: TrackedFace, frames: number): TrackerReading {
  const width = LIP_MEASURES.length;
  const [gains, leaks] = face === 'drawn' ? [READ, LEAK] : [READ.map(() => 1), LEAK.map(() => 0)];
  return { gains: Float32Array.from(gains), leaks: Float32Array.from(leaks), added: new Float32Array(frames * width) };
}

/** @param rows `[T × 9]`, changed in place. */
export function readThrough({ gains, leaks, added }: TrackerReading, rows: Float32Array): void {
  const width = gains.length;
  for (let first = 0; first < rows.length; first += width) {
    const gap = rows[first]!;
    for (let m = 0; m < width; m++)
      rows[first + m] = rows[first + m]! * gains[m]! + gap * leaks[m]! + added[first + m]!;
  }
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
