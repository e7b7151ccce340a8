/** What a style makes of lips: of the model of coarticulation's, and of tracked ones. */
import { LIP_MEASURES, SPEECH_CHANNELS } from '@pctalk/core';
import { coarticulate } from '../speech/coarticulation.ts';
import type { PhoneSpan } from '../speech/phone-tables.ts';
import { coarticulationOf } from './style-parameters.ts';

const CHANNELS = SPEECH_CHANNELS.length;
const MEASURES = LIP_MEASURES.length;

/** Lips of a style for what is said from frame `start` on `[frames × 14]`. */
export function lipsOf(spans: readonly PhoneSpan[], start: number, frames: number, z: Float32Array): Float32Array {
  const { targets, options } = coarticulationOf(z);
  const shifted = spans
    .filter((span) => span.end * 25 > start - 25 && span.start * 25 < start + frames + 25)
    .map(({ start: from, end, phone }) => ({ start: from - start / 25, end: end - start / 25, phone }));
  return coarticulate(shifted, frames, options, targets);
}

/** What the first three parameters do to each measure. */
export function measureGains(z: Float32Array): Float32Array {
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

export function scaleChannels(channels: Float32Array, z: Float32Array): void {
  for (let i = 0; i < channels.length; i++) {
    const parameter = GAIN_OF[SPEECH_CHANNELS[i % CHANNELS]!];
    if (parameter !== undefined) channels[i]! *= Math.exp(0.6 * z[parameter]!);
  }
}

/** The measures channels make. @param channels `[T × 14]` @param basis `[14 × 9]` @param out `[T × 9]` */
export function measureLips(channels: Float32Array, basis: Float32Array, out: Float32Array): void {
  for (let t = 0; t < channels.length / CHANNELS; t++) {
    for (let m = 0; m < MEASURES; m++) {
      let sum = 0;
      for (let c = 0; c < CHANNELS; c++) sum += channels[t * CHANNELS + c]! * basis[c * MEASURES + m]!;
      out[t * MEASURES + m] = sum;
    }
  }
}
