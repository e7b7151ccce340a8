import type { LipCurves } from '@pctalk/core';
import { levelOf } from './loudness-model.ts';

/** What the lips do while nothing is heard. */
export interface LipStillness {
  /** Frames that count as silent. */
  readonly frames: number;
  /** Share of them in which the lips move. */
  readonly moving: number;
  /** Mean speed of the gap in silence over that in speech. */
  readonly speed: number;
  /** Mean absolute second difference of the gap over mouth width. */
  readonly jitter: number;
}

/** Silence is this far below the clip's loud parts, dB, for this many frames around. */
const SILENT_DB = 35;
const AROUND = 4;
/** Lips move when their gap changes by more than this share of mouth width a frame, or the mouth's width so in U. */
const MOVING = 0.006;

/** Stillness over clips with the sound of each. */
export function lipStillness(
  clips: readonly { readonly samples: Float32Array; readonly curves: LipCurves }[],
): LipStillness {
  let [frames, moving, silentSpeed, jitter, spoken, spokenSpeed] = [0, 0, 0, 0, 0, 0];
  for (const { samples, curves } of clips) {
    const { opening, width } = curves;
    const silent = silentFrames(samples, opening.length);
    for (let t = 1; t + 1 < opening.length; t++) {
      const step = Math.abs(opening[t]! - opening[t - 1]!);
      if (!silent[t]) {
        spoken++;
        spokenSpeed += step;
        continue;
      }
      frames++;
      silentSpeed += step;
      jitter += Math.abs(opening[t + 1]! - 2 * opening[t]! + opening[t - 1]!);
      if (step > MOVING || Math.abs(width[t]! - width[t - 1]!) > MOVING) moving++;
    }
  }
  return {
    frames,
    moving: moving / frames,
    speed: silentSpeed / frames / (spokenSpeed / spoken),
    jitter: jitter / frames,
  };
}

/** Which frames lie in silence with silence around them. */
function silentFrames(samples: Float32Array, frames: number): boolean[] {
  const levels = Array.from({ length: frames }, (_, t) => levelOf(samples, t));
  const loud = [...levels].sort((a, b) => a - b)[Math.floor(0.95 * (frames - 1))] ?? -100;
  const quiet = levels.map((level) => level < loud - SILENT_DB);
  return quiet.map((_, t) => {
    for (let i = Math.max(0, t - AROUND); i <= Math.min(frames - 1, t + AROUND); i++) if (!quiet[i]) return false;
    return true;
  });
}
