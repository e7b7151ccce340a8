import { PHONE_CLASSES, PHONE_INDEX, SPEECH_CHANNELS } from '@pctalk/core';
import { augment, type Babble, makeNoise } from './augment.ts';
import { type SpeechClip, TAUGHT_WIDTH } from './clip-store.ts';
import { coarticulate } from './coarticulation.ts';
import { looped, pick, pickSet, stretchRows } from './draw.ts';
import type { PhoneSpan } from './phone-tables.ts';
import { changeSpeed } from './resample.ts';
import type { Random } from './sentences.ts';

/** A set of clips and how often it is drawn. */
export interface ClipSet {
  readonly name: string;
  readonly clips: readonly SpeechClip[];
  readonly share: number;
  /**
   * For tracked lips of a real person: they set the mouth's measures only, this many times as large; the coefficients
   * that make the measures stay those of the model of coarticulation.
   */
  readonly realGain?: number;
}

/** `[14 × G]`: what one unit of a channel adds to each measure of the mouth. */
export type MeasureBasis = Float32Array;

/** One training example of `frames` frames: sound and what should come of it. */
export interface SpeechExample {
  /** `[frames · 640]` */
  readonly samples: Float32Array;
  /** `[frames × 26]`, share of each frame that each class fills. */
  readonly phones: Float32Array;
  /** `[frames]`, 0 where it is not known what is said. */
  readonly phoneWeights: Float32Array;
  /** `[frames × 14]` */
  readonly channels: Float32Array;
  /** `[frames]` */
  readonly channelWeights: Float32Array;
  /** `[frames × G]` */
  readonly measures: Float32Array;
  /** `[frames]` */
  readonly measureWeights: Float32Array;
  /** `[frames × 64]`: what a recogniser makes of the undisturbed sound. */
  readonly taught: Float32Array;
  /** `[frames]` */
  readonly taughtWeights: Float32Array;
  /** `[frames]`: 1 where channels or measures are those of tracked lips. */
  readonly real: Float32Array;
  /** What is said, pauses included, from the first frame on; empty where it is not known. */
  readonly spans: PhoneSpan[];
  /** Name of the set its speech is of; empty where there is none. */
  readonly set: string;
}

/** How an example is cut and disturbed. */
export interface ExampleOptions {
  readonly frames: number;
  /** Chance of an example without speech: noise, music, breath, a crowd, nothing. */
  readonly quietChance: number;
  /** Range of playing speeds; pitch and formants go with it. */
  readonly speed: readonly [number, number];
  /** Whether level, tone, room, noise and telephone are drawn at random; without, the sound is as recorded. */
  readonly disturbed: boolean;
}

/** The settings of the shipped speech model. */
export const EXAMPLE_DEFAULTS: ExampleOptions = Object.freeze<ExampleOptions>({
  frames: 128,
  quietChance: 0.1,
  speed: [0.88, 1.15],
  disturbed: true,
});

const FRAME = 640;
const RATE = 16000;
const WIDTH = SPEECH_CHANNELS.length;
/** Closures last two or three frames and are seen at once when missed. */
const FRAME_EMPHASIS: Readonly<Partial<Record<PhoneSpan['phone'], number>>> = { P: 3, M: 3, F: 2, W: 1.5, UW: 1.5 };

/** Hearing a closure counts for more than not hearing one: what seals the lips is its posterior. */
const HEARD_EMPHASIS = 2;

/** A random stretch of speech made of clips of one set with pauses between, or of no speech at all: noise, music, breath, a crowd. */
export function makeExample(
  sets: readonly ClipSet[],
  basis: MeasureBasis,
  random: Random,
  options: ExampleOptions,
): SpeechExample {
  const { frames } = options;
  const any = () => pick(pickSet(sets, random).clips, random).samples;
  const babble = (length: number) => looped(any(), length, random);
  const quiet = random() < options.quietChance;
  const set = quiet ? undefined : pickSet(sets, random);
  const example: SpeechExample = {
    samples: new Float32Array(frames * FRAME),
    phones: new Float32Array(frames * PHONE_CLASSES.length),
    phoneWeights: new Float32Array(frames).fill(1),
    channels: new Float32Array(frames * WIDTH),
    channelWeights: new Float32Array(frames).fill(1),
    measures: new Float32Array((frames * basis.length) / WIDTH),
    measureWeights: new Float32Array(frames).fill(1),
    taught: new Float32Array(frames * TAUGHT_WIDTH),
    taughtWeights: new Float32Array(frames),
    real: new Float32Array(frames),
    spans: [],
    set: set?.name ?? '',
  };
  if (set === undefined) {
    fillQuiet(example, random, babble);
    return example;
  }
  fillSpeech(example, set, basis, random, options);
  if (options.disturbed) augment(example.samples, random, babble);
  return example;
}

