import type { LipCurves } from '@pctalk/core';

/** What is said in a stretch of a clip, seconds. */
export interface PhoneInterval {
  readonly start: number;
  readonly end: number;
  /** ARPAbet name. */
  readonly phone: string;
}

/** One clip: the real lips, ours from its sound, and what is said, where known. */
export interface LipClip {
  readonly id: string;
  readonly real: LipCurves;
  readonly ours: LipCurves;
  readonly phones?: readonly PhoneInterval[] | undefined;
  /** Frames by which the real lips lead the real sound, as a judge found. */
  readonly offset?: number | undefined;
}

/** The curves that are compared, in the order of the tables. */
export const LIP_CURVES = ['opening', 'width', 'protrusion'] as const satisfies readonly (keyof LipCurves)[];
export type LipCurve = (typeof LIP_CURVES)[number];

/** Agreement of a group of clips at one lag. */
export interface LipAgreement {
  readonly clips: number;
  readonly frames: number;
  /** Frames by which our lips are shown later for the best r of the opening, −3 … 3; one for the whole group. */
  readonly lag: number;
  /** Mean r over clips, weighted by length. */
  readonly r: Readonly<Record<LipCurve, number>>;
  /** The same, each clip at its own offset between real sound and real lips: clips differ in how they were recorded. */
  readonly ownOffset: Readonly<Record<LipCurve, number>>;
  /** The same, each clip at the lag of −3 … 3 that suits ours best. */
  readonly ownLag: Readonly<Record<LipCurve, number>>;
  /** The first against the lips of another clip: chance. */
  readonly shuffled: Readonly<Record<LipCurve, number>>;
  /** Median over clips of std(ours) / std(real). */
  readonly amplitude: Readonly<Record<LipCurve, number>>;
  /** Median over clips of the mean change a frame, ours / real. */
  readonly speed: Readonly<Record<LipCurve, number>>;
  /** r of each clip at its own offset. */
  readonly each: readonly ({ readonly id: string } & Readonly<Record<LipCurve, number>>)[];
}

const MAX_LAG = 3;

/** How well our curves follow the real ones. */
export function lipAgreement(clips: readonly LipClip[]): LipAgreement {
  const lags = Array.from({ length: 2 * MAX_LAG + 1 }, (_, i) => i - MAX_LAG);
  const meanAt = (curve: LipCurve, lagOf: number | ((clip: LipClip) => number), shift: number) => {
    let sum = 0;
    let weight = 0;
    clips.forEach((clip, i) => {
      const other = clips[(i + shift) % clips.length]!;
      const lag = typeof lagOf === 'number' ? lagOf : lagOf(clip);
      const r = correlation(clip.real[curve], other.ours[curve], lag);
      if (!Number.isFinite(r)) return;
      sum += r * clip.real[curve].length;
      weight += clip.real[curve].length;
    });
    return sum / weight;
  };
  const openings = lags.map((lag) => meanAt('opening', lag, 0));
  const lag = lags[openings.indexOf(Math.max(...openings))]!;
  const each = (value: (curve: LipCurve) => number) =>
    Object.fromEntries(LIP_CURVES.map((curve) => [curve, value(curve)])) as Record<LipCurve, number>;
  return {
    clips: clips.length,
    frames: clips.reduce((sum, { real }) => sum + real.opening.length, 0),
    lag,
    r: each((curve) => meanAt(curve, lag, 0)),
    ownOffset: each((curve) => meanAt(curve, ({ offset = 0 }) => -offset, 0)),
    ownLag: each((curve) => meanAt(curve, ({ real, ours }) => bestLag(real[curve], ours[curve], lags), 0)),
    shuffled: each((curve) => meanAt(curve, lag, clips.length > 1 ? 1 : 0)),
    amplitude: each((curve) => median(clips.map(({ real, ours }) => deviation(ours[curve]) / deviation(real[curve])))),
    speed: each((curve) => median(clips.map(({ real, ours }) => meanStep(ours[curve]) / meanStep(real[curve])))),
    each: clips.map(({ id, real, ours, offset = 0 }) => ({
      id,
      ...each((curve) => correlation(real[curve], ours[curve], -offset)),
    })),
  };
}

function bestLag(real: Float32Array, ours: Float32Array, lags: readonly number[]): number {
  const rs = lags.map((lag) => correlation(real, ours, lag));
  return lags[rs.indexOf(Math.max(...rs))] ?? 0;
}

