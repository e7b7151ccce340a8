import type { LipCurves } from '@pctalk/core';
import { correlation } from './lip-figures.ts';
import { levelOf } from './loudness-model.ts';

/** How lips move and how far they shape a mouth, over one clip at 25 fps. */
export interface LipManner {
  /** Closures of a single frame a second: the gap is under 40 % of both its neighbours', which are above .04 U. */
  readonly snaps: number;
  /** Steps a second in which the gap changes by more than half of its 95th percentile. */
  readonly jumps: number;
  /** 95th percentile of the gap, U. */
  readonly gap: number;
  /** 95th less 5th percentile of the mouth's width, U. */
  readonly widthRange: number;
}

const FPS = 25;
const SNAP_SHARE = 0.4;
const SNAP_NEIGHBOUR = 0.04;
const JUMP_SHARE = 0.5;

/** Counts closures of a frame and jumps, and measures ranges. @source docs/evaluation/lips.md, how it is measured */
export function lipManner({ opening, width }: LipCurves): LipManner {
  const gap = opening.map((x, t) => x * width[t]!);
  const range = percentile(gap, 0.95);
  let [snaps, jumps] = [0, 0];
  for (let t = 1; t < gap.length; t++) {
    if (Math.abs(gap[t]! - gap[t - 1]!) > JUMP_SHARE * range) jumps++;
    const around = Math.min(gap[t - 1]!, gap[t + 1] ?? 0);
    if (around > SNAP_NEIGHBOUR && gap[t]! < SNAP_SHARE * around) snaps++;
  }
  const seconds = gap.length / FPS;
  return {
    snaps: snaps / seconds,
    jumps: jumps / seconds,
    gap: range,
    widthRange: percentile(width, 0.95) - percentile(width, 0.05),
  };
}

/** Levels further under the loud parts than this count alike, dB. */
const LOUDNESS_RANGE_DB = 40;

/** r of an opening with plain loudness: real people's is .1 to .2 in free speech. @param samples 16 kHz mono. */
export function loudnessCorrelation(opening: Float32Array, samples: Float32Array): number {
  const levels = Float32Array.from(opening, (_, t) => levelOf(samples, t));
  const loud = percentile(levels, 0.95);
  return correlation(
    opening,
    levels.map((level) => Math.max(level, loud - LOUDNESS_RANGE_DB)),
    0,
  );
}

/** What lips do with the loudness of a group of clips, and in its pauses. */
export interface LipRest {
  /** r of the opening with plain loudness, weighted by length. */
  readonly loudness: number;
  /** Share of the frames in which nobody is heard to speak that have closed lips: under 3 % of the mouth's width. */
  readonly closedPauses: number;
  /** Those frames. */
  readonly pauses: number;
}

const CLOSED_IN_PAUSE = 0.03;

/** @param clips curves with the sound they belong to, and which frames are silent. */
export function lipRest(
  clips: readonly {
    readonly samples: Float32Array;
    readonly curves: LipCurves;
    readonly silent: readonly boolean[];
  }[],
): LipRest {
  let [sum, weight, closed, pauses] = [0, 0, 0, 0];
  for (const { samples, curves, silent } of clips) {
    const r = loudnessCorrelation(curves.opening, samples);
    if (Number.isFinite(r)) {
      sum += r * curves.opening.length;
      weight += curves.opening.length;
    }
    curves.opening.forEach((opening, t) => {
      if (!silent[t]) return;
      pauses++;
      if (opening < CLOSED_IN_PAUSE) closed++;
    });
  }
  return { loudness: sum / weight, closedPauses: closed / pauses, pauses };
}

/** The value under which a share of the values lies. */
export function percentile(values: Float32Array, share: number): number {
  const sorted = values.slice().sort();
  return sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
}
