import { curvesOfLips, type LipCurves, type MeshBasis } from '@pctalk/core';
import type { RealClip } from './lip-corpus.ts';
import { type LipAgreement, type LipClip, type LipPrecision, lipAgreement, lipPrecision } from './lip-figures.ts';
import { type LipRest, lipRest } from './lip-manner.ts';
import type { LipModel } from './lip-model.ts';
import { type LipStillness, lipStillness } from './lip-stillness.ts';
import type { ClipOffsets, SyncJudge } from './sync-judge.ts';

/** Offsets of sound and lips over the windows of a group of clips. */
export interface OffsetFigures {
  readonly windows: number;
  /** Share of windows at 0 ± 1 frame. */
  readonly inSync: number;
  /** Share of windows within a frame of their clip's own offset. */
  readonly steady: number;
  readonly median: number;
}

/** One model's lips against the real ones. */
export interface ModelReport {
  readonly agreement: LipAgreement;
  readonly offsets: OffsetFigures;
  readonly stillness: LipStillness;
  readonly rest: LipRest;
  /** Present if phones are known. */
  readonly precision?: LipPrecision;
}

/** A clip for plots. */
export interface ShownClip {
  readonly id: string;
  readonly real: LipCurves;
  /** By the model's name. */
  readonly driven: Readonly<Record<string, LipCurves>>;
}

/** One group of clips: every model beside the real lips. */
export interface LipReport {
  readonly clips: number;
  readonly seconds: number;
  /** By the model's name, in the order given. */
  readonly models: Readonly<Record<string, ModelReport>>;
  /** Of the real lips: the yardstick. */
  readonly real: {
    readonly offsets: OffsetFigures;
    readonly stillness: LipStillness;
    readonly rest: LipRest;
    /** Frames by which the lips lead the sound, by clip. */
    readonly clipOffsets: Readonly<Record<string, number>>;
  };
  /** The longest clip, to look at. */
  readonly shown: ShownClip;
}

/** What measures a group. */
export interface LipMeans {
  readonly models: readonly LipModel[];
  readonly judge: SyncJudge;
  readonly basis: MeshBasis;
  /** Tells the silent frames of a sound. */
  readonly hearSilence: (samples: Float32Array) => Promise<readonly boolean[]>;
}

/** Drives lips with the sound of real clips and compares them with the real ones. */
export async function evaluateLips(
  clips: readonly RealClip[],
  { models, judge, basis, hearSilence }: LipMeans,
): Promise<LipReport> {
  const silent: (readonly boolean[])[] = [];
  for (const { samples } of clips) silent.push(await hearSilence(samples));
  const realOffsets: ClipOffsets[] = [];
  for (const { samples, curves } of clips) realOffsets.push(await judge.offsets(samples, curves));
  const longest = clips.reduce((a, b) => (b.samples.length > a.samples.length ? b : a));
  const shown: Record<string, LipCurves> = {};
  const reports: Record<string, ModelReport> = {};
  for (const model of models) {
    const driven = await driveAll(model, clips, basis);
    shown[model.name] = driven[clips.indexOf(longest)]!;
    reports[model.name] = await reportModel(clips, { driven, realOffsets, silent }, judge);
  }
  return {
    clips: clips.length,
    seconds: clips.reduce((sum, { curves }) => sum + curves.opening.length / 25, 0),
    models: reports,
    real: {
      offsets: offsetFigures(realOffsets),
      stillness: lipStillness(clips),
      rest: lipRest(clips.map((clip, i) => ({ ...clip, silent: silent[i]! }))),
      clipOffsets: Object.fromEntries(clips.map(({ id }, i) => [id, realOffsets[i]!.offset])),
    },
    shown: { id: longest.id, real: longest.curves, driven: shown },
  };
}

async function driveAll(model: LipModel, clips: readonly RealClip[], basis: MeshBasis): Promise<LipCurves[]> {
  const driven: LipCurves[] = [];
  for (const { samples, curves } of clips) {
    const lips = await model.lips(samples);
    driven.push(curvesOfLips(basis, lips.slice(0, curves.opening.length)));
  }
  return driven;
}

async function reportModel(
  clips: readonly RealClip[],
  found: {
    readonly driven: readonly LipCurves[];
    readonly realOffsets: readonly ClipOffsets[];
    readonly silent: readonly (readonly boolean[])[];
  },
  judge: SyncJudge,
): Promise<ModelReport> {
  const { driven, realOffsets, silent } = found;
  const offsets: ClipOffsets[] = [];
  for (const [i, { samples }] of clips.entries()) offsets.push(await judge.offsets(samples, driven[i]!));
  const pairs = clips.map(({ id, curves, phones }, i): LipClip => {
    return { id, real: curves, ours: driven[i]!, phones, offset: realOffsets[i]!.offset };
  });
  const spoken = pairs.filter(({ phones }) => phones !== undefined);
  return {
    agreement: lipAgreement(pairs),
    offsets: offsetFigures(offsets),
    stillness: lipStillness(clips.map(({ samples }, i) => ({ samples, curves: driven[i]! }))),
    rest: lipRest(clips.map(({ samples }, i) => ({ samples, curves: driven[i]!, silent: silent[i]! }))),
    ...(spoken.length > 0 && { precision: lipPrecision(spoken) }),
  };
}

/** Sums up what a judge found. */
export function offsetFigures(clips: readonly ClipOffsets[]): OffsetFigures {
  const windows = clips.flatMap((clip) => clip.windows.map(({ offset }) => ({ offset, own: clip.offset })));
  const share = (inside: (window: (typeof windows)[number]) => boolean) =>
    windows.filter(inside).length / windows.length;
  const sorted = windows.map(({ offset }) => offset).sort((a, b) => a - b);
  return {
    windows: windows.length,
    inSync: share(({ offset }) => Math.abs(offset) <= 1),
    steady: share(({ offset, own }) => Math.abs(offset - own) <= 1),
    median: sorted[sorted.length >> 1] ?? 0,
  };
}