/** Closures and stillness on clips whose phones are known; rates 0–1. */
export interface LipPrecision {
  /** Share of p, b, m whose lips come closer than 8 % of the mouth's width. */
  readonly closures: { readonly ours: number; readonly real: number; readonly count: number };
  /** Share of open vowels in which the lips wrongly do. */
  readonly falseClosures: { readonly ours: number; readonly real: number; readonly count: number };
  /** Mean opening in open vowels. */
  readonly openVowels: { readonly ours: number; readonly real: number };
  /** Standard deviation of the opening in silence of more than 0.2 s. */
  readonly silence: { readonly ours: number; readonly real: number };
}

/** Lips closer than this share of mouth width count as closed. */
export const CLOSED = 0.08;
const BILABIALS = new Set(['P', 'B', 'M']);
const OPEN_VOWELS = new Set(['AA', 'AE', 'AY', 'AW', 'EH']);

/** Closures, open vowels and silence of clips with known phones, ours and the real ones. */
export function lipPrecision(clips: readonly LipClip[]): LipPrecision {
  const closures = { ours: 0, real: 0, count: 0 };
  const falseClosures = { ours: 0, real: 0, count: 0 };
  const openVowels = { ours: 0, real: 0 };
  const silence = { ours: [] as number[], real: [] as number[] };
  for (const { real, ours, phones } of clips) {
    for (const { start, end, phone } of phones ?? []) {
      const [first, last] = [
        Math.floor(start * 25),
        Math.min(real.opening.length, ours.opening.length, Math.ceil(end * 25)),
      ];
      if (last <= first) continue;
      if (BILABIALS.has(phone)) {
        closures.count++;
        if (lowest(ours.opening, first - 1, last + 1) < CLOSED) closures.ours++;
        if (lowest(real.opening, first - 1, last + 1) < CLOSED) closures.real++;
      } else if (OPEN_VOWELS.has(phone)) {
        const middle = Math.floor(((start + end) / 2) * 25);
        falseClosures.count++;
        if (ours.opening[middle]! < CLOSED) falseClosures.ours++;
        if (real.opening[middle]! < CLOSED) falseClosures.real++;
        openVowels.ours += ours.opening[middle]!;
        openVowels.real += real.opening[middle]!;
      } else if (phone === 'SIL' && end - start > 0.2) {
        const [from, to] = [Math.ceil((start + 0.1) * 25), Math.floor((end - 0.1) * 25)];
        if (to - from > 2) {
          silence.ours.push(deviation(ours.opening.subarray(from, to)));
          silence.real.push(deviation(real.opening.subarray(from, to)));
        }
      }
    }
  }
  const rate = ({ ours, real, count }: typeof closures) => ({ ours: ours / count, real: real / count, count });
  return {
    closures: rate(closures),
    falseClosures: rate(falseClosures),
    openVowels: { ours: openVowels.ours / falseClosures.count, real: openVowels.real / falseClosures.count },
    silence: { ours: median(silence.ours), real: median(silence.real) },
  };
}

/** Pearson's r of real[n] and ours[n − lag] over the frames both have. */
export function correlation(real: Float32Array, ours: Float32Array, lag: number): number {
  const first = Math.max(0, lag);
  const last = Math.min(real.length, ours.length + lag);
  const count = last - first;
  let [a, b] = [0, 0];
  for (let n = first; n < last; n++) {
    a += real[n]! / count;
    b += ours[n - lag]! / count;
  }
  let [aa, bb, ab] = [0, 0, 0];
  for (let n = first; n < last; n++) {
    aa += (real[n]! - a) ** 2;
    bb += (ours[n - lag]! - b) ** 2;
    ab += (real[n]! - a) * (ours[n - lag]! - b);
  }
  return ab / Math.sqrt(aa * bb);
}

function lowest(curve: Float32Array, first: number, last: number): number {
  let low = Number.POSITIVE_INFINITY;
  for (let n = Math.max(0, first); n < Math.min(curve.length, last); n++) low = Math.min(low, curve[n]!);
  return low;
}

/** Standard deviation over all frames. */
export function deviation(curve: Float32Array): number {
  let [sum, squares] = [0, 0];
  for (const x of curve) {
    sum += x;
    squares += x * x;
  }
  return Math.sqrt(Math.max(0, squares / curve.length - (sum / curve.length) ** 2));
}

function meanStep(curve: Float32Array): number {
  let sum = 0;
  for (let t = 1; t < curve.length; t++) sum += Math.abs(curve[t]! - curve[t - 1]!);
  return sum / Math.max(1, curve.length - 1);
}

/** The middle value; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
