import { foldChannels, PHONE_CLASSES, SPEECH_CHANNELS, SPEECH_MEL, SPEECH_TIMING, speechNetwork } from '@pctalk/core';
import {
  add,
  input,
  linear,
  logSoftmax,
  mul,
  neg,
  type ParameterScope,
  square,
  sub,
  sum,
  type TrainingObjective,
} from '@pctalk/graph';
import { lipLoss, weightedMean } from '../lip-loss.ts';
import { TAUGHT_WIDTH } from './clip-store.ts';
import { foresightLoss } from './lip-heads-objective.ts';

/** Sizes and weights of the speech loss. */
export interface ObjectiveOptions {
  readonly batch: number;
  readonly frames: number;
  /** λ of the phone classes' cross entropy. */
  readonly phones: number;
  /** λ of the coefficients, of the mouth's measures, and of the changes of both from frame to frame. */
  readonly channels: number;
  readonly measures: number;
  readonly velocity: number;
  /** λ of what comes next. */
  readonly foresight: number;
  /** λ of what a recogniser makes of the sound, told from the features by a layer that only training has. */
  readonly taught: number;
}

/** The settings of the shipped speech model. */
export const OBJECTIVE_DEFAULTS: ObjectiveOptions = Object.freeze({
  batch: 8,
  frames: 128,
  phones: 0.5,
  channels: 1,
  measures: 1,
  velocity: 0.5,
  foresight: 0.3,
  taught: 0.3,
});

/**
 * L = λ_phone · CE(phones) + λ_kp · ρ(channels) + λ_measure · ρ(measures) + λ_vel · (ρ(Δ channels) + ρ(Δ measures))
 *   + λ_foresight · CE(what comes next) + λ_taught · |taught − W features|²/64, with
 * ρ(d) = √(d² + ε²) − ε in the units above, weighted by frame. Measures are the mouth's size in the mesh.
 *
 * @param basis `[14 × G]`: what one unit of a channel adds to each measure, U.
 */
export function speechObjective(
  scope: ParameterScope,
  basis: Float32Array,
  options: ObjectiveOptions = OBJECTIVE_DEFAULTS,
): TrainingObjective {
  const { batch, frames } = options;
  const mel = input('mel', [batch, frames * SPEECH_TIMING.columnsPerFrame, SPEECH_MEL.bands]);
  const phones = input('phones', [batch, frames, PHONE_CLASSES.length]);
  const phoneWeights = input('phone_weights', [batch, frames, 1]);
  const taught = input('taught', [batch, frames, TAUGHT_WIDTH]);
  const taughtWeights = input('taught_weights', [batch, frames, 1]);
  const channels = input('channels', [batch, frames, SPEECH_CHANNELS.length]);
  const predicted = speechNetwork(mel, scope);

  const crossEntropy = neg(sum(mul(phones, logSoftmax(predicted.phoneLogits)), [2], { keepAxes: true }));
  const phoneLoss = weightedMean(crossEntropy, phoneWeights);
  const { channelLoss, measureLoss, velocityLoss } = lipLoss(predicted.channels, channels, basis);
  const guessed = linear(predicted.features, TAUGHT_WIDTH, scope.scope('taught'));
  const taughtLoss = weightedMean(square(sub(guessed, taught)), taughtWeights);
  const foresight = foresightLoss(predicted.foresightLogits);
  const loss = [
    mul(phoneLoss, options.phones),
    mul(channelLoss, options.channels),
    mul(measureLoss, options.measures),
    mul(velocityLoss, options.velocity),
    mul(foresight, options.foresight),
    mul(taughtLoss, options.taught),
  ].reduce((a, b) => add(a, b));
  return {
    name: 'speech-lips',
    loss,
    metrics: {
      phone: phoneLoss,
      channel: channelLoss,
      measure: measureLoss,
      velocity: velocityLoss,
      foresight,
      teacher: taughtLoss,
    },
  };
}

/**
 * Measures of the mouth as linear functions of the channels `[14 × 6]`: inner gap, outer gap, outer width, protrusion of
 * the upper and lower lip, chin. @param displacements the mesh basis, `[C × 468 × 3]`, U.
 */
export function mouthMeasures(displacements: Float32Array, coefficients: number): Float32Array {
  const vertices = displacements.length / coefficients / 3;
  const at = (c: number, vertex: number, axis: number) => displacements[(c * vertices + vertex) * 3 + axis]!;
  const rows = Array.from({ length: coefficients }, (_, c) => [
    at(c, 14, 1) - at(c, 13, 1),
    at(c, 17, 1) - at(c, 0, 1),
    at(c, 291, 0) - at(c, 61, 0),
    -at(c, 0, 2),
    -at(c, 17, 2),
    at(c, 152, 1),
  ]);
  const width = SPEECH_CHANNELS.length;
  const out = new Float32Array(width * 6);
  const folded = new Float32Array(width);
  for (let g = 0; g < 6; g++) {
    const column = rows.map((row) => row[g]!);
    foldChannels(column, folded);
    // A channel moves both sides; folding gave their mean.
    SPEECH_CHANNELS.forEach((name, channel) => {
      const sides = sidesOf(name);
      out[channel * 6 + g] = folded[channel]! * sides;
    });
  }
  return out;
}

function sidesOf(name: string): number {
  return /Smile|Frown|Dimple|Stretch|Press|LowerDown|UpperUp/.test(name) ? 2 : 1;
}
