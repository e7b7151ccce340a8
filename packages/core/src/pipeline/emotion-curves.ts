import type { Performance } from '../formats/performance.ts';
import type { Felt, FeltSpan } from '../models/emotion-sources/felt.ts';
import { EMOTIONS, type Emotion, type RegionSide } from '../motion/emotions.ts';

/** Emotions of a performance over time. */
export type EmotionClips = NonNullable<Performance['emotion']>;
/** What a curve of emotion was read from: its kind and hash. */
export type EmotionSource = NonNullable<EmotionClips[number]['source']>;

/** Where curves come from and where they go. */
export interface EmotionCurvesOptions {
  /** Kept with every curve, for the record. */
  readonly source: EmotionSource;
  /** Part of the face. @default 'all' */
  readonly region?: RegionSide | undefined;
}

/** Seconds in which one feeling passes into the next. */
export const FEELING_PASSES = 0.4;
/** A pause longer than this brings the face to rest, seconds. */
const REST_AFTER = 1.5;

/**
 * Turns what was felt when into curves of a performance, one an emotion, which hold through each span and pass smoothly
 * from one to the next; the face comes to rest before the first, after the last and in long pauses.
 * @param spans in order of time, not overlapping
 */
export function emotionCurves(spans: readonly FeltSpan[], { source, region }: EmotionCurvesOptions): EmotionClips {
  const points: { time: number; felt: Felt }[] = [];
  const add = (time: number, felt: Felt) => {
    const last = points.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
    if (time > last + 0.01) points.push({ time, felt });
  };
  spans.forEach(({ start, end, felt }, i) => {
    const [before, after] = [spans[i - 1], spans[i + 1]];
    const half = Math.min(FEELING_PASSES, end - start) / 2;
    const fresh = before === undefined || start - before.end > REST_AFTER;
    const last = after === undefined || after.start - end > REST_AFTER;
    if (fresh && start > FEELING_PASSES) add(start - FEELING_PASSES, {});
    add(fresh ? start : start + half, felt);
    add(last ? end : end - half, felt);
    if (last) add(end + FEELING_PASSES, {});
  });
  const felt = EMOTIONS.filter((emotion) => spans.some((span) => (span.felt[emotion] ?? 0) > 0));
  return felt.map((emotion) => ({
    emotion,
    region: region ?? 'all',
    intensity: withoutRepeats(
      points.map((point) => ({ time: thousandth(point.time), value: levelOf(point.felt, emotion) })),
    ),
    source,
  }));
}

/** How a curve lies on speech of another length: its end held, played again and again, or stretched. */
export const EMOTION_FITS = ['hold', 'loop', 'stretch'] as const;
export type EmotionFit = (typeof EMOTION_FITS)[number];

/**
 * Lays values read at a steady rate on speech of another length.
 * @param values of the reference, `rate` a second
 * @param duration of the speech, seconds
 * @returns keyframes, linear in between, no more than it takes; what follows the last holds its value
 */
export function fitCurve(values: readonly number[], rate: number, fit: EmotionFit, duration: number) {
  const at = (time: number, value: number) => ({
    time: thousandth(time),
    value: thousandth(value),
    easing: 'linear' as const,
  });
  if (fit === 'stretch') return thin(values.map((value, n) => at((n * duration) / values.length, value)));
  const needed = Math.max(1, Math.ceil(duration * rate));
  const count = fit === 'loop' ? needed : Math.min(values.length, needed);
  return thin(Array.from({ length: count }, (_, n) => at(n / rate, values[n % values.length]!)));
}

/** How far a curve may run from a value that was left out. */
const TOLERANCE = 0.01;

/** Leaves out keyframes that a straight line between the others gives to within `TOLERANCE`. */
function thin<T extends { readonly time: number; readonly value: number }>(keyframes: readonly T[]): T[] {
  const kept = keyframes.slice(0, 1);
  for (let from = 0, to = 1; to < keyframes.length; to++) {
    const [a, b] = [keyframes[from]!, keyframes[to + 1]];
    const isStraight = (frame: T) => {
      const line = a.value + ((b!.value - a.value) * (frame.time - a.time)) / (b!.time - a.time);
      return Math.abs(frame.value - line) <= TOLERANCE;
    };
    if (b !== undefined && keyframes.slice(from + 1, to + 1).every(isStraight)) continue;
    kept.push(keyframes[to]!);
    from = to;
  }
  return kept;
}

/** Leaves out keyframes between two equals. */
function withoutRepeats<T extends { readonly value: number }>(keyframes: readonly T[]): T[] {
  return keyframes.filter(({ value }, n) => value !== keyframes[n - 1]?.value || value !== keyframes[n + 1]?.value);
}

function levelOf(felt: Felt, emotion: Emotion): number {
  return thousandth(Math.min(1, felt[emotion] ?? 0));
}

function thousandth(value: number): number {
  return Math.round(value * 1000) / 1000;
}
