import type { Level, Performance, Span, Track } from '../formats/performance.ts';

/** Seconds over which a clip eases in and out unless it says otherwise: about one syllable's transition. */
export const DEFAULT_EASE = 0.12;

/** A clip with its span resolved to seconds. */
export interface Interval {
  readonly start: number;
  readonly end: number;
  readonly ease: number;
}

/** Resolves a span to seconds; a span of words reaches from the first word's start to the last word's end. */
export function resolveSpan(span: Span, performance: Performance): Interval {
  const words = performance.words ?? [];
  const [first, last] = span.words ?? [];
  const start = span.start ?? (first === undefined ? 0 : (words[first]?.start ?? 0));
  const end = span.end ?? (last === undefined ? Number.POSITIVE_INFINITY : (words[last]?.end ?? 0));
  return { start, end, ease: span.ease ?? DEFAULT_EASE };
}

/** How far a clip holds at `time`, 0–1: 1 inside, easing to 0 over `ease` seconds on either side. */
export function weightAt(interval: Interval, time: number): number {
  const { start, end, ease } = interval;
  if (time >= start && time < end) return 1;
  const outside = time < start ? start - time : time - end;
  return outside >= ease ? 0 : smooth(1 - outside / ease);
}

/** Value of a constant or of keyframes at `time`; before the first and after the last keyframe their values hold. */
export function levelAt(level: Level, time: number): number {
  if (typeof level === 'number') return level;
  let from = level[0];
  if (from === undefined) return 0;
  for (const to of level) {
    if (time < to.time) {
      if (to === from) return to.value;
      const fraction = (time - from.time) / (to.time - from.time);
      const easing = from.easing ?? 'smooth';
      const eased = easing === 'hold' ? 0 : easing === 'linear' ? fraction : smooth(fraction);
      return from.value + (to.value - from.value) * eased;
    }
    from = to;
  }
  return from.value;
}

/** A track where the last clip wins: each clip draws the value towards its own by its weight. */
export function lastWins(
  clips: readonly { readonly interval: Interval; readonly value: Level }[],
  base: number,
  time: number,
): number {
  let value = base;
  for (const clip of clips) {
    const weight = weightAt(clip.interval, time);
    if (weight > 0) value += (levelAt(clip.value, time) - value) * weight;
  }
  return value;
}

/** Resolves the spans of a track; a bare number holds everywhere. */
export function resolveTrack(
  track: Track | undefined,
  performance: Performance,
): readonly { readonly interval: Interval; readonly value: Level }[] {
  if (track === undefined) return [];
  if (typeof track === 'number') return [{ interval: resolveSpan({}, performance), value: track }];
  return track.map((clip) => ({ interval: resolveSpan(clip, performance), value: clip.value }));
}

/** 3x² − 2x³ on 0–1. */
function smooth(x: number): number {
  return x * x * (3 - 2 * x);
}
