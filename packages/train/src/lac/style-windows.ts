/** Windows to train on: a stretch of a heard example, and the lips of a style for it. */
import { LAC_AUDIO_WIDTH, LIP_MEASURES, PHONE_INDEX, SPEECH_CHANNELS, SPEECH_FEATURE_WIDTH } from '@pctalk/core';
import type { PhoneSpan } from '../speech/phone-tables.ts';
import type { Random } from '../speech/sentences.ts';
import type { HeardExamples } from './heard-examples.ts';
import { lipsOf, measureGains, measureLips, scaleChannels, sharpen } from './style-lips.ts';
import { STYLE_PARAMETERS, type StyleParameter } from './style-parameters.ts';
import { isSolved, type StyleSources, TRACKED_SIZE } from './style-sources.ts';
import { LEAK, READ } from './tracker-noise.ts';

const CHANNELS = SPEECH_CHANNELS.length;
const MEASURES = LIP_MEASURES.length;
/** Frames of an example in which the speech model has not yet heard enough. */
const WARM_UP = 8;
/** Share of a window's frames that must be tracked for it to count as real. */
const TRACKED_SHARE = 0.4;
/** Channels matter less than measures where lips were tracked: the split between channels is the model's guess. */
const REAL_CHANNEL_WEIGHT = 0.3;
const EMPHASIS: Readonly<Partial<Record<PhoneSpan['phone'], number>>> = { P: 3, M: 3, F: 2, W: 1.5, UW: 1.5 };

/** A window of one example. */
export interface Window {
  readonly index: number;
  readonly start: number;
  readonly frames: number;
  /** Made for the tracked lips in it. */
  readonly real: boolean;
}

/** A stretch of any example of the wished kind. @param real made for tracked lips. */
export function drawWindow({ heard }: StyleSources, frames: number, real: boolean, random: Random): Window {
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

/** Share of real windows left as large as they are: what the natural style is. */
const UNCHANGED = 0.65;

/** How large a real person's opening, width and rounding are made, and how crisp, as a style `[13]`. */
export function drawGains(random: Random): Float32Array {
  const z = new Float32Array(STYLE_PARAMETERS.length);
  if (random() < UNCHANGED) return z;
  const set = (name: StyleParameter, from: number, to: number) => {
    z[STYLE_PARAMETERS.indexOf(name)] = from + (to - from) * random();
  };
  set('opening', -1.2, 0.7);
  set('widening', -0.8, 0.8);
  set('rounding', -0.8, 0.8);
  set('reach', -1, 1);
  return z;
}

/** The arrays of one window, to be written: `[T × …]`. */
export interface Rows {
  readonly audio: Float32Array;
  readonly channels: Float32Array;
  readonly channelWeights: Float32Array;
  readonly measures: Float32Array;
  readonly measureWeights: Float32Array;
}

/** Writes what is heard in a window and what the lips should do there in style z `[13]`. */
export function fillWindow(sources: StyleSources, window: Window, z: Float32Array, out: Rows): void {
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
    sharpen(out.channels, CHANNELS, z);
    if (!isSolved(heard, index)) out.channelWeights.fill(0);
  }
  measureLips(out.channels, basis, out.measures);
  if (!window.real) return;
  const gains = measureGains(z);
  for (let t = 0; t < frames; t++) {
    const real = heard.real[first + t] === 1 && !silent(heard, first + t);
    if (isSolved(heard, index)) {
      if (!real) out.channelWeights[t] = out.measureWeights[t] = 0;
      continue;
    }
    if (!real) {
      if (spans.length === 0) out.measureWeights[t] = 0;
      continue;
    }
    out.channelWeights[t]! *= REAL_CHANNEL_WEIGHT;
    const seen = heard.measures.subarray((first + t) * MEASURES, (first + t + 1) * MEASURES);
    for (let m = 0; m < MEASURES; m++) {
      const value = m === WIDTH ? widthBehind(seen) : seen[m]!;
      out.measures[t * MEASURES + m] = value * gains[m]! * TRACKED_SIZE;
    }
  }
  if (!isSolved(heard, index)) sharpen(out.measures, MEASURES, z);
}

const GAP = LIP_MEASURES.indexOf('innerGap');
const WIDTH = LIP_MEASURES.indexOf('width');
/** The width of lips that a tracker reads as `seen`, U: without this filmed mouths teach too narrow a range. */
function widthBehind(seen: Float32Array): number {
  return (seen[WIDTH]! - LEAK[WIDTH]! * seen[GAP]!) / READ[WIDTH]!;
}

/** Lips of a filmed speaker who is silent teach that the mouth follows loudness: what it does there is a rule. */
function silent({ audio }: HeardExamples, frame: number): boolean {
  return audio[frame * LAC_AUDIO_WIDTH + SPEECH_FEATURE_WIDTH + PHONE_INDEX.SIL]! > 0.5;
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
