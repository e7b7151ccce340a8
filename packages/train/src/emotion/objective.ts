import { COEFFICIENT_COUNT, EMOTIONS, emotionNetwork, PERSON_CODE, VOICE_FEATURES } from '@pctalk/core';
import {
  add,
  input,
  mean,
  mul,
  type ParameterScope,
  slice,
  square,
  sub,
  type TrainingObjective,
  type Value,
} from '@pctalk/graph';

/** Sizes and weights of the emotion loss. */
export interface EmotionObjectiveOptions {
  readonly batch: number;
  readonly frames: number;
  /** Weight of the changes from frame to frame. */
  readonly velocity: number;
}

/** The settings of the shipped emotion model. */
export const EMOTION_OBJECTIVE_DEFAULTS: EmotionObjectiveOptions = Object.freeze({
  batch: 16,
  frames: 128,
  velocity: 4,
});

/** Frames whose answers do not count: the network has not heard enough before them. */
const WARM_UP = 32;
/** Error that counts as one unit. */
const UNIT = 0.1;

/** L = mean (ĉ − c)² + λ mean (Δĉ − Δc)², in units of .1, after the first second. */
export function emotionObjective(
  scope: ParameterScope,
  options: EmotionObjectiveOptions = EMOTION_OBJECTIVE_DEFAULTS,
): TrainingObjective {
  const { batch, frames, velocity } = options;
  const voice = input('voice', [batch, frames, VOICE_FEATURES]);
  const emotion = input('emotion', [batch, 1, EMOTIONS.length]);
  const person = input('person', [batch, 1, PERSON_CODE]);
  const targets = input('targets', [batch, frames, COEFFICIENT_COUNT]);
  const counted = (x: Value, from: number, to: number) => slice(x, 1, from, to);
  const error = mul(sub(emotionNetwork(voice, emotion, person, scope), targets), 1 / UNIT);
  const position = mean(square(counted(error, WARM_UP, frames)));
  const change = sub(counted(error, WARM_UP, frames), counted(error, WARM_UP - 1, frames - 1));
  const speed = mean(square(change));
  return { name: 'emotion', loss: add(position, mul(speed, velocity)), metrics: { position, speed } };
}
