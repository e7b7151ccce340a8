import { SPEECH_CHANNELS } from '@pctalk/core';
import { add, constant, div, input, matmul, mean, mul, slice, sqrt, square, sub, type Value } from '@pctalk/graph';

/** Error that counts as one unit: of a channel, and of a measure in U. */
const CHANNEL_UNIT = 0.1;
const MEASURE_UNIT = 0.04;

/**
 * How far lips are from their targets: ρ(channels), ρ(measures) and ρ of the changes of both from frame to frame, with
 * ρ(d) = √(d² + ε²) − ε in the units above, weighted by frame. Inputs: `channel_weights` [B, T, 1], `measures` [B, T, G] and
 * `measure_weights` [B, T, 1].
 *
 * @param motion channels [B, T, 14]. @param channels their targets [B, T, 14]. @param basis `[14 × G]`: what one unit of a channel adds to each measure, U.
 * @returns three numbers, `shown` [B, T, G], the measures of `motion`, and `measures`, their targets.
 */
export function lipLoss(motion: Value, channels: Value, basis: Float32Array) {
  const [batch = 0, frames = 0] = motion.shape;
  const channelCount = SPEECH_CHANNELS.length;
  const measureCount = basis.length / channelCount;
  const channelWeights = input('channel_weights', [batch, frames, 1]);
  const measureWeights = input('measure_weights', [batch, frames, 1]);
  const channelError = mul(sub(motion, channels), 1 / CHANNEL_UNIT);
  const shown = matmul(motion, constant(basis, [channelCount, measureCount]));
  const measures = input('measures', [batch, frames, measureCount]);
  const measureError = mul(sub(shown, measures), 1 / MEASURE_UNIT);
  return {
    channelLoss: weightedMean(robust(channelError), channelWeights),
    measureLoss: weightedMean(robust(measureError), measureWeights),
    velocityLoss: add(
      weightedMean(robust(change(channelError)), slice(channelWeights, 1, 1, frames)),
      weightedMean(robust(change(measureError)), slice(measureWeights, 1, 1, frames)),
    ),
    shown,
    measures,
  };
}

/** Mean of x, weighted by frame. @param weights [B, T, 1]. */
export function weightedMean(x: Value, weights: Value): Value {
  return div(mean(mul(x, weights)), add(mean(weights), 1e-3));
}

function robust(error: Value): Value {
  return sub(sqrt(add(square(error), 0.04)), 0.2);
}

function change(x: Value): Value {
  const frames = x.shape[1] ?? 0;
  return sub(slice(x, 1, 1, frames), slice(x, 1, 0, frames - 1));
}