function fillSpeech(
  example: SpeechExample,
  { clips, realGain }: ClipSet,
  basis: MeasureBasis,
  random: Random,
  { frames, speed: [slowest, fastest] }: ExampleOptions,
): void {
  const speed = slowest * (fastest / slowest) ** random();
  const spans: PhoneSpan[] = [];
  let cursor = Math.floor(random() * 25 * (random() < 0.5 ? 1.5 : -2)); // a pause first, or in the middle of the clip
  let known = true;
  const tracked: { readonly at: number; readonly channels: Float32Array }[] = [];
  while (cursor < frames) {
    const clip = pick(clips, random);
    const sound = changeSpeed(clip.samples, speed);
    const offset = cursor * FRAME;
    for (let n = Math.max(0, -offset); n < sound.length && offset + n < example.samples.length; n++) {
      example.samples[offset + n] = sound[n]!;
    }
    const start = cursor / 25;
    if (clip.spans === undefined) known = false;
    for (const span of clip.spans ?? []) {
      spans.push({ start: start + span.start / speed, end: start + span.end / speed, phone: span.phone });
    }
    if (clip.channels !== undefined) tracked.push({ at: cursor, channels: stretchRows(clip.channels, WIDTH, speed) });
    if (clip.taught !== undefined) placeTaught(cursor, stretchRows(clip.taught, TAUGHT_WIDTH, speed), example);
    const length = Math.ceil(sound.length / FRAME);
    const pause = Math.floor(random() ** 2 * 30);
    if (pause > 8 && random() < 0.25) breathe(example.samples, (cursor + length + 2) * FRAME, random);
    cursor += length + pause;
  }
  spans.push({ start: cursor / 25, end: cursor / 25 + 1, phone: 'SIL' });
  if (known) {
    const filled = fillPauses(spans);
    markPhones(filled, example);
    example.spans.push(...filled);
    example.channels.set(coarticulate(filled, frames));
  } else {
    example.phoneWeights.fill(0);
    example.channelWeights.fill(0);
  }
  if (tracked.length > 0 && realGain === undefined) placeTracked(tracked, example);
  measure(example.channels, basis, 1, example.measures);
  example.measureWeights.set(example.channelWeights);
  if (tracked.length > 0 && realGain !== undefined) placeMeasured(tracked, basis, realGain, example);
}

function placeTaught(at: number, rows: Float32Array, { taught, taughtWeights }: SpeechExample): void {
  for (let row = Math.max(0, -at); row < rows.length / TAUGHT_WIDTH && at + row < taughtWeights.length; row++) {
    taught.set(rows.subarray(row * TAUGHT_WIDTH, (row + 1) * TAUGHT_WIDTH), (at + row) * TAUGHT_WIDTH);
    taughtWeights[at + row] = 1;
  }
}

type Tracked = readonly { readonly at: number; readonly channels: Float32Array }[];

/** Tracked coefficients take the place of the model's; between clips nothing is known. */
function placeTracked(tracked: Tracked, example: SpeechExample): void {
  const frames = example.channelWeights.length;
  example.channelWeights.fill(0);
  for (const { at, channels } of tracked) {
    for (let row = Math.max(0, -at); row < channels.length / WIDTH && at + row < frames; row++) {
      example.channels.set(channels.subarray(row * WIDTH, (row + 1) * WIDTH), (at + row) * WIDTH);
      example.channelWeights[at + row] = 1;
      example.real[at + row] = 1;
    }
  }
}

