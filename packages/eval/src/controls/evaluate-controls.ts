import { ARTICULATIONS, type Articulation, type Performance, type TalkerCore, type TensorRuntime } from '@pctalk/core';
import { decodeImage } from '@pctalk/node';
import { readSound } from '../align/read-sound.ts';
import { type ControlSync, measureControls } from '../lips/control-sync.ts';
import { correlation, deviation } from '../lips/lip-figures.ts';
import { type LipStillness, lipStillness } from '../lips/lip-stillness.ts';
import { straightness } from '../lips/scale-figures.ts';
import { createSyncJudge } from '../lips/sync-judge.ts';
import {
  closuresKept,
  type EDITED_MEASURES,
  type EditFigures,
  editFigures,
  OWN_MEASURE,
  slope,
} from './control-figures.ts';
import { type DrawnTrack, type NeutralFace, trackTake } from './drawn-track.ts';

/** What is moved and drawn. */
export interface ControlEvaluation {
  /** Pictures, at least two. */
  readonly portraits: readonly string[];
  /** Sound files, at least two: the first two are drawn, all are heard for sync. */
  readonly speech: readonly string[];
  readonly onProgress?: ((what: string) => void) | undefined;
}

/** A movement at one scale; means over portraits and speeches, closures the least. */
export interface EditRow extends EditFigures {
  readonly movement: Articulation;
  readonly scale: number;
}

/** The lip scale drawn at rising values; means over portraits, or the least where that is said. */
export interface ScaleRow {
  readonly scale: number;
  /** Slope of the outer lips' opening over mouth width on that at scale 1. */
  readonly gain: number;
  /** Least r of the gap with that at scale 1; NaN at 0. */
  readonly shape: number;
  readonly closuresKept: number;
  /** Change of the mean height of brows and lids against scale 1, U, and of yaw, degrees. */
  readonly brows: number;
  readonly eyes: number;
  readonly yaw: number;
}

export interface ControlReport {
  readonly edits: readonly EditRow[];
  readonly scales: readonly ScaleRow[];
  /** R² of the gain as a straight line of the scale, and share of steps that rise. */
  readonly linearity: number;
  readonly rising: number;
  /** r between portraits that say the same, the least. */
  readonly gapAcross: number;
  readonly widthAcross: number;
  /** Frames by which drawn lips lead the sound, each take. */
  readonly leads: readonly number[];
  readonly stillness: LipStillness;
  /** Standard deviations in natural speech, means. */
  readonly natural: Readonly<Record<(typeof EDITED_MEASURES)[number], number>>;
  readonly sync: readonly ControlSync[];
}

export const EDIT_SCALES = [0.5, 0.75, 1.25, 1.5] as const;
export const LIP_SCALE_STEPS = [0, 0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1, 1.15, 1.3, 1.45, 1.6] as const;
/** Nothing moves but lips. */
const STILL = { version: 1, seed: 4, headMotion: 0, blink: 0, gaze: 0, brow: 0 } as const satisfies Performance;
const RATE = 16000;
const SECONDS = { spoken: 3, silent: 1, heard: 6 } as const;

