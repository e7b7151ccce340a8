import type { Articulation } from '@pctalk/core';
import { CLOSED, correlation, deviation } from '../lips/lip-figures.ts';
import type { DrawnTrack } from './drawn-track.ts';

/** What is measured of lips, U: the gap between them, the height of their red, their width, how far they stand forward. */
export const LIP_EDIT_MEASURES = ['gap', 'lipHeight', 'width', 'protrusion'] as const;
export type LipEditMeasure = (typeof LIP_EDIT_MEASURES)[number];
/** Each measure over the frames of a take `[T]`, U. */
export type LipEditCurves = Readonly<Record<LipEditMeasure, Float32Array>>;
type EachMeasure = Readonly<Record<LipEditMeasure, number>>;

/** Each articulation and what it is to move. */
export const OWN_MEASURE = {
  opening: 'gap',
  pursing: 'lipHeight',
  widening: 'width',
} as const satisfies Readonly<Record<Articulation, LipEditMeasure>>;

/** The lips of a take, as composed and as tracked. */
export interface LipEditTake {
  readonly composed: LipEditCurves;
  readonly tracked: LipEditCurves;
}

/**
 * Brings takes of one portrait and speech to the same measures. The tracker reads the outer contour of the lips exactly, the
 * inner one in jumps (small openings as none): the lips' height is the outer contour's less the opening that was composed,
 * which counts as much as the tracker saw the outer contour go with it in the unedited take.
 */
export function lipEditTakes(natural: DrawnTrack, tracks: readonly DrawnTrack[]): LipEditTake[] {
  const share = slope(natural.composed.gap, natural.height);
  return tracks.map(({ composed, height, gap, width, protrusion }) => ({
    composed: { ...composed, lipHeight: composed.height.map((x, t) => x - composed.gap[t]!) },
    tracked: { gap, width, protrusion, lipHeight: height.map((x, t) => x - share * composed.gap[t]!) },
  }));
}

/** One take at one value of a control, beside the same take with nothing edited. */
export interface EditFigures {
  /** Spread of the own measure, 5th to 95th percentile, over that of the unedited take, tracked and composed. */
  readonly size: number;
  readonly composedSize: number;
  /** How far the tracked own measure goes with the composed one of the unedited take, over how far it does unedited. */
  readonly follows: number;
  /** Root mean square of each tracked measure's change, in its standard deviations in the unedited take. */
  readonly change: EachMeasure;
  /** The part of each change that goes with the own measure's change, in the same units, over the own change. */
  readonly leak: EachMeasure;
  readonly composedLeak: EachMeasure;
}

/** @param own the measure the control is to move */
export function editFigures(natural: LipEditTake, edited: LipEditTake, own: LipEditMeasure): EditFigures {
  return {
    size: spread(edited.tracked[own]) / spread(natural.tracked[own]),
    composedSize: spread(edited.composed[own]) / spread(natural.composed[own]),
    follows: slope(natural.composed[own], edited.tracked[own]) / slope(natural.composed[own], natural.tracked[own]),
    change: eachMeasure(
      (name) => rms(difference(edited.tracked[name], natural.tracked[name])) / deviation(natural.tracked[name]),
    ),
    leak: leaks(natural.tracked, edited.tracked, own),
    composedLeak: leaks(natural.composed, edited.composed, own),
  };
}

function leaks(natural: LipEditCurves, edited: LipEditCurves, own: LipEditMeasure): EachMeasure {
  const ownChange = difference(edited[own], natural[own]);
  return eachMeasure((name) => {
    const along = slope(ownChange, difference(edited[name], natural[name]));
    return (along * deviation(natural[own])) / deviation(natural[name]);
  });
}

/** Share of the heard closures in which the natural lips meet that the edited lips meet in too; NaN if there are none. */
export function closuresKept(natural: DrawnTrack, edited: DrawnTrack): number {
  const moments = heardClosures(natural.closure).filter((moment) => lowest(natural.opening, moment) < CLOSED);
  return moments.filter((moment) => lowest(edited.opening, moment) < CLOSED).length / moments.length;
}

/** Stretches of frames in which p, b or m is heard, one frame more on either side. */
function heardClosures(closure: Float32Array): [number, number][] {
  const moments: [number, number][] = [];
  closure.forEach((posterior, t) => {
    if (posterior < 0.5) return;
    const last = moments.at(-1);
    if (last !== undefined && last[1] >= t) last[1] = t + 2;
    else moments.push([Math.max(0, t - 1), t + 2]);
  });
  return moments;
}

function lowest(curve: Float32Array, [first, last]: readonly [number, number]): number {
  return Math.min(...curve.subarray(first, last));
}

/** Slope of y on x about their means; 0 where y does not move. */
export function slope(x: Float32Array, y: Float32Array): number {
  const moved = deviation(y);
  return moved === 0 ? 0 : (correlation(x, y, 0) * moved) / deviation(x);
}

/** A value for each measure. */
export function eachMeasure(value: (name: LipEditMeasure) => number): EachMeasure {
  return {
    gap: value('gap'),
    lipHeight: value('lipHeight'),
    width: value('width'),
    protrusion: value('protrusion'),
  };
}

function spread(curve: Float32Array): number {
  const sorted = curve.slice().sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  return at(0.95) - at(0.05);
}

function difference(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((x, i) => x - b[i]!);
}

function rms(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
}
