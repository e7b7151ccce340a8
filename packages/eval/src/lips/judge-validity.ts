import { type OffsetFigures, offsetFigures } from './evaluate-lips.ts';
import type { RealClip } from './lip-corpus.ts';
import type { ClipOffsets, SyncJudge } from './sync-judge.ts';

/** Whether the judge may be believed on a group of real clips. */
export interface JudgeValidity {
  /** As recorded. */
  readonly real: OffsetFigures;
  /** Share of windows in which sound moved by so many frames is found moved by so many, ± 1, from the clip's own offset. */
  readonly detected: Readonly<Record<string, number>>;
  /** ≥ 95 % of real windows at 0 ± 1, and ≥ 95 % of both shifts detected. */
  readonly valid: boolean;
}

const SHIFTS = [-3, 3] as const;
const ENOUGH = 0.95;

/** Tests the judge on real clips: as they are, and with their sound moved. */
export async function judgeValidity(judge: SyncJudge, clips: readonly RealClip[]): Promise<JudgeValidity> {
  const asRecorded: ClipOffsets[] = [];
  for (const { samples, curves } of clips) asRecorded.push(await judge.offsets(samples, curves));
  const detected: Record<string, number> = {};
  for (const shift of SHIFTS) {
    let [found, count] = [0, 0];
    for (const [i, { samples, curves }] of clips.entries()) {
      const { windows } = await judge.offsets(later(samples, shift), curves);
      for (const { offset } of windows) {
        count++;
        if (Math.abs(offset - shift - asRecorded[i]!.offset) <= 1) found++;
      }
    }
    detected[String(shift)] = found / count;
  }
  const real = offsetFigures(asRecorded);
  return { real, detected, valid: real.inSync >= ENOUGH && Object.values(detected).every((share) => share >= ENOUGH) };
}

/** The sound so many frames later, with silence where nothing is left. */
function later(samples: Float32Array, frames: number): Float32Array {
  const out = new Float32Array(samples.length);
  const shift = frames * 640;
  if (shift >= 0) out.set(samples.subarray(0, samples.length - shift), shift);
  else out.set(samples.subarray(-shift), 0);
  return out;
}
