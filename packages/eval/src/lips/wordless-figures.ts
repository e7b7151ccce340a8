import { curvesOfLips, type MeshBasis, PcTalkError } from '@pctalk/core';
import { deviation } from './lip-figures.ts';
import type { LipModel } from './lip-model.ts';
import { WORDLESS_SECONDS, type WordlessSound } from './wordless-sounds.ts';

/** What lips do at a sound in which nobody speaks; lengths over mouth width. */
export interface WordlessFigures {
  readonly name: string;
  /** Widest opening from .2 s before the onset to .4 s after it, and later. */
  readonly onset: number;
  readonly after: number;
  /** Standard deviation of the opening from the onset on. */
  readonly deviation: number;
  /** Share of the frames in which opening or width change by more than .6 %. */
  readonly moving: number;
}

const ONSET_FRAMES = { before: 5, after: 10 } as const;
const MOVING = 0.006;

/**
 * What a model's lips do at sounds in which nobody speaks.
 * @param basis for the average face, on which lips are measured, undrawn.
 * @throws `value-out-of-range` for a sound that ends with its onset
 */
export async function wordlessFigures(
  model: LipModel,
  sounds: readonly WordlessSound[],
  basis: MeshBasis,
): Promise<WordlessFigures[]> {
  const rows: WordlessFigures[] = [];
  for (const { name, samples } of sounds) {
    const { opening, width } = curvesOfLips(basis, await model.lips(samples));
    const start = WORDLESS_SECONDS.before * 25;
    const onset = opening.subarray(start - ONSET_FRAMES.before, start + ONSET_FRAMES.after);
    const after = opening.subarray(start + ONSET_FRAMES.after);
    if (after.length === 0) {
      throw new PcTalkError(
        'value-out-of-range',
        `${name}: expected more than ${ONSET_FRAMES.after / 25} s of sound, got less; use a longer one`,
      );
    }
    let moving = 0;
    for (let t = start; t < opening.length; t++) {
      const step = Math.abs(opening[t]! - opening[t - 1]!);
      if (step > MOVING || Math.abs(width[t]! - width[t - 1]!) > MOVING) moving++;
    }
    rows.push({
      name,
      onset: Math.max(...onset),
      after: Math.max(...after),
      deviation: deviation(opening.subarray(start)),
      moving: moving / (opening.length - start),
    });
  }
  return rows;
}

/** Models beside each other as Markdown. @param reports of the same sounds in the same order. */
export function describeWordless(
  reports: readonly { readonly name: string; readonly rows: readonly WordlessFigures[] }[],
): string {
  const percent = (x: number) => `${(100 * x).toFixed(1)} %`;
  const names = reports[0]?.rows.map(({ name }) => name) ?? [];
  return [
    `| sound | ${reports.map(({ name }) => `${name}: widest opening at the onset / later, std, frames moving`).join(' | ')} |`,
    `|---|${reports.map(() => '---|').join('')}`,
    ...names.map((name, i) => {
      const cells = reports.map(({ rows }) => {
        const { onset, after, deviation: std, moving } = rows[i]!;
        return `${percent(onset)} / ${percent(after)}, ${percent(std)}, ${(100 * moving).toFixed(0)} %`;
      });
      return `| ${name} | ${cells.join(' | ')} |`;
    }),
  ].join('\n');
}
