import {
  alignWords,
  BILABIAL_CLASSES,
  curvesOfLips,
  type MeshBasis,
  type PlacedPhone,
  type SpeechDriver,
} from '@pctalk/core';
import { readPronunciations } from '@pctalk/node';
import { CLOSED } from './lip-figures.ts';
import { type LipManner, lipManner } from './lip-manner.ts';
import type { LipModel } from './lip-model.ts';

/** Something said, to watch lips at. */
export interface WatchedSpeech {
  readonly name: string;
  /** 16 kHz mono. */
  readonly samples: Float32Array;
  /** p b m of its text, where the text is known. */
  readonly bilabials: readonly PlacedPhone[];
}

/** How one model's lips move at one speech. */
export interface SpeechManner extends LipManner {
  readonly name: string;
  /** Share of p b m whose lips come closer than 8 % of the mouth's width; NaN without a text. */
  readonly closed: number;
  readonly bilabials: number;
}

/** Finds the p b m of a text in the sound, with the speech model and its dictionary. */
export async function findBilabials(
  ear: SpeechDriver,
  samples: Float32Array,
  text: string,
): Promise<readonly PlacedPhone[]> {
  const words = await alignWords(ear, samples, text, { dictionary: await readPronunciations() });
  return words.flatMap(({ phones }) => phones.filter(({ phone }) => BILABIAL_CLASSES.includes(phone)));
}

/** How lips move over speeches, undrawn, on the average face. */
export async function watchManner(
  model: LipModel,
  speeches: readonly WatchedSpeech[],
  basis: MeshBasis,
): Promise<SpeechManner[]> {
  const rows: SpeechManner[] = [];
  for (const { name, samples, bilabials } of speeches) {
    const curves = curvesOfLips(basis, await model.lips(samples));
    const closed = bilabials.filter(({ start, end }) => {
      const around = curves.opening.subarray(Math.max(0, Math.floor(start * 25) - 1), Math.ceil(end * 25) + 1);
      return Math.min(...around) < CLOSED;
    });
    rows.push({ name, ...lipManner(curves), closed: closed.length / bilabials.length, bilabials: bilabials.length });
  }
  return rows;
}

/** Models one after the other as Markdown. */
export function describeManner(
  reports: readonly { readonly name: string; readonly rows: readonly SpeechManner[] }[],
): string {
  const closed = ({ closed: share, bilabials }: SpeechManner) =>
    bilabials === 0 ? '–' : `${(100 * share).toFixed(0)} % of ${bilabials}`;
  return reports
    .map(({ name, rows }) =>
      [
        `### ${name}`,
        '',
        '| speech | closures of one frame a second | half-range steps a second | gap, 95th percentile, U | width, p95 − p5, U | p b m closed |',
        '|---|---|---|---|---|---|',
        ...rows.map(
          (row) =>
            `| ${row.name} | ${row.snaps.toFixed(2)} | ${row.jumps.toFixed(2)} | ${row.gap.toFixed(3)} | ${row.widthRange.toFixed(3)} | ${closed(row)} |`,
        ),
      ].join('\n'),
    )
    .join('\n\n');
}
