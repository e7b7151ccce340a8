import { SPEECH_CHANNELS } from '@pctalk/core';
import type { SpeechClip } from '../speech/clip-store.ts';
import type { HeardExamples } from './heard-examples.ts';

/**
 * How much of a tracked speaker's enlargement (`ClipSet.realGain`) is kept: so much larger, a regression of it comes out as
 * large as the lips of talking people.
 */
export const TRACKED_SIZE = 1.15;

/** What batches are drawn from. */
export interface StyleSources {
  readonly heard: HeardExamples;
  /** Real people by the name of their set, for references. */
  readonly people: ReadonlyMap<string, TrackedPerson>;
  /** `[14 × 9]`: `lipMeasureBasis`. */
  readonly basis: Float32Array;
}

/** A real person's lips. */
export interface TrackedPerson {
  /** Channels of each clip `[frames × 14]`. */
  readonly clips: readonly Float32Array[];
  /** How many times as large a reference shows them: as large as windows made of them. */
  readonly size: number;
}

/** The real people among heard examples, with their clips as step 4 (or 3) of the speech model wrote them. */
export function trackedPeople(
  { sets, real, frames, gains }: HeardExamples,
  read: (set: string) => readonly SpeechClip[],
): Map<string, TrackedPerson> {
  const seen = new Set(sets.filter((_, i) => real.subarray(i * frames, (i + 1) * frames).some((x) => x === 1)));
  return new Map(
    [...seen].map((set) => {
      const clips = read(set).flatMap(({ channels }) => (channels === undefined ? [] : [channels]));
      if (clips.length === 0)
        throw new Error(`--data: expected tracked clips of the set ${set}, found none; prepare it as for hearing`);
      const gain = gains[set];
      return [set, { clips, size: gain === undefined ? 1 : gain * TRACKED_SIZE }];
    }),
  );
}

/** Whether an example's channels themselves were taken from a performer: measures alone are taken from a tracked speaker. */
export function isSolved(heard: HeardExamples, index: number): boolean {
  if (heard.spans[index]!.length > 0) return false;
  const rows = heard.frames * SPEECH_CHANNELS.length;
  return heard.channels.subarray(index * rows, (index + 1) * rows).some((x) => x !== 0);
}