/** Tracked measures take the place of the model's where someone speaks; the model's coefficients keep a small say. */
function placeMeasured(tracked: Tracked, basis: MeasureBasis, gain: number, example: SpeechExample): void {
  const frames = example.channelWeights.length;
  const width = basis.length / WIDTH;
  for (const { at, channels } of tracked) {
    const measures = new Float32Array((channels.length / WIDTH) * width);
    measure(channels, basis, gain, measures);
    for (let row = Math.max(0, -at); row < channels.length / WIDTH && at + row < frames; row++) {
      const frame = at + row;
      // The tracker leaves a little gap between lips that touch: closed is what the model says, closed.
      const share = (phone: PhoneSpan['phone']) => example.phones[frame * PHONE_CLASSES.length + PHONE_INDEX[phone]]!;
      if (share('SIL') > 0.9 || share('P') + share('M') > 0.5) continue;
      example.measures.set(measures.subarray(row * width, (row + 1) * width), frame * width);
      example.measureWeights[frame] = Math.max(1, example.channelWeights[frame]!);
      example.channelWeights[frame] = example.channelWeights[frame]! * 0.3;
      example.real[frame] = 1;
    }
  }
}

function measure(channels: Float32Array, basis: MeasureBasis, gain: number, out: Float32Array): void {
  const width = basis.length / WIDTH;
  for (let row = 0; row < channels.length / WIDTH; row++) {
    for (let g = 0; g < width; g++) {
      let sum = 0;
      for (let c = 0; c < WIDTH; c++) sum += channels[row * WIDTH + c]! * basis[c * width + g]!;
      out[row * width + g] = gain * sum;
    }
  }
}

/** Silence between, before and after the sounds. */
function fillPauses(spans: readonly PhoneSpan[]): PhoneSpan[] {
  const filled: PhoneSpan[] = [];
  let end = -2;
  for (const span of spans) {
    if (span.start > end + 0.005) filled.push({ start: end, end: span.start, phone: 'SIL' });
    filled.push(span);
    end = span.end;
  }
  return filled;
}

function markPhones(spans: readonly PhoneSpan[], example: SpeechExample): void {
  const { phones, phoneWeights, channelWeights } = example;
  const frames = channelWeights.length;
  for (const { start, end, phone } of spans) {
    const first = Math.max(0, Math.floor(start * 25));
    const last = Math.min(frames - 1, Math.floor(end * 25));
    for (let frame = first; frame <= last; frame++) {
      const share = Math.min(end * 25, frame + 1) - Math.max(start * 25, frame);
      if (share <= 0) continue;
      const at = frame * PHONE_CLASSES.length + PHONE_INDEX[phone];
      phones[at] = phones[at]! + share;
      if (share <= 0.3) continue;
      channelWeights[frame] = Math.max(channelWeights[frame]!, FRAME_EMPHASIS[phone] ?? 1);
      if (phone === 'P' || phone === 'M') phoneWeights[frame] = HEARD_EMPHASIS;
    }
  }
}

function fillQuiet(example: SpeechExample, random: Random, babble: Babble): void {
  const { samples, phones } = example;
  const level = 10 ** (-(12 + 58 * random()) / 20);
  const noise = random() < 0.1 ? new Float32Array(samples.length) : makeNoise(samples.length, random, babble);
  let power = 1e-9;
  for (const x of noise) power += (x * x) / noise.length;
  for (let n = 0; n < samples.length; n++)
    samples[n] = Math.max(-1, Math.min(1, (noise[n]! * level) / Math.sqrt(power)));
  if (random() < 0.4) {
    for (let i = 0; i < 3; i++) breathe(samples, Math.floor(random() * samples.length), random);
  }
  for (let at = 0; at < phones.length; at += PHONE_CLASSES.length) phones[at + PHONE_INDEX.SIL] = 1;
}

/** A breath: noise of 0.2–0.7 s that swells and fades. */
function breathe(samples: Float32Array, start: number, random: Random): void {
  const length = Math.floor(RATE * (0.2 + 0.5 * random()));
  const level = 10 ** (-(25 + 25 * random()) / 20);
  const colour = 0.2 + 0.6 * random();
  let state = 0;
  for (let n = 0; n < length && start + n < samples.length; n++) {
    state = colour * state + (random() - 0.5);
    samples[start + n] = samples[start + n]! + level * state * Math.sin((Math.PI * n) / length) ** 2;
  }
}
