/** What a style makes of lips: of the model of coarticulation's, and of tracked ones. */
import { LIP_MEASURES, SPEECH_CHANNELS } from '@pctalk/core';
import { coarticulate } from '../speech/coarticulation.ts';
import type { PhoneSpan } from '../speech/phone-tables.ts';
import { coarticulationOf, parameterOf } from './style-parameters.ts';

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
  const [opening, widening, rounding] = (['opening', 'widening', 'rounding'] as const).map((name) =>
    Math.exp(0.6 * parameterOf(z, name)),
  ) as [number, number, number];
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

/** Makes the opening, widening and rounding of tracked channels larger or smaller. @param channels `[T × 14]`, in place. */
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

/** Weights of a frame and its neighbours in the lips that sharpening starts from. */
const SMOOTH = [1, 2, 3, 2, 1];

/** Makes tracked lips crisper or more slurred, as 'reach' asks: x + k (x − smoothed x). @param rows `[T × width]`, in place. */
export function sharpen(rows: Float32Array, width: number, z: ArrayLike<number>): void {
  const amount = -SHARPENING * parameterOf(z, 'reach');
  if (amount === 0) return;
  const before = rows.slice();
  const last = rows.length / width - 1;
  const total = SMOOTH.reduce((sum, x) => sum + x, 0);
  for (let i = 0; i < rows.length; i++) {
    const [t, column] = [Math.floor(i / width), i % width];
    let smooth = 0;
    for (const [k, weight] of SMOOTH.entries()) {
      smooth += (weight / total) * before[Math.min(last, Math.max(0, t + k - 2)) * width + column]!;
    }
    rows[i]! += amount * (before[i]! - smooth);
  }
}

/** k at a reach of −1. */
const SHARPENING = 0.8;
