/** Batches for the heads of the speech network: its features, the lips that belong to them, and what comes next. */
import {
  EAR_FEATURE_WIDTH,
  LAC_AUDIO_WIDTH,
  LIP_MEASURES,
  SPEECH_CHANNELS,
  SPEECH_FEATURE_WIDTH,
  type Tensor,
} from '@pctalk/core';
import type { HeardExamples } from '../lac/heard-examples.ts';
import { STYLE_PARAMETERS } from '../lac/style-parameters.ts';
import { drawWindow, fillWindow } from '../lac/style-windows.ts';
import { COMING_WIDTH, fillComing } from './coming-sounds.ts';
import { pick } from './draw.ts';
import { seededRandom } from './seeded-random.ts';

const CHANNELS = SPEECH_CHANNELS.length;
const MEASURES = LIP_MEASURES.length;
/** Share of windows in which nobody speaks: noise, breath, music. */
const QUIET_SHARE = 0.1;
/** The style of the middle: the lips as they are taught. */
const NATURAL = new Float32Array(STYLE_PARAMETERS.length);

/** Length of what the heads read: features, and beside them what the full ear heard where it was asked. */
export function headsWidth(heard: HeardExamples): number {
  return SPEECH_FEATURE_WIDTH + (heard.ear === undefined ? 0 : EAR_FEATURE_WIDTH);
}

/** The batch of a step: a function of its name and the examples alone. @param realShare of windows with filmed lips. @param noise deviation of what is added to features, all of deviation about 1: few people must not be learnt by heart. */
export function makeLipHeadsBatch(
  heard: HeardExamples,
  basis: Float32Array,
  name: string,
  { size, frames }: { readonly size: number; readonly frames: number },
  realShare: number,
  noise = 0,
): Record<string, Tensor> {
  const random = seededRandom(name);
  const rows = size * frames;
  const width = headsWidth(heard);
  const features = new Float32Array(rows * width);
  const channels = new Float32Array(rows * CHANNELS);
  const measures = new Float32Array(rows * MEASURES);
  const [channelWeights, measureWeights] = [new Float32Array(rows), new Float32Array(rows)];
  const [coming, comingWeights] = [new Float32Array(rows * COMING_WIDTH), new Float32Array(rows * COMING_WIDTH)];
  const audio = new Float32Array(frames * LAC_AUDIO_WIDTH);
  const quiet = [...heard.sets.keys()].filter((index) => heard.sets[index] === '');
  const sources = { heard, basis, people: new Map() };
  for (let b = 0; b < size; b++) {
    const window =
      random() < QUIET_SHARE && quiet.length > 0
        ? { index: pick(quiet, random), start: heard.frames - frames, frames, real: false }
        : drawWindow(sources, frames, random() < realShare, random);
    const part = (array: Float32Array, width: number) => array.subarray(b * frames * width, (b + 1) * frames * width);
    fillWindow(sources, window, NATURAL, {
      audio,
      channels: part(channels, CHANNELS),
      channelWeights: part(channelWeights, 1),
      measures: part(measures, MEASURES),
      measureWeights: part(measureWeights, 1),
    });
    if (heard.sets[window.index] === '') part(measureWeights, 1).fill(0);
    for (let t = 0; t < frames; t++) {
      const row = audio.subarray(t * LAC_AUDIO_WIDTH, t * LAC_AUDIO_WIDTH + SPEECH_FEATURE_WIDTH);
      const to = (b * frames + t) * width;
      features.set(row, to);
      const from = (window.index * heard.frames + window.start + t) * EAR_FEATURE_WIDTH;
      if (heard.ear) features.set(heard.ear.subarray(from, from + EAR_FEATURE_WIDTH), to + SPEECH_FEATURE_WIDTH);
    }
    const example = { spans: heard.spans[window.index]!, quiet: heard.sets[window.index] === '' };
    fillComing(example, window.start, part(coming, COMING_WIDTH), part(comingWeights, COMING_WIDTH));
  }
  if (noise > 0) for (let i = 0; i < features.length; i++) features[i]! += noise * normal(random);
  return {
    features: { dims: [size, frames, width], data: features },
    channels: { dims: [size, frames, CHANNELS], data: channels },
    channel_weights: { dims: [size, frames, 1], data: channelWeights },
    measures: { dims: [size, frames, MEASURES], data: measures },
    measure_weights: { dims: [size, frames, 1], data: measureWeights },
    coming: { dims: [size, frames, COMING_WIDTH], data: coming },
    coming_weights: { dims: [size, frames, COMING_WIDTH], data: comingWeights },
  };
}

/** A normal number of deviation 1, by Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
