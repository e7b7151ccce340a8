/** Batches for LAC: stretches of heard speech, the lips of a style for them, and the same style seen in other speech. */
import {
  LAC_AUDIO_WIDTH,
  LIP_MEASURES,
  MESH_STYLE_ENCODER,
  SPEECH_CHANNELS,
  SYNC_SHAPE,
  type Tensor,
} from '@pctalk/core';
import type { SpeechClip } from '../speech/clip-store.ts';
import { coarticulate } from '../speech/coarticulation.ts';
import type { PhoneSpan } from '../speech/phone-tables.ts';
import { seededRandom } from '../speech/seeded-random.ts';
import type { Random } from '../speech/sentences.ts';
import type { HeardExamples } from './heard-examples.ts';
import { coarticulationOf, drawStyle, STYLE_PARAMETERS } from './style-parameters.ts';
import { addTrackerNoise } from './tracker-noise.ts';

/** What batches are drawn from. */
export interface StyleSources {
  readonly heard: HeardExamples;
  /** Tracked clips by person, for references; channels are used. */
  readonly people: readonly TrackedPerson[];
  /** `[14 × 9]`: `lipMeasureBasis`. */
  readonly basis: Float32Array;
}

/** A real person's tracked clips. */
export interface TrackedPerson {
  readonly clips: readonly SpeechClip[];
  /** By how much examples enlarge what was tracked: `ClipSet.realGain`. */
  readonly gain: number;
  /** Whether examples take this person's measures alone, beside what is said; else the channels (`isSolved`). */
  readonly spoken: boolean;
}

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
/** Frames of an example in which the speech model has not yet heard enough. */
const WARM_UP = 8;
/** Share of a window's frames that must be tracked for it to count as real. */
const TRACKED_SHARE = 0.4;
/** What a face tracker sees of a movement. */
const SEEN = 0.85;
/** Channels matter less than measures where lips were tracked: the split between channels is the model's guess. */
const REAL_CHANNEL_WEIGHT = 0.3;
const EMPHASIS: Readonly<Partial<Record<PhoneSpan['phone'], number>>> = { P: 3, M: 3, F: 2, W: 1.5, UW: 1.5 };

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
  };
  const windows = frames - SYNC_SHAPE.frames + 1;
  const heardSync = new Float32Array(sync ? size * windows * SYNC_SHAPE.width : 0);
  for (let b = 0; b < size; b++) {
    const example = drawWindow(sources, frames, random() < realShare, random);
    const z = example.real ? drawGains(random) : drawStyle(random);
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
    if (b < references) {
      const out = row(arrays.reference, b, REFERENCE * MEASURES);
      if (example.real) showPerson(sources, example, z, random, out);
      else showStyle(sources, z, random, out);
      if (noise) addTrackerNoise(out, MEASURES, random);
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
  };
  const batch = Object.fromEntries(
    (Object.keys(arrays) as (keyof typeof arrays)[]).map((key) => [key, { dims: dims[key], data: arrays[key] }]),
  );
  return sync ? { ...batch, heard_sync: { dims: [size, windows, SYNC_SHAPE.width], data: heardSync } } : batch;
}

/** A window of one example. */
interface Window {
  readonly index: number;
  readonly start: number;
  readonly frames: number;
  /** Made for the tracked lips in it. */
  readonly real: boolean;
}

function drawWindow({ heard }: StyleSources, frames: number, real: boolean, random: Random): Window {
  const count = heard.spans.length;
  for (;;) {
    const index = Math.floor(random() * count);
    const start = WARM_UP + Math.floor(random() * (heard.frames - frames - WARM_UP + 1));
    // Where lips were tracked, they say what this voice does: a model of them beside would teach two answers.
    const known = tracked(heard, index, start, frames) > TRACKED_SHARE * frames;
    if (known === real && (known || heard.spans[index]!.length > 0)) return { index, start, frames, real };
  }
}

function tracked(heard: HeardExamples, index: number, start: number, frames: number): number {
  let sum = 0;
  for (let t = start; t < start + frames; t++) sum += heard.real[index * heard.frames + t]!;
  return sum;
}

/** How large a real person's opening, width and rounding are made, as a style `[12]`. */
function drawGains(random: Random): Float32Array {
  const z = new Float32Array(POINTS);
  if (random() < 0.5) return z;
  for (const i of [0, 1, 2]) z[i] = (i === 0 ? -1.2 : -0.8) + (i === 0 ? 1.9 : 1.6) * random();
  return z;
}

interface Rows {
  readonly audio: Float32Array;
  readonly channels: Float32Array;
  readonly channelWeights: Float32Array;
  readonly measures: Float32Array;
  readonly measureWeights: Float32Array;
}

function fillWindow(sources: StyleSources, window: Window, z: Float32Array, out: Rows): void {
  const { heard, basis } = sources;
  const { index, start, frames } = window;
  const first = index * heard.frames + start;
  out.audio.set(heard.audio.subarray(first * LAC_AUDIO_WIDTH, (first + frames) * LAC_AUDIO_WIDTH));
  out.measureWeights.fill(1);
  out.channelWeights.fill(1);
  const spans = heard.spans[index]!;
  if (spans.length > 0) {
    out.channels.set(lipsOf(spans, start, frames, z));
    emphasise(spans, start, out.channelWeights);
  } else {
    out.channels.set(heard.channels.subarray(first * CHANNELS, (first + frames) * CHANNELS));
    scaleChannels(out.channels, z);
    if (!isSolved(heard, index)) out.channelWeights.fill(0);
  }
  measure(out.channels, basis, out.measures);
  if (!window.real) return;
  const gains = measureGains(z);
  for (let t = 0; t < frames; t++) {
    const real = heard.real[first + t] === 1;
    if (isSolved(heard, index)) {
      if (!real) out.channelWeights[t] = out.measureWeights[t] = 0;
      continue;
    }
    if (!real) {
      if (spans.length === 0) out.measureWeights[t] = 0;
      continue;
    }
    out.channelWeights[t]! *= REAL_CHANNEL_WEIGHT;
    for (let m = 0; m < MEASURES; m++) {
      out.measures[t * MEASURES + m] = heard.measures[(first + t) * MEASURES + m]! * gains[m]!;
    }
  }
}

