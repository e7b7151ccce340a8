import {
  MelStream,
  PHONE_CLASSES,
  SPEECH_CHANNELS,
  SPEECH_LAG_FRAMES,
  SPEECH_MEL,
  SPEECH_TIMING,
  type Tensor,
} from '@pctalk/core';
import { TAUGHT_WIDTH } from './clip-store.ts';
import { COMING_WIDTH, fillComing } from './coming-sounds.ts';
import { type ClipSet, EXAMPLE_DEFAULTS, type MeasureBasis, makeExample, type SpeechExample } from './examples.ts';
import { seededRandom } from './seeded-random.ts';
import type { Random } from './sentences.ts';

/** Steps whose answers do not count, since the network has not yet heard enough. */
const WARM_UP = 10;

/** The batch of a training step: a function of the step's number and the clips alone. */
export function makeBatch(
  sets: readonly ClipSet[],
  basis: MeasureBasis,
  name: string,
  size: number,
  frames: number,
): Record<string, Tensor> {
  const measureCount = basis.length / SPEECH_CHANNELS.length;
  const random = seededRandom(name);
  const columns = frames * SPEECH_TIMING.columnsPerFrame;
  const mel = new Float32Array(size * columns * SPEECH_MEL.bands);
  const phones = new Float32Array(size * frames * PHONE_CLASSES.length);
  const phoneWeights = new Float32Array(size * frames);
  const channels = new Float32Array(size * frames * SPEECH_CHANNELS.length);
  const channelWeights = new Float32Array(size * frames);
  const measures = new Float32Array(size * frames * measureCount);
  const measureWeights = new Float32Array(size * frames);
  const coming = new Float32Array(size * frames * COMING_WIDTH);
  const comingWeights = new Float32Array(size * frames * COMING_WIDTH);
  const taught = new Float32Array(size * frames * TAUGHT_WIDTH);
  const taughtWeights = new Float32Array(size * frames);
  for (let b = 0; b < size; b++) {
    const example = makeExample(sets, basis, random, { ...EXAMPLE_DEFAULTS, frames });
    fillMel(mel.subarray(b * columns * SPEECH_MEL.bands), example.samples, columns, random);
    delay(example.phones, PHONE_CLASSES.length, phones, b, frames);
    delay(example.channels, SPEECH_CHANNELS.length, channels, b, frames);
    delay(example.phoneWeights, 1, phoneWeights, b, frames);
    delay(example.channelWeights, 1, channelWeights, b, frames);
    delay(example.measures, measureCount, measures, b, frames);
    delay(example.measureWeights, 1, measureWeights, b, frames);
    const [next, nextWeights] = [new Float32Array(frames * COMING_WIDTH), new Float32Array(frames * COMING_WIDTH)];
    fillComing({ spans: example.spans, quiet: example.set === '' }, 0, next, nextWeights);
    delay(next, COMING_WIDTH, coming, b, frames);
    delay(nextWeights, COMING_WIDTH, comingWeights, b, frames);
    delay(example.taught, TAUGHT_WIDTH, taught, b, frames);
    delay(example.taughtWeights, 1, taughtWeights, b, frames);
    comingWeights.fill(0, b * frames * COMING_WIDTH, (b * frames + WARM_UP) * COMING_WIDTH);
    taughtWeights.fill(0, b * frames, b * frames + WARM_UP);
    measureWeights.fill(0, b * frames, b * frames + WARM_UP);
    phoneWeights.fill(0, b * frames, b * frames + WARM_UP);
    channelWeights.fill(0, b * frames, b * frames + WARM_UP);
  }
  return {
    mel: { dims: [size, columns, SPEECH_MEL.bands], data: mel },
    phones: { dims: [size, frames, PHONE_CLASSES.length], data: phones },
    phone_weights: { dims: [size, frames, 1], data: phoneWeights },
    channels: { dims: [size, frames, SPEECH_CHANNELS.length], data: channels },
    channel_weights: { dims: [size, frames, 1], data: channelWeights },
    measures: { dims: [size, frames, measureCount], data: measures },
    measure_weights: { dims: [size, frames, 1], data: measureWeights },
    coming: { dims: [size, frames, COMING_WIDTH], data: coming },
    coming_weights: { dims: [size, frames, COMING_WIDTH], data: comingWeights },
    taught: { dims: [size, frames, TAUGHT_WIDTH], data: taught },
    taught_weights: { dims: [size, frames, 1], data: taughtWeights },
  };
}

/**
 * A batch as heard once more: another level and a band of frequencies missing, without computing the sound anew.
 * Silence stays silence.
 */
export function perturbBatch(batch: Readonly<Record<string, Tensor>>, name: string): Record<string, Tensor> {
  const random = seededRandom(name);
  const mel = batch['mel']!;
  const [size = 0, columns = 0, bands = 0] = mel.dims;
  const data = (mel.data as Float32Array).slice();
  for (let b = 0; b < size; b++) {
    const shift = (random() - 0.5) * 1.6;
    const slope = (random() - 0.5) * 0.02;
    const hole = random() < 0.5 ? Math.floor(random() * bands) : bands;
    const holeEnd = hole + Math.floor(random() * 10);
    for (let at = b * columns * bands; at < (b + 1) * columns * bands; at++) {
      const band = at % bands;
      const value = data[at]!;
      if (value > -4) data[at] = Math.min(4, Math.max(-4, value + shift + slope * (band - bands / 2)));
      if (band >= hole && band < holeEnd) data[at] = -4;
    }
  }
  return { ...batch, mel: { dims: mel.dims, data } };
}

/** Column 0 is silence (the grid's shift), then the mel columns with a random vocal tract length. */
function fillMel(out: Float32Array, samples: SpeechExample['samples'], columns: number, random: Random): void {
  const tract = random() < 0.5 ? 0.88 * (1.16 / 0.88) ** random() : 1;
  const options = { ...SPEECH_MEL, minHz: SPEECH_MEL.minHz * tract, maxHz: Math.min(7990, SPEECH_MEL.maxHz * tract) };
  const frames = new MelStream(options).push(samples);
  const bands = SPEECH_MEL.bands;
  out.fill(-4, 0, columns * bands);
  for (let column = 0; column + SPEECH_TIMING.columnShift < columns && column < frames.length; column++) {
    out.set(frames[column]!, (column + SPEECH_TIMING.columnShift) * bands);
  }
}

/** Row s of the network's answer belongs to frame s − lag. */
function delay(rows: Float32Array, width: number, out: Float32Array, b: number, frames: number): void {
  out.set(rows.subarray(0, (frames - SPEECH_LAG_FRAMES) * width), (b * frames + SPEECH_LAG_FRAMES) * width);
}
