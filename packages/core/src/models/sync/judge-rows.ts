import { MelStream } from '../../audio/mel.ts';
import type { LipCurves } from '../../motion/lip-curves.ts';
import { SPEECH_MEL } from '../speech/speech-network.ts';
import { JUDGE_SHAPE } from './judge-network.ts';

const COLUMNS = JUDGE_SHAPE.sound / SPEECH_MEL.bands;
/** Smallest spread of each curve that counts as movement: below it, a still mouth would become noise. */
const LEAST_SPREAD = { opening: 0.02, width: 0.012, protrusion: 0.006 } as const;

/**
 * Rows of sound for the judge: four mel columns a frame, each band less its mean over the clip.
 * @param samples 16 kHz, the whole clip. @returns `[frames × 256]`.
 */
export function judgeSoundRows(samples: Float32Array, frames: number): Float32Array {
  const { bands } = SPEECH_MEL;
  const stream = new MelStream(SPEECH_MEL);
  const columns = [...stream.push(samples), ...stream.end()];
  const out = new Float32Array(frames * JUDGE_SHAPE.sound);
  const count = Math.min(columns.length, frames * COLUMNS);
  const means = new Float64Array(bands);
  for (let c = 0; c < count; c++) for (let b = 0; b < bands; b++) means[b]! += columns[c]![b]! / count;
  for (let c = 0; c < count; c++) for (let b = 0; b < bands; b++) out[c * bands + b] = columns[c]![b]! - means[b]!;
  return out;
}

/** Rows of lips for the judge: each curve in units of its spread over the clip, and its change. @returns `[frames × 6]`. */
export function judgeLipRows(curves: Pick<LipCurves, 'opening' | 'width' | 'protrusion'>): Float32Array {
  const frames = curves.opening.length;
  const out = new Float32Array(frames * JUDGE_SHAPE.lips);
  (['opening', 'width', 'protrusion'] as const).forEach((name, i) => {
    const curve = curves[name];
    const { mean, spread } = momentsOf(curve);
    const scale = 1 / Math.max(LEAST_SPREAD[name], spread);
    for (let t = 0; t < frames; t++) {
      out[t * JUDGE_SHAPE.lips + i] = (curve[t]! - mean) * scale;
      const [before, after] = [curve[Math.max(0, t - 1)]!, curve[Math.min(frames - 1, t + 1)]!];
      out[t * JUDGE_SHAPE.lips + 3 + i] = (after - before) * scale;
    }
  });
  return out;
}

function momentsOf(curve: Float32Array): { readonly mean: number; readonly spread: number } {
  let [sum, squares] = [0, 0];
  for (const x of curve) {
    sum += x / curve.length;
    squares += (x * x) / curve.length;
  }
  return { mean: sum, spread: Math.sqrt(Math.max(0, squares - sum * sum)) };
}
