import { foresightHead, lipHead, SPEECH_CHANNELS, SPEECH_FEATURE_WIDTH } from '@pctalk/core';
import { add, input, mul, type ParameterScope, softplus, sub, type TrainingObjective, type Value } from '@pctalk/graph';
import { lipLoss, weightedMean } from '../lip-loss.ts';

/** Sizes and weights of the loss of the heads. */
export interface LipHeadsOptions {
  readonly size: number;
  readonly frames: number;
  /** λ of the channels, of the mouth's measures, of the changes of both from frame to frame, and of what comes next. */
  readonly channels: number;
  readonly measures: number;
  readonly velocity: number;
  readonly foresight: number;
}

/** The settings of the shipped speech model. */
export const LIP_HEADS_DEFAULTS: LipHeadsOptions = Object.freeze({
  size: 32,
  frames: 64,
  channels: 1,
  measures: 1,
  velocity: 0.5,
  foresight: 1,
});

/**
 * L = λ_reg ρ(channels) + λ_measure ρ(measures) + λ_vel (ρ(Δ channels) + ρ(Δ measures)) + λ_foresight CE(what comes next):
 * the heads alone, over features of a network that stays as it is.
 *
 * @param basis `[14 × G]`: what one unit of a channel adds to each measure, U. @param width of the features.
 */
export function lipHeadsObjective(
  scope: ParameterScope,
  basis: Float32Array,
  options: LipHeadsOptions = LIP_HEADS_DEFAULTS,
  width = SPEECH_FEATURE_WIDTH,
): TrainingObjective {
  const { size, frames } = options;
  const features = input('features', [size, frames, width]);
  const channels = input('channels', [size, frames, SPEECH_CHANNELS.length]);
  const { channelLoss, measureLoss, velocityLoss } = lipLoss(lipHead(features, scope), channels, basis);
  const foresight = foresightLoss(foresightHead(features, scope));
  const loss = [
    mul(channelLoss, options.channels),
    mul(measureLoss, options.measures),
    mul(velocityLoss, options.velocity),
    mul(foresight, options.foresight),
  ].reduce((a, b) => add(a, b));
  return {
    name: 'lip-heads',
    loss,
    metrics: { channel: channelLoss, measure: measureLoss, velocity: velocityLoss, foresight },
  };
}

/** Cross entropy of what comes next; inputs `coming` and `coming_weights` [B, T, 6]. @param logits [B, T, 6]. */
export function foresightLoss(logits: Value): Value {
  return weightedMean(crossEntropy(logits, input('coming', logits.shape)), input('coming_weights', logits.shape));
}

/** −p log σ(x) − (1 − p) log (1 − σ(x)), frame by frame. */
function crossEntropy(logits: Value, probability: Value): Value {
  return sub(softplus(logits), mul(logits, probability));
}
