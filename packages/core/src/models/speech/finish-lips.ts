import { clampUnit } from '../../math/smoothstep.ts';
import { ClosureGesture } from './closure-gesture.ts';
import { RestingLips } from './resting-lips.ts';
import { expandChannels, SPEECH_CHANNEL_INDEX, SPEECH_CHANNELS } from './speech-channels.ts';

/** What of a frame's sound the lips are finished by. */
export interface LipEvidence {
  /** Posterior of a sound that needs closed lips (p b m), 0–1. */
  readonly closure: number;
  /** Posterior of silence, noise, breath or music: no speech, 0–1. */
  readonly silence: number;
  /** `[3]`, foretold: `closure` 1, 2 and 3 frames later. */
  readonly comingClosures: Float32Array;
  /** `[3]`, foretold: `silence` 1, 2 and 3 frames later. */
  readonly comingSilences: Float32Array;
}

/** Makes lips of the predicted channels of one voice, frame after frame: closures are gestures, and lips rest in silence. */
export class LipFinisher {
  readonly #closures = new ClosureGesture();
  readonly #rest = new RestingLips();
  readonly #limited = new Float32Array(SPEECH_CHANNELS.length);

  /**
   * Clamps channels to 0 … 1, spreads their shapes, draws the lips together where a closure is heard, and stills them at rest.
   * @param channels `[14]` @param out `[C]`, overwritten: both sides.
   */
  finish(channels: ArrayLike<number>, heard: LipEvidence, out: Float32Array): void {
    const lips = this.#limited;
    for (let channel = 0; channel < lips.length; channel++) lips[channel] = clampUnit(channels[channel]!);
    for (const name of SHAPING) {
      const channel = SPEECH_CHANNEL_INDEX[name];
      lips[channel] = clampUnit(SHAPE_GAIN * lips[channel]!);
    }
    sealLips(lips, this.#closures.next(heard.closure, heard.comingClosures));
    const silence = Math.min(heard.silence, heard.comingSilences[0]!);
    const free = this.#rest.next(silence);
    for (let channel = 0; channel < lips.length; channel++) lips[channel]! *= free;
    expandChannels(lips, out);
  }
}

/**
 * What makes a mouth narrow or wide, and how much larger than predicted it is shown: lips regressed on sound lie between all
 * that may be meant. With it tracked widths range as far as people's. @source docs/evaluation/lips.md, how lips move
 */
const SHAPING = ['mouthPucker', 'mouthStretch', 'mouthSmile', 'mouthDimple'] as const;
const SHAPE_GAIN = 1.4;

const PARTING = ['mouthLowerDown', 'mouthUpperUp', 'mouthFunnel'] as const;

/**
 * Closes the lips by `weight`: regression alone stops short of contact, which the eye sees at once. mouthClose rises to
 * jawOpen, and what parts the lips goes to 0. @param channels `[14]`, changed in place.
 */
function sealLips(channels: Float32Array, weight: number): void {
  const { jawOpen, mouthClose } = SPEECH_CHANNEL_INDEX;
  channels[mouthClose]! += weight * Math.max(0, channels[jawOpen]! - channels[mouthClose]!);
  for (const name of PARTING) channels[SPEECH_CHANNEL_INDEX[name]]! *= 1 - weight;
}
