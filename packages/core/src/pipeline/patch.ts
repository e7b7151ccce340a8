import { PcTalkError } from '../errors.ts';
import type { Performance } from '../formats/performance.ts';
import type { Articulation, Emotion, RegionSide } from '../motion/emotions.ts';

/** Controls that one number sets, and the seconds over which they go there. */
const NUMBERS = {
  lipScale: 0.5,
  headMotion: 1.2,
  blink: 0.2,
  gaze: 0.8,
  brow: 0.6,
  energy: 1,
  idle: 0.6,
} as const;
type NumberControl = keyof typeof NUMBERS;
const EMOTION_EASE = 0.8;
const ARTICULATION_EASE = 0.5;
const STYLE_EASE = 0.8;

/** A change of controls while somebody speaks. What is not named stays as it is. */
export type Patch = Partial<Readonly<Record<NumberControl, number>>> & {
  /** Takes the place of all emotions there are; none: neutral. */
  readonly emotion?:
    | readonly { readonly emotion: Emotion; readonly region?: RegionSide; readonly intensity: number }[]
    | undefined;
  readonly articulation?: Partial<Readonly<Record<Articulation, number>>> | undefined;
  /** Name of a preset. */
  readonly style?: string | undefined;
};

/** Names a patch may have. */
export const PATCHABLE = [...Object.keys(NUMBERS), 'emotion', 'articulation', 'style'] as const;

/**
 * The performance with a change that begins at a time and eases in: the same document that a file would have. Half of an ease
 * is never shorter than a jump would show: no landmark goes faster than in ordinary speech.
 * @param at seconds. @throws `patch-refused` for what cannot change while somebody speaks
 */
export function patchPerformance(performance: Performance, patch: Patch, at: number): Performance {
  for (const name of Object.keys(patch)) {
    if ((PATCHABLE as readonly string[]).includes(name)) continue;
    const message = `patch.${name}: expected one of ${PATCHABLE.join(', ')}, which may change while a session runs; open another session for the rest`;
    throw new PcTalkError('patch-refused', message, { details: { name } });
  }
  const out: Record<string, unknown> = { ...performance };
  for (const [name, ease] of Object.entries(NUMBERS) as [NumberControl, number][]) {
    const value = patch[name];
    if (value !== undefined) out[name] = [...clipsOf(performance[name]), { value, start: at + ease, ease }];
  }
  if (patch.emotion !== undefined) {
    out.emotion = [
      ...(performance.emotion ?? []).flatMap((clip) => endedBy(clip, at)),
      ...patch.emotion.map((clip) => ({ region: 'all', ...clip, start: at + EMOTION_EASE, ease: EMOTION_EASE })),
    ];
  }
  if (patch.articulation !== undefined) {
    const edits = Object.entries(patch.articulation).map(([movement, scale]) => ({
      ...{ movement, scale, start: at + ARTICULATION_EASE, ease: ARTICULATION_EASE },
    }));
    out.articulation = [...(performance.articulation ?? []), ...edits];
  }
  if (patch.style !== undefined) {
    out.style = [...(performance.style ?? []), { preset: patch.style, start: at + STYLE_EASE, ease: STYLE_EASE }];
  }
  return out as Performance;
}

/**
 * Drops what no longer counts, so that a session of hours stays as small as one of minutes: clips that have faded out, and of
 * tracks where the last wins those behind one that holds for good.
 * @param time seconds; nothing before it will be asked for.
 */
export function forgetPast(performance: Performance, time: number): Performance {
  const faded = (clip: Timed) =>
    clip.words === undefined && (clip.end ?? Number.POSITIVE_INFINITY) + (clip.ease ?? 0.12) < time;
  const holds = (clip: Timed) => clip.words === undefined && clip.end === undefined && (clip.start ?? 0) <= time;
  const lastThatHolds = <T extends Timed>(clips: readonly T[]): T[] => {
    const from = clips.findLastIndex(holds);
    return clips.slice(Math.max(0, from)).filter((clip) => !faded(clip));
  };
  const out: Record<string, unknown> = { ...performance };
  for (const name of Object.keys(NUMBERS) as NumberControl[]) {
    const track = performance[name];
    if (Array.isArray(track)) out[name] = lastThatHolds(track);
  }
  if (performance.style !== undefined) out.style = lastThatHolds(performance.style);
  if (performance.emotion !== undefined) out.emotion = performance.emotion.filter((clip) => !faded(clip));
  if (performance.articulation !== undefined) {
    const movements = [...new Set(performance.articulation.map(({ movement }) => movement))];
    out.articulation = movements.flatMap((name) =>
      lastThatHolds(performance.articulation!.filter(({ movement }) => movement === name)),
    );
  }
  return out as Performance;
}

interface Timed {
  readonly start?: number | undefined;
  readonly end?: number | undefined;
  readonly ease?: number | undefined;
  readonly words?: readonly [number, number] | undefined;
}

function clipsOf(track: Performance[NumberControl]): readonly object[] {
  if (track === undefined) return [];
  return typeof track === 'number' ? [{ value: track }] : track;
}

/**
 * A clip that fades out from `at` on; gone if it would only begin there. A later start of its own fade-in than time 0 is
 * assumed to be behind.
 */
function endedBy<T extends Timed>(clip: T, at: number): T[] {
  if (clip.words !== undefined || (clip.end ?? Number.POSITIVE_INFINITY) <= at) return [clip];
  if ((clip.start ?? 0) - (clip.ease ?? 0.12) >= at) return [];
  const start = clip.start ?? 0;
  // A clip that is still fading in keeps its pace, or it would jump.
  if (start > at) return [{ ...clip, end: start + 1e-3 }];
  return [{ ...clip, end: at, ease: Math.max(clip.ease ?? 0, EMOTION_EASE) }];
}
