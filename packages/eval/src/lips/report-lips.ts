import { join } from 'node:path';
import { createSpeechDriver, type MeshBasis, PcTalkError, type TensorRuntime } from '@pctalk/core';
import { readTalkerAssets } from '@pctalk/node';
import { evaluateLips, type LipReport, type ModelReport, type OffsetFigures } from './evaluate-lips.ts';
import { createHeadAudioModel } from './head-audio-model.ts';
import { type JudgeValidity, judgeValidity } from './judge-validity.ts';
import { type LipCorpus, readLipCorpus } from './lip-corpus.ts';
import { LIP_CURVES } from './lip-figures.ts';
import type { LipModel } from './lip-model.ts';
import type { LipStillness } from './lip-stillness.ts';
import { createLoudnessModel } from './loudness-model.ts';
import { createSyncJudge } from './sync-judge.ts';

/** What the lips are measured on. */
export interface LipEvaluation {
  /** Folder with grid_s1/ (video/, phones.json) and talking/. */
  readonly media: string;
  /** Folder with eval-grid_s1/ and eval-talking/, as packages/train/src/tracking/track-folder.ts writes them. */
  readonly tracks: string;
  /** Ours first, others beside it; the caller disposes them. */
  readonly models: readonly LipModel[];
  /** Hears which group is measured. */
  readonly onProgress?: ((what: string) => void) | undefined;
}

/** What was found in one group of clips. */
export interface LipGroupReport extends LipReport {
  readonly judge: JudgeValidity;
}

/** Measures the lips of models and of two baselines against real lips, group by group. */
export async function evaluateLipGroups(
  { media, tracks, models, onProgress }: LipEvaluation,
  runtime: TensorRuntime,
  basis: MeshBasis,
): Promise<Readonly<Record<string, LipGroupReport>>> {
  const all = [...models, await createHeadAudioModel(), createLoudnessModel()];
  const judge = await createSyncJudge(runtime);
  const ear = await createSpeechDriver(runtime, (await readTalkerAssets()).speech);
  const hearSilence = async (samples: Float32Array) => {
    const stream = ear.createStream();
    const frames = [...(await stream.push(samples)), ...(await stream.end())];
    return frames.map(({ silence }) => silence > 0.5);
  };
  const reports: Record<string, LipGroupReport> = {};
  for (const [name, corpus] of Object.entries(lipGroups(media, tracks))) {
    onProgress?.(name);
    try {
      const clips = await readLipCorpus(corpus, basis);
      const report = await evaluateLips(clips, { models: all, judge, basis, hearSilence });
      reports[name] = { ...report, judge: await judgeValidity(judge, clips) };
    } catch (cause) {
      if (cause instanceof PcTalkError) throw cause;
      const expected = `${corpus.videos} and ${corpus.tracks}`;
      throw new PcTalkError('usage', `evaluate lips: expected ${expected}, got ${(cause as Error).message}`, { cause });
    }
  }
  for (const model of all.slice(models.length)) await model.dispose();
  await judge.dispose();
  await ear.dispose();
  return reports;
}

/** The speaker whose other clips taught the model, four who speak the same sentences, and strangers who speak freely. */
function lipGroups(media: string, tracks: string): Readonly<Record<string, LipCorpus>> {
  const talking = { videos: join(media, 'talking'), tracks: join(tracks, 'eval-talking') };
  return {
    'training speaker, unseen clips (GRID s1)': {
      videos: join(media, 'grid_s1', 'video'),
      tracks: join(tracks, 'eval-grid_s1'),
      phones: join(media, 'grid_s1', 'phones.json'),
    },
    'other GRID speakers': { ...talking, select: (id) => id.startsWith('grid-other') },
    'unseen speakers, free speech': { ...talking, select: (id) => !id.startsWith('grid-other') },
  };
}

/** The reports as Markdown. */
export function describeLipReports(reports: Readonly<Record<string, LipGroupReport>>): string {
  return Object.entries(reports)
    .map(([name, report]) => describe(name, report))
    .join('\n\n');
}

