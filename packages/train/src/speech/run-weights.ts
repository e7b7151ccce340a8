import { join } from 'node:path';
import type { Weights } from '@pctalk/graph';
import { readCheckpoint } from '../checkpoint.ts';

/** Weights of an earlier run's folder, without its optimizer. @throws Error if the folder holds no checkpoint. */
export async function readRunWeights(folder: string): Promise<Weights> {
  const checkpoint = await readCheckpoint(join(folder, 'checkpoint.safetensors'));
  if (checkpoint === undefined) throw new Error(`${folder} holds no checkpoint`);
  return new Map([...checkpoint.arrays].filter(([name]) => !/^moment[12]\//.test(name)));
}
