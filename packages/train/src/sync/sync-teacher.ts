/** The sync expert of step 2 as a teacher: what it hears in a sound, and how well lips fit to that. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  lipEmbedding,
  lipWindows,
  MEL_DEFAULTS,
  MelStream,
  SYNC_SHAPE,
  syncColumn,
  type TensorRuntime,
} from '@pctalk/core';
import { mul, slice, sub, sum, type Value, type Weights } from '@pctalk/graph';
import { weightedMean } from '../lip-loss.ts';
import { FrozenScope } from './frozen-scope.ts';

/** Windows one run of sync-sound.onnx takes. */
const WINDOWS = 25;

/** Hears sounds as the expert does. Who creates it disposes it. */
export interface SyncEar {
  /** @param samples 16 kHz. @returns `[frames × 64]`: row t is of the 0.2 s from frame t on, silence after the end. */
  hear(samples: Float32Array, frames: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** @param run folder of step 2. */
export async function createSyncEar(runtime: TensorRuntime, run: string): Promise<SyncEar> {
  const session = await runtime.load(await readFile(join(run, 'sync-sound.onnx')));
  const { bands } = MEL_DEFAULTS;
  const { columns, width } = SYNC_SHAPE;
  return {
    async hear(samples, frames) {
      const stream = new MelStream();
      const heard = [...stream.push(samples), ...stream.end()];
      const out = new Float32Array(frames * width);
      for (let first = 0; first < frames; first += WINDOWS) {
        const mel = new Float32Array(WINDOWS * bands * columns).fill(-4);
        for (let w = 0; w < WINDOWS; w++) {
          for (let c = 0; c < columns; c++) {
            const column = heard[syncColumn(first + w) + c];
            if (column === undefined) continue;
            for (let b = 0; b < bands; b++) mel[(w * bands + b) * columns + c] = column[b]!;
          }
        }
        const { sound } = await session.run({ mel: { dims: [WINDOWS, 1, bands, columns], data: mel } });
        const rows = Math.min(WINDOWS, frames - first);
        out.set((sound!.data as Float32Array).subarray(0, rows * width), first * width);
      }
      return out;
    },
    dispose: () => session.dispose(),
  };
}

/**
 * L_sync of lips against what the expert heard; its weights take no part in training.
 *
 * @param measures [B, T, ≥ 6], U: the first six of `LIP_MEASURES`, as `lipMeasureBasis` makes them of channels.
 * @param heard [B, T − 4, 64], rows of `SyncEar` from the same first frame on.
 * @param weights of the run of step 2 (`readRunWeights`). @param shares [B, 1]: how much each row of the batch counts.
 * @returns mean of 1 − cos(lips, sound) over windows, 0–2. @source PC-Talk, equation of L_sync
 */
export function taughtSyncLoss(measures: Value, heard: Value, weights: Weights, shares: Value): Value {
  const windows = lipWindows(slice(measures, 2, 0, SYNC_SHAPE.measures));
  const lips = lipEmbedding(windows, new FrozenScope(weights));
  return weightedMean(sub(1, sum(mul(lips, heard), [-1])), shares);
}
