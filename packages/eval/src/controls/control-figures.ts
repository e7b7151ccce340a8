import type { Articulation } from '@pctalk/core';
import { CLOSED, correlation, deviation } from '../lips/lip-figures.ts';
import type { DrawnTrack } from './drawn-track.ts';

/** Each articulation and what it is to move. */
export const OWN_MEASURE = { opening: 'gap', pursing: 'protrusion', widening: 'width' } as const satisfies Readonly<
  Record<Articulation, keyof DrawnTrack>
>;
export type EditedMeasure = (typeof OWN_MEASURE)[Articulation];
export const EDITED_MEASURES = Object.values(OWN_MEASURE);

/** One take at one value of a control, beside the same take with nothing edited. */
export interface EditFigures {
  /** Size of each measure's movement over that of the unedited take: slope of the one on the other. */
  readonly gain: Readonly<Record<EditedMeasure, number>>;
  /** Spread of the own measure, 5th to 95th percentile, over that of the unedited take. */
  readonly size: number;
  /** Root mean square of each measure's change, in its standard deviations in the unedited take. */
  readonly change: Readonly<Record<EditedMeasure, number>>;
  /** The part of each change that goes with the own measure's change, in the same units, over the own change. */
  readonly leak: Readonly<Record<EditedMeasure, number>>;
  /** Of the moments at which p, b or m is heard and the unedited lips close: share at which they still do. */
  readonly closuresKept: number;
}

/** @param own the measure the control is to move */
export function editFigures(natural: DrawnTrack, edited: DrawnTrack, own: EditedMeasure): EditFigures {
  const change = each((name) => rms(difference(edited[name], natural[name])) / deviation(natural[name]));
  const ownChange = difference(edited[own], natural[own]);
  const leak = each((name) => {
    const along = slope(ownChange, difference(edited[name], natural[name]));
    return (along * deviation(natural[own])) / deviation(natural[name]);
  });
  return {
    gain: each((name) => slope(natural[name], edited[name])),
    size: spread(edited[own]) / spread(natural[own]),
    change,
    leak,
    closuresKept: closuresKept(natural, edited),
  };
}

/** Share of the heard closures in which the natural lips meet that the edited lips meet in too. */
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

function each(value: (name: EditedMeasure) => number): Record<EditedMeasure, number> {
  return { gap: value('gap'), protrusion: value('protrusion'), width: value('width') };
}
