import { ARTICULATIONS, type Articulation, type Performance, type TalkerCore, type TensorRuntime } from '@pctalk/core';
import { decodeImage } from '@pctalk/node';
import { readSound } from '../align/read-sound.ts';
import { correlation, deviation } from '../lips/lip-figures.ts';
import { type LipStillness, lipStillness } from '../lips/lip-stillness.ts';
import { straightness } from '../lips/scale-figures.ts';
import { createSyncJudge } from '../lips/sync-judge.ts';
import {
  closuresKept,
  type EditFigures,
  eachMeasure,
  editFigures,
  type LipEditMeasure,
  lipEditTakes,
  OWN_MEASURE,
  slope,
} from './control-figures.ts';
import { type ControlSync, measureControls } from './control-sync.ts';
import { type DrawnTrack, type NeutralFace, trackTake } from './drawn-track.ts';
import { measureRealLips, type RealLips } from './real-lips.ts';

/** What is moved and drawn. */
export interface ControlEvaluation {
  /** Pictures, at least two. */
  readonly portraits: readonly string[];
  /** Sound files, at least two: the first two are drawn, all are heard for sync. */
  readonly speech: readonly string[];
  /** Folder of ID.f32 of real people, and what they say by ID (JSON). */
  readonly tracks?: string | undefined;
  readonly phones?: string | undefined;
  readonly onProgress?: ((what: string) => void) | undefined;
}

/** A movement at one scale; means over portraits and speeches, closures the least. */
export interface EditRow extends EditFigures {
  readonly movement: Articulation;
  readonly scale: number;
  /** Of the moments at which p, b or m is heard and the unedited lips close: share at which they still do. */
  readonly closuresKept: number;
}

/** The lip scale drawn at rising values; means over portraits, or the least where that is said. */
export interface ScaleRow {
  readonly scale: number;
  /** Slope of the outer lips' height on that at scale 1, tracked and composed, and of the height over mouth width, tracked. */
  readonly gain: number;
  readonly composedGain: number;
  readonly gainPerWidth: number;
  /** Least r of the gap with that at scale 1, tracked and composed; NaN at 0. */
  readonly shape: number;
  readonly composedShape: number;
  readonly closuresKept: number;
  /** Change of the mean height of brows and lids against scale 1, U, and of yaw, degrees. */
  readonly brows: number;
  readonly eyes: number;
  readonly yaw: number;
}

/** Everything `evaluateControls` found. */
export interface ControlReport {
  readonly edits: readonly EditRow[];
  readonly scales: readonly ScaleRow[];
  /** R² of each gain as a straight line of the scale, and share of steps at which the first rises. */
  readonly linearity: { readonly gain: number; readonly composedGain: number; readonly gainPerWidth: number };
  readonly rising: number;
  /** r between portraits that say the same, the least, tracked and composed. */
  readonly across: Readonly<Record<'gap' | 'width' | 'composedGap' | 'composedWidth', number>>;
  /** Frames by which drawn lips lead the sound, each take. */
  readonly leads: readonly number[];
  readonly stillness: LipStillness;
  /** Standard deviations in natural speech, means. */
  readonly natural: Readonly<Record<'tracked' | 'composed', Readonly<Record<LipEditMeasure, number>>>>;
  /** Least r of the outer lips' height and of the gap as tracked with what was composed. */
  readonly trackerReads: { readonly height: number; readonly gap: number; readonly width: number };
  readonly real?: RealLips;
  readonly sync: readonly ControlSync[];
}

/** Scales at which each articulation is drawn. */
export const EDIT_SCALES = [0.5, 0.75, 1.25, 1.5] as const;
/** Lip scales drawn, rising. */
export const LIP_SCALE_STEPS = [0, 0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1, 1.15, 1.3, 1.45, 1.6] as const;
/** Nothing moves but lips. */
const STILL = {
  version: 1,
  seed: 4,
  headMotion: 0,
  blink: 0,
  gaze: 0,
  brow: 0,
  energy: 1,
  idle: 0,
} as const satisfies Performance;
const RATE = 16000;
const SECONDS = { spoken: 3, silent: 1, heard: 6 } as const;

