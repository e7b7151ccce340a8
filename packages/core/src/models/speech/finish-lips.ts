import { clampUnit, smoothstep } from '../../math/smoothstep.ts';
import { expandChannels, SPEECH_CHANNEL_INDEX, SPEECH_CHANNELS } from './speech-channels.ts';

/**
 * Makes lips of predicted channels: clamped to 0 … 1, closed where a closure was heard, at rest in silence, on both sides.
 * @param channels `[14]` @param closure posterior of p b m @param silence posterior of no speech @param out `[C]`, overwritten.
 */
export function finishLips(channels: ArrayLike<number>, closure: number, silence: number, out: Float32Array): void {
  const limited = Float32Array.from(SPEECH_CHANNELS, (_, channel) => clampUnit(channels[channel]!));
  sealLips(limited, closure);
  restLips(limited, silence);
  expandChannels(limited, out);
}

/**
 * Posteriors of p b m from which the lips are drawn together, and at which they meet. Low, since a closure of two frames is
 * heard with little certainty; open vowels stay open all the same. @source docs/evaluation/lips.md, p b m closed, false closures
 */
const SEAL_FROM = 0.08;
const SEAL_AT = 0.35;
const PARTING = ['mouthLowerDown', 'mouthUpperUp', 'mouthFunnel'] as const;

/**
 * Closes the lips where a closure was heard: regression alone stops short of contact, which the eye sees at once.
 * mouthClose rises to jawOpen, and what parts the lips goes to 0. @param channels `[14]`, changed in place.
 */
function sealLips(channels: Float32Array, closure: number): void {
  const weight = smoothstep((closure - SEAL_FROM) / (SEAL_AT - SEAL_FROM));
  const { jawOpen, mouthClose } = SPEECH_CHANNEL_INDEX;
  channels[mouthClose]! += weight * Math.max(0, channels[jawOpen]! - channels[mouthClose]!);
  for (const name of PARTING) channels[SPEECH_CHANNEL_INDEX[name]]! *= 1 - weight;
}

/** Posteriors of silence from which the lips go to rest, and at which they are still. */
const REST_FROM = 0.85;
const REST_AT = 0.99;

/** Stills the lips where nobody was heard to speak, whatever the noise. @param channels `[14]`, changed in place. */
function restLips(channels: Float32Array, silence: number): void {
  const weight = smoothstep((silence - REST_FROM) / (REST_AT - REST_FROM));
  for (let channel = 0; channel < channels.length; channel++) channels[channel]! *= 1 - weight;
}
