/**
 * Prints how well the speech model's lips follow real ones, group by group.
 *
 *     npx tsx --conditions=source packages/eval/src/lips/print-lips.ts --media FOLDER --tracks FOLDER [--model FILE] [--json FILE]
 *
 * `--media` holds grid_s1/ and talking/ (videos, phones.json); `--tracks` holds eval-grid_s1/ and eval-talking/ as
 * written by packages/train/src/tracking/track-folder.ts.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readMeshBasis } from '@pctalk/core';
import { createNodeRuntime } from '@pctalk/node';
import { evaluateLips, type LipCorpus, type LipReport } from './evaluate-lips.ts';
import { LIP_CURVES } from './lip-figures.ts';

const { values } = parseArgs({
  options: {
    media: { type: 'string' },
    tracks: { type: 'string' },
    model: { type: 'string' },
    json: { type: 'string' },
  },
});
const { media, tracks } = values;
if (media === undefined || tracks === undefined) throw new Error('--media and --tracks are needed');
const asset = (name: string) => fileURLToPath(import.meta.resolve(`@pctalk/core/assets/${name}`));
const model = readFileSync(values.model ?? asset('speech-lips.onnx'));
const basis = readMeshBasis(readFileSync(asset('mesh-basis.bin')));

const talking = { videos: join(media, 'talking'), tracks: join(tracks, 'eval-talking') };
const GROUPS: Readonly<Record<string, LipCorpus>> = {
  'training speaker, unseen clips (GRID s1)': {
    videos: join(media, 'grid_s1', 'video'),
    tracks: join(tracks, 'eval-grid_s1'),
    phones: join(media, 'grid_s1', 'phones.json'),
  },
  'other GRID speakers': { ...talking, select: (id) => id.startsWith('grid-other') },
  'unseen speakers, free speech': { ...talking, select: (id) => !id.startsWith('grid-other') },
};

const reports: Record<string, LipReport> = {};
for (const [name, corpus] of Object.entries(GROUPS)) {
  const report = await evaluateLips(corpus, model, createNodeRuntime(), basis);
  reports[name] = report;
  print(name, report);
}
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(reports, null, 1));

function print(name: string, { agreement, precision }: LipReport): void {
  const { clips, frames, lag, r, shuffled, amplitude } = agreement;
  console.log(`\n${name}: ${clips} clips, ${(frames / 25).toFixed(0)} s, lag ${lag}`);
  for (const curve of LIP_CURVES) {
    const figures = `r ${r[curve].toFixed(3)}  shuffled ${shuffled[curve].toFixed(3)}  amplitude ${amplitude[curve].toFixed(2)}`;
    console.log(`  ${curve.padEnd(10)} ${figures}`);
  }
  if (precision === undefined) return;
  const { closures, falseClosures, openVowels, silence } = precision;
  const percent = (x: number) => `${(100 * x).toFixed(1)} %`;
  console.log(
    `  closures of p b m (${closures.count})  ours ${percent(closures.ours)}  real ${percent(closures.real)}`,
  );
  console.log(
    `  false closures (${falseClosures.count})  ours ${percent(falseClosures.ours)}  real ${percent(falseClosures.real)}`,
  );
  console.log(`  open vowels, gap / width  ours ${openVowels.ours.toFixed(3)}  real ${openVowels.real.toFixed(3)}`);
  console.log(`  std of gap / width in silence  ours ${percent(silence.ours)}  real ${percent(silence.real)}`);
}
