import { augment } from '../speech/augment.ts';
import { readClips } from '../speech/clip-store.ts';
import { looped, pick, pickSet, stretchRows } from '../speech/draw.ts';
import { changeSpeed } from '../speech/resample.ts';
import { seededRandom } from '../speech/seeded-random.ts';
import type { Random } from '../speech/sentences.ts';
import { readTrace, TRACE_MEASURES, TRACE_WIDTH, type TracedClip } from './lip-traces.ts';

/** Clips of one origin and how often they are drawn. */
export interface TracedSet {
  readonly name: string;
  readonly clips: readonly TracedClip[];
  readonly share: number;
}

/** A stretch of sound with the lips of the same time. */
export interface SyncExample {
  /** `[frames · 640]` */
  readonly samples: Float32Array;
  /** `[frames × 9]`, as in a trace. */
  readonly rows: Float32Array;
}

const FRAME = 640;
const SPEED = [0.86, 1.16] as const;
/** Frames a mouth takes from the end of one clip to the begin of the next. */
const PAUSE = [4, 14] as const;

/** Reads `NAME=SHARE,…` from the data folder of the speech steps and the traces of step 1. */
export function readTracedSets(data: string, traces: string, shares: string): TracedSet[] {
  return shares.split(',').map((entry) => {
    const [name = '', share] = entry.split('=');
    const clips = readClips(data, name).flatMap(({ id, samples }): TracedClip[] => {
      const rows = readTrace(traces, name, id);
      return rows === undefined ? [] : [{ id, samples, rows }];
    });
    if (clips.length === 0) throw new Error(`sync: expected clips of ${name} in ${data} and ${traces}, got none`);
    const minutes = clips.reduce((sum, { rows }) => sum + rows.length / TRACE_WIDTH / 25 / 60, 0);
    console.log(`${name}: ${clips.length} clips, ${minutes.toFixed(1)} min, share ${share}`);
    return { name, clips, share: Number(share) };
  });
}

/** Every twentieth clip of each set is kept from training. */
export function splitSets(sets: readonly TracedSet[]): { readonly train: TracedSet[]; readonly held: TracedSet[] } {
  const part = (keep: (i: number) => boolean) =>
    sets.map((set) => ({ ...set, clips: set.clips.filter((_, i) => keep(i)) }));
  return { train: part((i) => i % 20 !== 7), held: part((i) => i % 20 === 7) };
}

/** Clips of one set after each other with pauses between, from a random place on, as one room and microphone hears them. */
export function makeSyncExample(sets: readonly TracedSet[], name: string, frames: number): SyncExample {
  const random = seededRandom(name);
  const set = pickSet(sets, random);
  const samples = new Float32Array(frames * FRAME);
  const rows = new Float32Array(frames * TRACE_WIDTH);
  const speed = SPEED[0] * (SPEED[1] / SPEED[0]) ** random();
  let cursor = -Math.floor(random() * 60);
  let last = -1;
  while (cursor < frames) {
    const clip = pick(set.clips, random);
    const sound = changeSpeed(clip.samples, speed);
    const lips = stretchRows(clip.rows, TRACE_WIDTH, speed);
    const length = Math.min(Math.floor(sound.length / FRAME), lips.length / TRACE_WIDTH);
    for (let t = Math.max(0, -cursor); t < length && cursor + t < frames; t++) {
      samples.set(sound.subarray(t * FRAME, (t + 1) * FRAME), (cursor + t) * FRAME);
      rows.set(lips.subarray(t * TRACE_WIDTH, (t + 1) * TRACE_WIDTH), (cursor + t) * TRACE_WIDTH);
      if (t === Math.max(0, -cursor)) bridge(rows, last, cursor + t);
      last = cursor + t;
    }
    cursor += length + PAUSE[0] + Math.floor(random() * (PAUSE[1] - PAUSE[0]));
  }
  bridge(rows, last, frames);
  augment(samples, random, (length) => looped(pick(pickSet(sets, random).clips, random).samples, length, random));
  return { samples, rows };
}

/** Changes how large each movement is and adds the jitter of a tracker, in place. @param rows `[frames × 9]` */
export function varyLips(rows: Float32Array, random: Random): void {
  const size = 0.6 * 3 ** random();
  const gains = Array.from({ length: TRACE_WIDTH }, () => size * (0.8 + 0.45 * random()));
  const jitter = 0.006 * random() ** 2;
  for (let i = 0; i < rows.length; i++) {
    const column = i % TRACE_WIDTH;
    const noise = random() + random() + random() - 1.5;
    rows[i] = rows[i]! * gains[column]! + jitter * noise * (column < TRACE_MEASURES && column > 0 ? 0.5 : 1);
  }
}

/** Straight from row `from` to row `to`; at the ends of the example, the one there is. */
function bridge(rows: Float32Array, from: number, to: number): void {
  const frames = rows.length / TRACE_WIDTH;
  for (let t = from + 1; t < to; t++) {
    for (let i = 0; i < TRACE_WIDTH; i++) {
      const before = rows[(from < 0 ? to : from) * TRACE_WIDTH + i]!;
      const after = to >= frames ? before : rows[to * TRACE_WIDTH + i]!;
      rows[t * TRACE_WIDTH + i] = before + ((after - before) * (t - from)) / (to - from);
    }
  }
}
