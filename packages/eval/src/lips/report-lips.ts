import { join } from 'node:path';
import { type MeshBasis, PcTalkError, type TensorRuntime } from '@pctalk/core';
import { evaluateLips, type LipCorpus, type LipReport } from './evaluate-lips.ts';
import { LIP_CURVES } from './lip-figures.ts';

/** What the lips are measured on. */
export interface LipEvaluation {
  /** Folder with grid_s1/ (video/, phones.json) and talking/. */
  readonly media: string;
  /** Folder with eval-grid_s1/ and eval-talking/, as packages/train/src/tracking/track-folder.ts writes them. */
  readonly tracks: string;
  /** Bytes of the speech model. */
  readonly model: Uint8Array;
  /** Hears which group is measured. */
  readonly onProgress?: ((what: string) => void) | undefined;
}

/** Measures the speech model against real lips, group by group: the training speaker and people it never saw. */
export async function evaluateLipGroups(
  { media, tracks, model, onProgress }: LipEvaluation,
  runtime: TensorRuntime,
  basis: MeshBasis,
): Promise<Readonly<Record<string, LipReport>>> {
  const talking = { videos: join(media, 'talking'), tracks: join(tracks, 'eval-talking') };
  const groups: Readonly<Record<string, LipCorpus>> = {
    'training speaker, unseen clips (GRID s1)': {
      videos: join(media, 'grid_s1', 'video'),
      tracks: join(tracks, 'eval-grid_s1'),
      phones: join(media, 'grid_s1', 'phones.json'),
    },
    'other GRID speakers': { ...talking, select: (id) => id.startsWith('grid-other') },
    'unseen speakers, free speech': { ...talking, select: (id) => !id.startsWith('grid-other') },
  };
  const reports: Record<string, LipReport> = {};
  for (const [name, corpus] of Object.entries(groups)) {
    onProgress?.(name);
    reports[name] = await evaluateLips(corpus, model, runtime, basis).catch((cause: unknown) => {
      if (cause instanceof PcTalkError) throw cause;
      const expected = `${corpus.videos} and ${corpus.tracks}`;
      throw new PcTalkError('usage', `evaluate lips: expected ${expected}, got ${(cause as Error).message}`, { cause });
    });
  }
  return reports;
}

/** The reports as Markdown. */
export function describeLipReports(reports: Readonly<Record<string, LipReport>>): string {
  return Object.entries(reports)
    .map(([name, report]) => describe(name, report))
    .join('\n\n');
}

function describe(name: string, { agreement, precision }: LipReport): string {
  const { clips, frames, lag, r, shuffled, amplitude } = agreement;
  const lines = [
    `## ${name}`,
    '',
    `${clips} clips, ${(frames / 25).toFixed(0)} s, best lag of the corpus ${lag} frames.`,
    '',
    '| curve | r with the real lips | r with shuffled sound | amplitude, ours ÷ real |',
    '|---|---|---|---|',
    ...LIP_CURVES.map(
      (curve) =>
        `| ${curve} | ${r[curve].toFixed(3)} | ${shuffled[curve].toFixed(3)} | ${amplitude[curve].toFixed(2)} |`,
    ),
  ];
  if (precision === undefined) return lines.join('\n');
  const { closures, falseClosures, openVowels, silence } = precision;
  const percent = (x: number) => `${(100 * x).toFixed(1)} %`;
  return [
    ...lines,
    '',
    '| measure | ours | real |',
    '|---|---|---|',
    `| p b m closed (${closures.count}) | ${percent(closures.ours)} | ${percent(closures.real)} |`,
    `| false closures in open vowels (${falseClosures.count}) | ${percent(falseClosures.ours)} | ${percent(falseClosures.real)} |`,
    `| gap ÷ mouth width in open vowels | ${openVowels.ours.toFixed(3)} | ${openVowels.real.toFixed(3)} |`,
    `| standard deviation of gap ÷ mouth width in silence | ${percent(silence.ours)} | ${percent(silence.real)} |`,
  ].join('\n');
}
