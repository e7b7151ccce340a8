import { COEFFICIENT_COUNT, COEFFICIENT_INDEX } from '@pctalk/core';
import type { LipModel } from './lip-model.ts';

const FRAME = 640;
/** The jaw opens from this far below the clip's loud parts up to them, dB. */
const RANGE_DB = 25;
/** Share of the way to a louder and to a softer frame taken in one frame. */
const RISE = 0.7;
const FALL = 0.4;
/** Jaw at the loud parts. */
const OPEN = 0.5;

/** The simplest lip sync there is: the jaw follows loudness. A baseline. */
export function createLoudnessModel(): LipModel {
  return {
    name: 'loudness follower',
    async lips(samples) {
      const levels = Array.from({ length: Math.ceil(samples.length / FRAME) }, (_, t) => levelOf(samples, t));
      const loud = [...levels].sort((a, b) => a - b)[Math.floor(0.95 * (levels.length - 1))] ?? -100;
      let state = 0;
      return levels.map((level) => {
        const wanted = Math.min(1, Math.max(0, 1 + (level - loud) / RANGE_DB));
        state += (wanted > state ? RISE : FALL) * (wanted - state);
        const frame = new Float32Array(COEFFICIENT_COUNT);
        frame[COEFFICIENT_INDEX.jawOpen] = OPEN * state;
        return frame;
      });
    },
    async dispose() {},
  };
}

/** Level of the frame's own 40 ms, dB re full scale. */
export function levelOf(samples: Float32Array, frame: number): number {
  let squares = 0;
  const end = Math.min(samples.length, (frame + 1) * FRAME);
  for (let n = frame * FRAME; n < end; n++) squares += samples[n]! ** 2;
  return 10 * Math.log10(squares / FRAME + 1e-10);
}
