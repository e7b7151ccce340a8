/** What a still portrait does besides speaking on the neural path: blinks and head motion, from seed and loudness. */
import type { Performance } from '../formats/performance.ts';
import { addFaceEdit, LIDS_CLOSED } from '../motion/implicit/face-edits.ts';
import { type ImplicitMotion, multiplyRotations, rotationMatrix } from '../motion/implicit/transform.ts';
import { Blinks } from './blinks.ts';
import { FPS } from './director.ts';
import { HeadMotion } from './head-motion.ts';
import { lastWins, resolveTrack } from './timeline.ts';

const DEGREES = 180 / Math.PI;
/** Root mean square of a frame from which somebody surely speaks. */
const SPEECH_LEVEL = 0.03;

/**
 * The motion of each frame: the source's own with blinks and small rotations.
 * @param waveform 16 kHz; a head moves more while it is heard. @param frames how many.
 */
export function liveMotion(
  source: ImplicitMotion,
  waveform: Float32Array,
  frames: number,
  performance: Performance,
): ImplicitMotion[] {
  const seed = performance.seed ?? 0;
  const blinks = new Blinks(seed);
  const head = new HeadMotion(seed);
  const blinkTrack = resolveTrack(performance.blink, performance);
  const headTrack = resolveTrack(performance.headMotion, performance);
  return Array.from({ length: frames }, (_, n) => {
    const time = n / FPS;
    const turn = head.next(time, speechAt(waveform, n), 0, lastWins(headTrack, 1, time), 1 / FPS);
    const expression = source.expression.slice();
    addFaceEdit(expression, 'eyesOpen', LIDS_CLOSED * blinks.closureAt(time, lastWins(blinkTrack, 1, time)));
    const change = rotationMatrix({
      pitchDeg: turn.pitch * DEGREES,
      yawDeg: -turn.yaw * DEGREES, // positive yaw turns this space's nose to the image left
      rollDeg: turn.roll * DEGREES,
    });
    return { ...source, expression, rotation: multiplyRotations(source.rotation, change) };
  });
}

/** How surely somebody speaks in a frame, 0–1, by its loudness. */
function speechAt(waveform: Float32Array, frame: number): number {
  const size = 16_000 / FPS;
  const samples = waveform.subarray(frame * size, (frame + 1) * size);
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.min(1, Math.sqrt(sum / Math.max(1, samples.length)) / SPEECH_LEVEL);
}
