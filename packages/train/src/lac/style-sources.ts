import { SPEECH_CHANNELS } from '@pctalk/core';
import type { SpeechClip } from '../speech/clip-store.ts';
import type { HeardExamples } from './heard-examples.ts';

/**
 * How much of a tracked speaker's enlargement (`ClipSet.realGain`) LAC keeps: with all of it his lips in the natural style
 * came out 1.3 times as large as his own.
 */
export const TRACKED_SIZE = 0.92;

/** What batches are drawn from. */
export interface StyleSources {
  readonly heard: HeardExamples;
  /** Tracked clips by person, for references; channels are used. */
  readonly people: readonly TrackedPerson[];
  /** `[14 × 9]`: `lipMeasureBasis`. */
  readonly basis: Float32Array;
}

/** A real person's tracked clips. */
export interface TrackedPerson {
  readonly clips: readonly SpeechClip[];
  /** By how much examples enlarge what was tracked: `ClipSet.realGain`. */
  readonly gain: number;
  /** Whether examples take this person's measures alone, beside what is said; else the channels (`isSolved`). */
  readonly spoken: boolean;
}

/** Whether an example's channels themselves were taken from a performer: measures alone are taken from a tracked speaker. */
export function isSolved(heard: HeardExamples, index: number): boolean {
  if (heard.spans[index]!.length > 0) return false;
  const rows = heard.frames * SPEECH_CHANNELS.length;
  return heard.channels.subarray(index * rows, (index + 1) * rows).some((x) => x !== 0);
}