/** Moves each lip control alone and measures what is drawn, and how well it keeps to the sound. */
export async function evaluateControls(
  core: TalkerCore,
  runtime: TensorRuntime,
  { portraits, speech, onProgress = () => {} }: ControlEvaluation,
): Promise<ControlReport> {
  const sounds = await Promise.all(speech.map(async (file) => (await readSound(file)).slice(0, SECONDS.heard * RATE)));
  const drawnSounds = sounds.slice(0, 2).map((sound) => {
    const padded = new Float32Array((SECONDS.spoken + SECONDS.silent) * RATE);
    padded.set(sound.subarray(0, SECONDS.spoken * RATE));
    return padded;
  });
  const naturals: DrawnTrack[][] = [];
  const edits: { movement: Articulation; scale: number; figures: EditFigures }[] = [];
  const scaled: { scale: number; natural: DrawnTrack; track: DrawnTrack }[] = [];
  const spoken: { samples: Float32Array; curves: DrawnTrack }[] = [];
  let first: Awaited<ReturnType<TalkerCore['prepare']>> | undefined;
  for (const portrait of portraits) {
    const source = await core.prepare(await decodeImage(portrait), { where: portrait });
    first ??= source;
    const renderer = core.createRenderer(source);
    const own: DrawnTrack[] = [];
    let neutral: NeutralFace | undefined;
    for (const [s, sound] of drawnSounds.entries()) {
      onProgress(`${portrait}, ${speech[s]}`);
      const take = async (performance: Partial<Performance>) => {
        const made = await trackTake({ core, source, renderer }, { ...STILL, ...performance }, sound, neutral);
        neutral = made.neutral;
        return made.track;
      };
      const natural = await take({});
      own.push(natural);
      spoken.push({ samples: sound, curves: natural });
      for (const movement of ARTICULATIONS) {
        for (const scale of EDIT_SCALES) {
          const track = await take({ articulation: [{ movement, scale }] });
          edits.push({ movement, scale, figures: editFigures(natural, track, OWN_MEASURE[movement]) });
        }
      }
      if (s > 0) continue;
      for (const scale of LIP_SCALE_STEPS) {
        const track = scale === 1 ? natural : await take({ lipScale: scale });
        scaled.push({ scale, natural, track });
      }
    }
    naturals.push(own);
    renderer[Symbol.dispose]();
  }
  const judge = await createSyncJudge(runtime);
  const leads: number[] = [];
  for (const { samples, curves } of spoken) leads.push((await judge.offsets(samples, curves)).offset);
  const sync = await measureControls(core, first!, judge, sounds, onProgress);
  await judge.dispose();
  const scales = LIP_SCALE_STEPS.map((scale) =>
    scaleRow(
      scale,
      scaled.filter((each) => each.scale === scale),
    ),
  );
  const gains = scales.map(({ gain }) => gain);
  return {
    edits: editRows(edits),
    scales,
    linearity: straightness([...LIP_SCALE_STEPS], gains),
    rising: gains.slice(1).filter((gain, i) => gain > gains[i]!).length / (gains.length - 1),
    gapAcross: leastAcross(naturals, 'gap'),
    widthAcross: leastAcross(naturals, 'width'),
    leads,
    stillness: lipStillness(spoken),
    natural: byMeasure((name) => mean(naturals.flat().map((track) => deviation(track[name])))),
    sync,
  };
}

function editRows(edits: readonly { movement: Articulation; scale: number; figures: EditFigures }[]): EditRow[] {
  return ARTICULATIONS.flatMap((movement) =>
    EDIT_SCALES.map((scale) => {
      const own = edits.filter((edit) => edit.movement === movement && edit.scale === scale);
      const average = (part: 'gain' | 'change' | 'leak') =>
        byMeasure((name) => mean(own.map(({ figures }) => figures[part][name])));
      return {
        movement,
        scale,
        gain: average('gain'),
        change: average('change'),
        leak: average('leak'),
        size: mean(own.map(({ figures }) => figures.size)),
        closuresKept: Math.min(...own.map(({ figures }) => figures.closuresKept)),
      };
    }),
  );
}

function scaleRow(scale: number, takes: readonly { natural: DrawnTrack; track: DrawnTrack }[]): ScaleRow {
  const moved = (name: 'brows' | 'eyes' | 'yaw') =>
    mean(takes.map(({ natural, track }) => Math.abs(mean([...track[name]]) - mean([...natural[name]]))));
  return {
    scale,
    gain: mean(takes.map(({ natural, track }) => slope(natural.outer, track.outer))),
    shape:
      scale === 0 ? Number.NaN : Math.min(...takes.map(({ natural, track }) => correlation(natural.gap, track.gap, 0))),
    closuresKept: Math.min(...takes.map(({ natural, track }) => closuresKept(natural, track))),
    brows: moved('brows'),
    eyes: moved('eyes'),
    yaw: moved('yaw'),
  };
}

/** Least r of a curve between portraits that say the same. */
function leastAcross(naturals: readonly (readonly DrawnTrack[])[], name: 'gap' | 'width'): number {
  const rs = naturals.flatMap((one, i) =>
    naturals.slice(i + 1).flatMap((other) => one.map((track, s) => correlation(track[name], other[s]![name], 0))),
  );
  return Math.min(...rs);
}

function byMeasure(value: (name: (typeof EDITED_MEASURES)[number]) => number) {
  return { gap: value('gap'), protrusion: value('protrusion'), width: value('width') };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
