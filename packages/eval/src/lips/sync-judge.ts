import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { JUDGE_SHAPE, judgeLipRows, judgeSoundRows, type LipCurves, type TensorRuntime } from '@pctalk/core';

/** Offset of sound and lips over one window of a clip. */
export interface WindowOffset {
  /** First frame. */
  readonly start: number;
  /** Frames by which the lips lead the sound: positive if the sound comes late. */
  readonly offset: number;
}

/** What the judge says of a clip. */
export interface ClipOffsets {
  readonly windows: readonly WindowOffset[];
  /** The offset with most evidence over all windows together. */
  readonly offset: number;
  /** That evidence less the median over offsets, a window: how sure the judge is that these belong together (as LSE-C). */
  readonly confidence: number;
}

/** A sync expert trained apart, for measuring only. Who creates it disposes it. */
export interface SyncJudge {
  /** @param samples 16 kHz, of the same time as the curves. */
  offsets(samples: Float32Array, curves: LipCurves): Promise<ClipOffsets>;
  dispose(): Promise<void>;
}

/** Frames of a window (3 s), between the starts of windows, and the largest shift tried. */
export const JUDGE_WINDOW = Object.freeze({ frames: 75, hop: 25, shift: 15 });

/** Frames a clip may lack of a window. */
const SHORT = 3;

/** Loads the judge that comes with this package. */
export async function createSyncJudge(runtime: TensorRuntime): Promise<SyncJudge> {
  const path = fileURLToPath(new URL('../../assets/sync-judge.onnx', import.meta.url));
  const session = await runtime.load(await readFile(path));
  const { frames, hop, shift } = JUDGE_WINDOW;
  const run = async (sound: Float32Array, lips: Float32Array) => {
    const outputs = await session.run({
      sound: { dims: [1, frames, JUDGE_SHAPE.sound], data: sound },
      lips: { dims: [1, frames, JUDGE_SHAPE.lips], data: lips },
    });
    return evidence(outputs['heard']!.data as Float32Array, outputs['seen']!.data as Float32Array, shift);
  };
  return {
    async offsets(samples, curves) {
      const count = curves.opening.length;
      const sound = judgeSoundRows(samples, count);
      const lips = judgeLipRows(curves);
      const total = new Float64Array(2 * shift + 1);
      const windows: WindowOffset[] = [];
      for (let start = 0; start === 0 || start + frames <= count + SHORT; start += hop) {
        const found = await run(
          rowsFrom(sound, JUDGE_SHAPE.sound, start, frames),
          rowsFrom(lips, JUDGE_SHAPE.lips, start, frames),
        );
        found.forEach((x, i) => {
          total[i]! += x;
        });
        windows.push({ start, offset: largest(found) - shift });
      }
      const sorted = [...total].sort((a, b) => a - b);
      const confidence = (sorted.at(-1)! - sorted[shift]!) / windows.length;
      return { windows, offset: largest(total) - shift, confidence };
    },
    dispose: () => session.dispose(),
  };
}

/** Mean of heard(t + k) · seen(t) over the frames both have, for k = −shift … shift. */
function evidence(heard: Float32Array, seen: Float32Array, shift: number): Float64Array {
  const { width } = JUDGE_SHAPE;
  const frames = seen.length / width;
  const out = new Float64Array(2 * shift + 1);
  for (let k = -shift; k <= shift; k++) {
    let sum = 0;
    for (let t = Math.max(0, -k); t < Math.min(frames, frames - k); t++) {
      for (let i = 0; i < width; i++) sum += heard[(t + k) * width + i]! * seen[t * width + i]!;
    }
    out[k + shift] = sum / (frames - Math.abs(k));
  }
  return out;
}

/** Rows of a window; zeros, the mean of every row, where the clip is over. */
function rowsFrom(rows: Float32Array, width: number, start: number, frames: number): Float32Array {
  const out = new Float32Array(frames * width);
  out.set(rows.subarray(start * width, Math.min(rows.length, (start + frames) * width)));
  return out;
}

function largest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