function describe(name: string, report: LipGroupReport): string {
  const models = Object.entries(report.models);
  const names = models.map(([model]) => model);
  const row = (label: string, value: (model: ModelReport) => string, real = '') =>
    `| ${label} | ${models.map(([, model]) => value(model)).join(' | ')} | ${real} |`;
  const { offsets, stillness } = report.real;
  const each = (label: string, value: (model: ModelReport, curve: (typeof LIP_CURVES)[number]) => string) =>
    LIP_CURVES.map((curve) => row(`${label}, ${curve}`, (model) => value(model, curve)));
  return [
    `## ${name}`,
    '',
    `${report.clips} clips, ${report.seconds.toFixed(0)} s.`,
    '',
    `| measure | ${names.join(' | ')} | real |`,
    `|---|${names.map(() => '---|').join('')}---|`,
    ...each('r at one lag', ({ agreement }, curve) => agreement.r[curve].toFixed(3)),
    row('that lag, frames', ({ agreement }) => `${agreement.lag}`),
    ...each("r at each clip's own offset", ({ agreement }, curve) => agreement.ownOffset[curve].toFixed(3)),
    ...each('r with each clip at its best lag', ({ agreement }, curve) => agreement.ownLag[curve].toFixed(3)),
    ...each('r with shuffled sound', ({ agreement }, curve) => agreement.shuffled[curve].toFixed(3)),
    ...each('amplitude ÷ real', ({ agreement }, curve) => agreement.amplitude[curve].toFixed(2)),
    ...each('speed ÷ real', ({ agreement }, curve) => agreement.speed[curve].toFixed(2)),
    row('3 s windows at 0 ± 1 frame', ({ offsets: own }) => inSync(own), inSync(offsets)),
    row('lips lead the sound by, median frames', ({ offsets: own }) => `${own.median}`, `${offsets.median}`),
    row(
      'r of the opening with loudness',
      ({ rest }) => decimals(rest.loudness, 2),
      decimals(report.real.rest.loudness, 2),
    ),
    row(
      'frames of pauses with closed lips',
      ({ rest }) => percent(rest.closedPauses),
      percent(report.real.rest.closedPauses),
    ),
    ...stillnessRows(row, stillness),
    ...precisionRows(row, models[0]?.[1]),
    '',
    describeJudge(report),
    ...clipRows(report),
  ].join('\n');
}

/** The clips of a small group, one by one: they are of different people. */
function clipRows({ models, real }: LipGroupReport): string[] {
  const [first] = Object.values(models);
  if (first === undefined || first.agreement.each.length > 20) return [];
  const row = (clip: (typeof first.agreement.each)[number]) =>
    `| ${clip.id} | ${real.clipOffsets[clip.id]} | ${LIP_CURVES.map((curve) => clip[curve].toFixed(2)).join(' | ')} |`;
  return [
    '',
    `| clip | its lips lead its sound by, frames | r of ours at that offset, ${LIP_CURVES.join(' | ')} |`,
    `|---|---|${LIP_CURVES.map(() => '---|').join('')}`,
    ...first.agreement.each.map(row),
  ];
}

type Row = (label: string, value: (model: ModelReport) => string, real?: string) => string;

function stillnessRows(row: Row, real: LipStillness): string[] {
  const moving = (x: LipStillness) => percent(x.moving);
  return [
    row('silent frames in which the lips move', (x) => moving(x.stillness), moving(real)),
    row('speed in silence ÷ in speech', (x) => decimals(x.stillness.speed, 2), decimals(real.speed, 2)),
    row('jitter in silence, gap ÷ mouth width', (x) => decimals(x.stillness.jitter, 4), decimals(real.jitter, 4)),
  ];
}

function precisionRows(row: Row, first: ModelReport | undefined): string[] {
  const real = first?.precision;
  if (real === undefined) return [];
  const { closures, falseClosures, openVowels, silence } = real;
  return [
    row(`p b m closed (${closures.count})`, (x) => percent(x.precision!.closures.ours), percent(closures.real)),
    row(
      `false closures in open vowels (${falseClosures.count})`,
      (x) => percent(x.precision!.falseClosures.ours),
      percent(falseClosures.real),
    ),
    row('gap ÷ mouth width in open vowels', (x) => x.precision!.openVowels.ours.toFixed(3), openVowels.real.toFixed(3)),
    row('std of gap ÷ mouth width in silence', (x) => percent(x.precision!.silence.ours), percent(silence.real)),
  ];
}

function describeJudge({ judge }: LipGroupReport): string {
  const shifts = Object.entries(judge.detected).map(([shift, share]) => `${shift} frames in ${percent(share)}`);
  return (
    `Judge on the real clips: ${percent(judge.real.inSync)} of ${judge.real.windows} windows at 0 ± 1 frame, ` +
    `${percent(judge.real.steady)} within a frame of their clip's own offset; sound moved by ${shifts.join(', by ')} ` +
    `found so. ${judge.valid ? 'Valid here.' : 'By its own terms not valid here.'}`
  );
}

function inSync({ inSync: share, windows }: OffsetFigures): string {
  return `${percent(share)} of ${windows}`;
}

/** What was not there to be measured is a dash. */
function percent(x: number): string {
  return Number.isFinite(x) ? `${(100 * x).toFixed(1)} %` : '–';
}

function decimals(x: number, digits: number): string {
  return Number.isFinite(x) ? x.toFixed(digits) : '–';
}