/** Moves each lip control alone and measures what is drawn, and how well it keeps to the sound. */
export async function evaluateControls(
  core: TalkerCore,
  runtime: TensorRuntime,
  { portraits, speech, tracks, phones, onProgress = () => {} }: ControlEvaluation,
): Promise<ControlReport> {
  const sounds = await Promise.all(speech.map(async (file) => (await readSound(file)).slice(0, SECONDS.heard * RATE)));
  const real = tracks === undefined ? undefined : measureRealLips(core.basis, tracks, phones);
  const drawnSounds = sounds.slice(0, 2).map((sound) => {
    const padded = new Float32Array((SECONDS.spoken + SECONDS.silent) * RATE);
    padded.set(sound.subarray(0, SECONDS.spoken * RATE));
    return padded;
  });
  const naturals: DrawnTrack[][] = [];
  const edits: EditRow[] = [];
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
          const [before, after] = lipEditTakes(natural, [natural, track]);
          const figures = editFigures(before!, after!, OWN_MEASURE[movement]);
          edits.push({ movement, scale, ...figures, closuresKept: closuresKept(natural, track) });
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
  const straight = (name: 'gain' | 'composedGain' | 'gainPerWidth') =>
    straightness(
      [...LIP_SCALE_STEPS],
      scales.map((row) => row[name]),
    );
  const takes = naturals.flat();
  const unedited = takes.map((track) => lipEditTakes(track, [track])[0]!);
  const spreadOf = (kind: 'tracked' | 'composed') =>
    eachMeasure((name) => mean(unedited.map((take) => deviation(take[kind][name]))));
  const reads = (name: 'height' | 'gap' | 'width') =>
    Math.min(...takes.map((track) => correlation(track.composed[name], track[name], 0)));
  return {
    edits: editRows(edits),
    scales,
    linearity: {
      gain: straight('gain'),
      composedGain: straight('composedGain'),
      gainPerWidth: straight('gainPerWidth'),
    },
    rising: gains.slice(1).filter((gain, i) => gain > gains[i]!).length / (gains.length - 1),
    across: {
      gap: leastAcross(naturals, (track) => track.gap),
      width: leastAcross(naturals, (track) => track.width),
      composedGap: leastAcross(naturals, (track) => track.composed.gap),
      composedWidth: leastAcross(naturals, (track) => track.composed.width),
    },
    leads,
    stillness: lipStillness(spoken),
    natural: { tracked: spreadOf('tracked'), composed: spreadOf('composed') },
    trackerReads: { height: reads('height'), gap: reads('gap'), width: reads('width') },
    ...(real && { real }),
    sync,
  };
}

function editRows(edits: readonly EditRow[]): EditRow[] {
  return ARTICULATIONS.flatMap((movement) =>
    EDIT_SCALES.map((scale): EditRow => {
      const own = edits.filter((edit) => edit.movement === movement && edit.scale === scale);
      const average = (part: 'size' | 'composedSize' | 'follows') => mean(own.map((edit) => edit[part]));
      const averages = (part: 'change' | 'leak' | 'composedLeak') =>
        eachMeasure((name) => mean(own.map((edit) => edit[part][name])));
      return {
        movement,
        scale,
        size: average('size'),
        composedSize: average('composedSize'),
        follows: average('follows'),
        change: averages('change'),
        leak: averages('leak'),
        composedLeak: averages('composedLeak'),
        closuresKept: leastKnown(own.map((edit) => edit.closuresKept)),
      };
    }),
  );
}

function scaleRow(scale: number, takes: readonly { natural: DrawnTrack; track: DrawnTrack }[]): ScaleRow {
  const moved = (name: 'brows' | 'eyes' | 'yaw') =>
    mean(takes.map(({ natural, track }) => Math.abs(mean([...track[name]]) - mean([...natural[name]]))));
  const shape = (curve: (track: DrawnTrack) => Float32Array) =>
    scale === 0
      ? Number.NaN
      : Math.min(...takes.map(({ natural, track }) => correlation(curve(natural), curve(track), 0)));
  return {
    scale,
    gain: mean(takes.map(({ natural, track }) => slope(natural.height, track.height))),
    composedGain: mean(takes.map(({ natural, track }) => slope(natural.composed.height, track.composed.height))),
    gainPerWidth: mean(takes.map(({ natural, track }) => slope(natural.outer, track.outer))),
    shape: shape(({ gap }) => gap),
    composedShape: shape(({ composed }) => composed.gap),
    closuresKept: leastKnown(takes.map(({ natural, track }) => closuresKept(natural, track))),
    brows: moved('brows'),
    eyes: moved('eyes'),
    yaw: moved('yaw'),
  };
}

/** Least r of a curve between portraits that say the same. */
function leastAcross(naturals: readonly (readonly DrawnTrack[])[], curve: (track: DrawnTrack) => Float32Array): number {
  const rs = naturals.flatMap((one, i) =>
    naturals.slice(i + 1).flatMap((other) => one.map((track, s) => correlation(curve(track), curve(other[s]!), 0))),
  );
  return Math.min(...rs);
}

/** Speech without p, b and m says nothing of closures: NaN. */
function leastKnown(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? Number.NaN : Math.min(...known);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
