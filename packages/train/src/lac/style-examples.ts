/** Batches for LAC: stretches of heard speech, the lips of a style for them, and the same style seen in other speech. */
import {
  LAC_AUDIO_WIDTH,
  LIP_MEASURES,
  MESH_STYLE_ENCODER,
  SPEECH_CHANNELS,
  STYLES,
  SYNC_SHAPE,
  type Tensor,
} from '@pctalk/core';
import { seededRandom } from '../speech/seeded-random.ts';
import { drawStyle, STYLE_PARAMETERS } from './style-parameters.ts';
import { showPerson, showStyle } from './style-references.ts';
import type { StyleSources } from './style-sources.ts';
import { drawGains, drawWindow, fillWindow } from './style-windows.ts';
import { drawTrackerReading, evenTrackerReading, readThrough, type TrackedFace } from './tracker-noise.ts';

/** What a batch is like. */
export interface StyleBatchOptions {
  /** B; the style of the first half is read off a reference, that of the second is given as a point. */
  readonly size: number;
  /** Frames of a window. */
  readonly frames: number;
  /** Share of windows with tracked lips. */
  readonly realShare: number;
  /** Adds what the sync expert heard of each window, `heard_sync`. */
  readonly sync: boolean;
  /** Adds what a tracker does to references. */
  readonly noise: boolean;
}

const CHANNELS = SPEECH_CHANNELS.length;
const MEASURES = LIP_MEASURES.length;
const POINTS = STYLE_PARAMETERS.length;
const REFERENCE = MESH_STYLE_ENCODER.period;
/** Styles within this of the average are held to what the sync expert heard; others, which it hardly knows, less. */
const MIDDLING = 0.3;
const STYLED_SYNC = 0.2;

/** The batch of a step: a function of its name and the sources alone. */
export function makeStyleBatch(
  sources: StyleSources,
  name: string,
  { size, frames, realShare, noise, sync }: StyleBatchOptions,
): Record<string, Tensor> {
  const random = seededRandom(name);
  const references = size / 2;
  const arrays = {
    audio: new Float32Array(size * frames * LAC_AUDIO_WIDTH),
    channels: new Float32Array(size * frames * CHANNELS),
    channel_weights: new Float32Array(size * frames),
    measures: new Float32Array(size * frames * MEASURES),
    measure_weights: new Float32Array(size * frames),
    reference: new Float32Array(references * REFERENCE * MEASURES),
    point: new Float32Array(size * POINTS),
    point_weights: new Float32Array(size),
    preset: new Float32Array(size * STYLES.length),
    reading_gains: new Float32Array(references * MEASURES),
    reading_leaks: new Float32Array(references * MEASURES),
    reading_added: new Float32Array(references * REFERENCE * MEASURES),
    sync_weights: new Float32Array(size),
    trait_weights: new Float32Array(size),
  };
  const windows = frames - SYNC_SHAPE.frames + 1;
  const heardSync = new Float32Array(sync ? size * windows * SYNC_SHAPE.width : 0);
  for (let b = 0; b < size; b++) {
    const example = drawWindow(sources, frames, random() < realShare, random);
    const { z, preset } = example.real ? { z: drawGains(random), preset: undefined } : drawStyle(random);
    if (preset !== undefined) arrays.preset[b * STYLES.length + preset] = 1;
    fillWindow(sources, example, z, {
      audio: row(arrays.audio, b, frames * LAC_AUDIO_WIDTH),
      channels: row(arrays.channels, b, frames * CHANNELS),
      channelWeights: row(arrays.channel_weights, b, frames),
      measures: row(arrays.measures, b, frames * MEASURES),
      measureWeights: row(arrays.measure_weights, b, frames),
    });
    if (sync) {
      const first = (example.index * sources.heard.frames + example.start) * SYNC_SHAPE.width;
      const rows = sources.heard.sync!.subarray(first, first + windows * SYNC_SHAPE.width);
      heardSync.set(rows, b * windows * SYNC_SHAPE.width);
    }
    arrays.point.set(z, b * POINTS);
    arrays.point_weights[b] = example.real ? 0 : 1;
    const middling = example.real || z.every((value) => Math.abs(value) < MIDDLING);
    arrays.sync_weights[b] = middling ? 1 : STYLED_SYNC;
    arrays.trait_weights[b] = middling ? 0 : 1;
    const reading = (face: TrackedFace) =>
      noise ? drawTrackerReading(face, REFERENCE, random) : evenTrackerReading(face, REFERENCE);
    if (b < references) {
      const out = row(arrays.reference, b, REFERENCE * MEASURES);
      if (example.real) showPerson(sources, example, z, random, out);
      else showStyle(sources, z, random, out);
      readThrough(reading(example.real ? 'tracked' : 'drawn'), out);
    } else {
      const { gains, leaks, added } = reading('drawn');
      arrays.reading_gains.set(gains, (b - references) * MEASURES);
      arrays.reading_leaks.set(leaks, (b - references) * MEASURES);
      arrays.reading_added.set(added, (b - references) * added.length);
    }
  }
  const dims: Readonly<Record<keyof typeof arrays, readonly number[]>> = {
    audio: [size, frames, LAC_AUDIO_WIDTH],
    channels: [size, frames, CHANNELS],
    channel_weights: [size, frames, 1],
    measures: [size, frames, MEASURES],
    measure_weights: [size, frames, 1],
    reference: [references, REFERENCE, MEASURES],
    point: [size, POINTS],
    point_weights: [size, 1],
    preset: [size, STYLES.length],
    reading_gains: [references, 1, MEASURES],
    reading_leaks: [references, 1, MEASURES],
    reading_added: [references, REFERENCE, MEASURES],
    sync_weights: [size, 1],
    trait_weights: [size, 1],
  };
  const batch = Object.fromEntries(
    (Object.keys(arrays) as (keyof typeof arrays)[]).map((key) => [key, { dims: dims[key], data: arrays[key] }]),
  );
  return sync ? { ...batch, heard_sync: { dims: [size, windows, SYNC_SHAPE.width], data: heardSync } } : batch;
}

function row(array: Float32Array, index: number, length: number): Float32Array {
  return array.subarray(index * length, (index + 1) * length);
}
