/**
 * LAC in the mesh space: speech in a style to the fourteen lip channels, frame after frame, and their refinement on the lip
 * landmarks. It corrects what the speech model gives in its own, middling style.
 */
import {
  add,
  constant,
  input,
  matmul,
  mul,
  type Network,
  type ParameterScope,
  reshape,
  slice,
  softmax,
  sub,
  sum,
  type Value,
} from '@pctalk/graph';
import { PHONE_CLASSES } from '../speech/phone-classes.ts';
import { SPEECH_CHANNELS } from '../speech/speech-channels.ts';
import type { SpeechFrame } from '../speech/speech-driver.ts';
import { SPEECH_FEATURE_WIDTH } from '../speech/speech-network.ts';
import type { DecoderConfig } from './decoder.ts';
import { LIP_MEASURES, type LipProjection } from './lip-geometry.ts';
import { type LacConfig, lacStep, refineMotion } from './network.ts';
import { styleEmbedding } from './style-encoder.ts';

/** e_a of a frame: features of the sound, phone posteriors and the speech model's own channels, side by side. */
export const LAC_AUDIO_WIDTH = SPEECH_FEATURE_WIDTH + PHONE_CLASSES.length + SPEECH_CHANNELS.length;

/** Sizes of the shipped lip network. A frame remembers one second. */
export const MESH_LAC: LacConfig = Object.freeze({
  width: 192,
  heads: 4,
  layers: 1,
  hidden: 384,
  period: 25,
  audioWidth: LAC_AUDIO_WIDTH,
  motionWidth: SPEECH_CHANNELS.length,
});

/** Sizes of the shipped style encoder: 4 s of reference. */
export const MESH_STYLE_ENCODER: DecoderConfig = Object.freeze({
  width: MESH_LAC.width,
  heads: 4,
  layers: 2,
  hidden: 384,
  period: 100,
});

/** Writes e_a of a frame. @param out `[232]`, overwritten. */
export function writeLacAudio(
  { features, phones, channels }: Pick<SpeechFrame, 'features' | 'phones' | 'channels'>,
  out: Float32Array,
): void {
  out.set(features);
  out.set(phones, features.length);
  out.set(channels, features.length + phones.length);
}

/** The speech model's own channels [B, T, 14], as they stand in e_a [B, T, 232]. */
export function channelsHeard(audio: Value): Value {
  return slice(audio, 2, LAC_AUDIO_WIDTH - SPEECH_CHANNELS.length, LAC_AUDIO_WIDTH);
}

/**
 * Refinement in the mesh space: a residual on the lip landmarks of the head frame, of which the part that channels can make
 * is added. @returns `motion` [B, T, 14] and `discarded` [B, T, N], the part of the residual that is lost.
 */
export function refineChannels(motion: Value, audio: Value, lips: LipProjection, scope: ParameterScope) {
  const channels = SPEECH_CHANNELS.length;
  const forward = constant(lips.forward, [channels, lips.size]);
  const landmarks = matmul(motion, forward);
  const refined = refineMotion(landmarks, constant(lips.rest, [1, 1, lips.size]), audio, scope);
  const residual = sub(refined, landmarks);
  const correction = matmul(residual, constant(lips.back, [lips.size, channels]));
  return { motion: add(motion, correction), residual, discarded: sub(residual, matmul(correction, forward)) };
}

/**
 * One frame: inputs and caches of `lacStepNetwork`; outputs `output` [1, 14], to be fed back as `motion`, and `channels`
 * [1, 14], the refined lips to be shown.
 */
export function meshLacStepNetwork(scope: ParameterScope, lips: LipProjection | undefined): Network {
  const audio = reshape(input('audio', [1, MESH_LAC.audioWidth]), [1, 1, MESH_LAC.audioWidth]);
  const conditions = { audio, style: input('style', [1, MESH_LAC.width]), base: channelsHeard(audio) };
  const { output, next } = lacStep(conditions, MESH_LAC, scope.scope('lac'));
  const shown = lips === undefined ? output : refineChannels(output, audio, lips, scope.scope('refine')).motion;
  const flat = (x: Value) => reshape(x, [1, MESH_LAC.motionWidth]);
  return { name: 'lac', outputs: { output: flat(output), channels: flat(shown), ...next } };
}

/** A style reference `measures` [1, 100, 9] (`LIP_MEASURES`, U) to `embedding` [1, 192]. */
export function meshStyleNetwork(scope: ParameterScope): Network {
  const measures = input('measures', [1, MESH_STYLE_ENCODER.period, LIP_MEASURES.length]);
  return { name: 'style-encoder', outputs: { embedding: meshStyle(measures, scope.scope('style')) } };
}

/**
 * Measures [B, 100, 9] to a style [B, 192]. They count from where the lips are closed most, so that an error of the neutral
 * face they are relative to does not matter.
 */
export function meshStyle(measures: Value, scope: ParameterScope): Value {
  const closed = softmax(mul(slice(measures, 2, 0, 1), -1 / CLOSED_GAP), 1);
  const moved = sub(measures, sum(mul(measures, closed), [1], { keepAxes: true }));
  return styleEmbedding(mul(moved, 1 / MEASURE_UNIT), MESH_STYLE_ENCODER, scope);
}

/** A measure of this size counts as one, U. */
const MEASURE_UNIT = 0.05;
/** Lips that are open by this much more count e times less as closed, U. */
const CLOSED_GAP = 0.01;
