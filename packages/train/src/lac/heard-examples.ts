import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  LAC_AUDIO_WIDTH,
  PcTalkError,
  readSafetensors,
  SPEECH_CHANNELS,
  type StoredTensor,
  SYNC_SHAPE,
  toFloat32,
  writeSafetensors,
} from '@pctalk/core';
import type { PhoneSpan } from '../speech/phone-tables.ts';

/** Stretches of augmented sound as the speech model hears them, with what the lips should do; T frames each. */
export interface HeardExamples {
  readonly frames: number;
  /** `[N × T × 232]`: e_a. */
  readonly audio: Float32Array;
  /** `[N × T × 9]`: the measures of tracked lips, where there are any, else of the model of coarticulation. */
  readonly measures: Float32Array;
  /** `[N × T × 14]` */
  readonly channels: Float32Array;
  /** `[N × T]`: 1 where the measures are tracked. */
  readonly real: Float32Array;
  /** `[N × T × 64]`: what the sync expert heard (`SyncEar`), where it was asked. */
  readonly sync?: Float32Array | undefined;
  /** `[N × T × 576]`: what the full ear heard (models/ear), where it was asked. */
  readonly ear?: Float32Array | undefined;
  /** What is said, from the first frame on; empty where it is not known. */
  readonly spans: readonly (readonly PhoneSpan[])[];
  /** Whose speech each is: name of its set; empty where there is none. */
  readonly sets: readonly string[];
  /** How many times as large the tracked lips of a set were made; no entry for lips solved on a rig or modelled. */
  readonly gains: Readonly<Record<string, number>>;
}

const ARRAYS = ['audio', 'measures', 'channels', 'real', 'sync', 'ear'] as const;

/** Writes `heard.safetensors`. */
export function writeHeardExamples(folder: string, examples: HeardExamples): void {
  const tensors = new Map<string, StoredTensor>(
    ARRAYS.flatMap((name) => {
      const array = examples[name];
      if (array === undefined) return [];
      const { buffer, byteOffset, byteLength, length } = array;
      return [[name, { type: 'float32', dims: [length], data: new Uint8Array(buffer, byteOffset, byteLength) }]];
    }),
  );
  const spans = examples.spans.map((list) => list.map(({ start, end, phone }) => [start, end, phone]));
  const metadata = {
    frames: String(examples.frames),
    spans: JSON.stringify(spans),
    sets: JSON.stringify(examples.sets),
    gains: JSON.stringify(examples.gains),
  };
  writeFileSync(join(folder, FILE), writeSafetensors({ tensors, metadata }));
}

/** @throws `model-invalid` if the file is broken. */
export function readHeardExamples(folder: string): HeardExamples {
  const { tensors, metadata } = readSafetensors(readFileSync(join(folder, FILE)));
  const array = (name: string) => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new PcTalkError('model-invalid', `${FILE}: expected ${name}, got none`);
    return toFloat32(tensor);
  };
  const spans = JSON.parse(metadata['spans'] ?? '[]') as [number, number, PhoneSpan['phone']][][];
  const sets = JSON.parse(metadata['sets'] ?? '[]') as string[];
  if (sets.length !== spans.length) {
    throw new PcTalkError('model-invalid', `${FILE}: expected whose speech each example is, got none; hear them again`);
  }
  return {
    frames: Number(metadata['frames']),
    audio: array('audio'),
    measures: array('measures'),
    channels: array('channels'),
    real: array('real'),
    sync: tensors.has('sync') ? array('sync') : undefined,
    ear: tensors.has('ear') ? array('ear') : undefined,
    spans: spans.map((list) => list.map(([start, end, phone]) => ({ start, end, phone }))),
    sets,
    gains: JSON.parse(metadata['gains'] ?? '{}') as Record<string, number>,
  };
}

const FILE = 'heard.safetensors';

/** The examples from `first` up to `last`, as a view. */
export function someExamples(all: HeardExamples, first: number, last: number): HeardExamples {
  const count = all.spans.length;
  const part = (array: Float32Array) => {
    const width = array.length / count;
    return array.subarray(first * width, last * width);
  };
  return {
    frames: all.frames,
    audio: part(all.audio),
    measures: part(all.measures),
    channels: part(all.channels),
    real: part(all.real),
    sync: all.sync && part(all.sync),
    ear: all.ear && part(all.ear),
    spans: all.spans.slice(first, last),
    sets: all.sets.slice(first, last),
    gains: all.gains,
  };
}

/** What a lip network may hear beside the channels it corrects. */
export const HEARINGS = ['features', 'expert', 'nothing'] as const;
export type Hearing = (typeof HEARINGS)[number];

/** For ablations: the same examples with other features in e_a, those of the sync expert or none. */
export function hearAs(all: HeardExamples, hearing: Hearing): HeardExamples {
  if (hearing === 'features') return all;
  const { width } = SYNC_SHAPE;
  if (hearing === 'expert' && all.sync === undefined) {
    throw new Error('--hears expert: expected examples that were heard with --expert, hear them so');
  }
  const audio = all.audio.slice();
  for (let frame = 0; frame < audio.length / LAC_AUDIO_WIDTH; frame++) {
    const row = audio.subarray(frame * LAC_AUDIO_WIDTH, (frame + 1) * LAC_AUDIO_WIDTH);
    row.fill(0, 0, LAC_AUDIO_WIDTH - SPEECH_CHANNELS.length);
    if (hearing === 'expert') row.set(all.sync!.subarray(frame * width, (frame + 1) * width));
  }
  return { ...all, audio };
}