/** Whether an example's channels themselves were taken from a performer: measures alone are taken from a tracked speaker. */
function isSolved(heard: HeardExamples, index: number): boolean {
  if (heard.spans[index]!.length > 0) return false;
  const rows = heard.frames * CHANNELS;
  return heard.channels.subarray(index * rows, (index + 1) * rows).some((x) => x !== 0);
}

/** Lips of a style for what is said from frame `start` on `[frames × 14]`. */
function lipsOf(spans: readonly PhoneSpan[], start: number, frames: number, z: Float32Array): Float32Array {
  const { targets, options } = coarticulationOf(z);
  const shifted = spans
    .filter((span) => span.end * 25 > start - 25 && span.start * 25 < start + frames + 25)
    .map(({ start: from, end, phone }) => ({ start: from - start / 25, end: end - start / 25, phone }));
  return coarticulate(shifted, frames, options, targets);
}

function emphasise(spans: readonly PhoneSpan[], start: number, weights: Float32Array): void {
  for (const span of spans) {
    const emphasis = EMPHASIS[span.phone];
    if (emphasis === undefined) continue;
    const last = Math.min(weights.length, Math.round(span.end * 25) - start);
    for (let t = Math.max(0, Math.round(span.start * 25) - start); t < last; t++) {
      weights[t] = Math.max(weights[t]!, emphasis);
    }
  }
}

/** 4 s of other speech in the same style. @param out `[100 × 9]` */
function showStyle({ heard, basis }: StyleSources, z: Float32Array, random: Random, out: Float32Array): void {
  for (let attempt = 0; ; attempt++) {
    const spans = heard.spans[Math.floor(random() * heard.spans.length)]!;
    const start = Math.floor(random() * (heard.frames - REFERENCE));
    if (attempt < 50 && spokenFrames(spans, start) < 0.6 * REFERENCE) continue;
    measure(lipsOf(spans, start, REFERENCE, z), basis, out);
    for (let i = 0; i < out.length; i++) out[i]! *= SEEN;
    return;
  }
}

function spokenFrames(spans: readonly PhoneSpan[], start: number): number {
  let sum = 0;
  for (const { start: from, end, phone } of spans) {
    if (phone !== 'SIL') sum += Math.max(0, Math.min(end * 25, start + REFERENCE) - Math.max(from * 25, start));
  }
  return sum;
}

/** 4 s of the same person in other clips, enlarged as the window is. @param out `[100 × 9]` */
function showPerson(
  { heard, people, basis }: StyleSources,
  { index }: Window,
  z: Float32Array,
  random: Random,
  out: Float32Array,
): void {
  const person = people.find(({ spoken }) => spoken !== isSolved(heard, index))!;
  const gains = measureGains(z);
  let filled = 0;
  while (filled < REFERENCE) {
    const { channels } = person.clips[Math.floor(random() * person.clips.length)]!;
    if (channels === undefined) continue;
    const rows = channels.length / CHANNELS;
    const from = Math.floor(random() * Math.max(1, rows - REFERENCE));
    const count = Math.min(REFERENCE - filled, rows - from);
    measure(
      channels.subarray(from * CHANNELS, (from + count) * CHANNELS),
      basis,
      out.subarray(filled * MEASURES, (filled + count) * MEASURES),
    );
    filled += count;
  }
  for (let i = 0; i < out.length; i++) out[i]! *= gains[i % MEASURES]! * person.gain;
}

/** What the first three parameters do to each measure. */
function measureGains(z: Float32Array): Float32Array {
  const [opening, widening, rounding] = [0, 1, 2].map((i) => Math.exp(0.6 * z[i]!)) as [number, number, number];
  return Float32Array.of(opening, opening, widening, rounding, rounding, opening, widening, opening, opening);
}

const GAIN_OF: Readonly<Partial<Record<(typeof SPEECH_CHANNELS)[number], number>>> = {
  jawOpen: 0,
  mouthClose: 0,
  mouthLowerDown: 0,
  mouthUpperUp: 0,
  mouthStretch: 1,
  mouthSmile: 1,
  mouthPucker: 2,
  mouthFunnel: 2,
};

function scaleChannels(channels: Float32Array, z: Float32Array): void {
  for (let i = 0; i < channels.length; i++) {
    const parameter = GAIN_OF[SPEECH_CHANNELS[i % CHANNELS]!];
    if (parameter !== undefined) channels[i]! *= Math.exp(0.6 * z[parameter]!);
  }
}

function measure(channels: Float32Array, basis: Float32Array, out: Float32Array): void {
  for (let t = 0; t < channels.length / CHANNELS; t++) {
    for (let m = 0; m < MEASURES; m++) {
      let sum = 0;
      for (let c = 0; c < CHANNELS; c++) sum += channels[t * CHANNELS + c]! * basis[c * MEASURES + m]!;
      out[t * MEASURES + m] = sum;
    }
  }
}

function row(array: Float32Array, index: number, length: number): Float32Array {
  return array.subarray(index * length, (index + 1) * length);
}
