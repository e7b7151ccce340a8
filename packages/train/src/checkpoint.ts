/** Checkpoints: all a run needs to go on as if it had not stopped, in one safetensors file, written atomically. */
import { existsSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { PcTalkError, readSafetensors, type StoredTensor, toFloat32, writeSafetensors } from '@pctalk/core';
import type { StateArrays } from './optimizer-state.ts';
import type { Figures } from './trainer.ts';

/** One line of the history of a run. */
export interface HistoryEntry {
  readonly step: number;
  readonly learningRate: number;
  /** Means over the steps since the entry before. */
  readonly training: Figures;
  /** Present on the steps that were validated. */
  readonly validation?: Figures;
}

/** A run after `step` steps. */
export interface Checkpoint {
  readonly name: string;
  readonly seed: number;
  readonly step: number;
  /** Seconds of training so far, over all its sessions. */
  readonly seconds: number;
  readonly history: readonly HistoryEntry[];
  readonly arrays: StateArrays;
}

/** Writes beside the file first, then takes its place, so that a reader never sees half a file. */
export async function writeFileAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.writing`;
  const file = await open(temporary, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

/** Writes weights and optimiser state under their name in one step, so that a broken run keeps the last whole one. */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const { arrays, ...rest } = checkpoint;
  const tensors = new Map<string, StoredTensor>(
    [...arrays].map(([name, { dims, data }]) => [
      name,
      { type: 'float32', dims, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) },
    ]),
  );
  await writeFileAtomically(path, writeSafetensors({ tensors, metadata: { training: JSON.stringify(rest) } }));
}

/**
 * @returns undefined if there is no file.
 * @throws `model-invalid` if the file is broken or holds no training state.
 */
export async function readCheckpoint(path: string): Promise<Checkpoint | undefined> {
  if (!existsSync(path)) return undefined;
  const { tensors, metadata } = readSafetensors(await readFile(path));
  const text = metadata['training'];
  if (text === undefined) {
    throw new PcTalkError('model-invalid', `${path}: expected a training checkpoint, got weights only`);
  }
  const arrays = new Map([...tensors].map(([name, t]) => [name, { dims: t.dims, data: toFloat32(t) }]));
  return { ...(JSON.parse(text) as Omit<Checkpoint, 'arrays'>), arrays };
}
