import {
  channelsHeard,
  LIP_MEASURES,
  type LipProjection,
  lacForced,
  lacRollout,
  MESH_LAC,
  MESH_STYLE_ENCODER,
  meshStyle,
  refineChannels,
  SPEECH_CHANNELS,
  SYNC_SHAPE,
} from '@pctalk/core';
import {
  add,
  concat,
  div,
  input,
  linear,
  mean,
  mul,
  type ParameterScope,
  slice,
  square,
  sub,
  type TrainingObjective,
  type Value,
  type Weights,
} from '@pctalk/graph';
import { lipLoss, weightedMean } from '../lip-loss.ts';
import { taughtSyncLoss } from '../sync/sync-teacher.ts';
import { STYLE_PARAMETERS } from './style-parameters.ts';

/** Sizes and weights of the loss. */
export interface LacObjectiveOptions {
  readonly size: number;
  readonly frames: number;
  /** Whether the network hears its own motion, as when driving, or the true one. */
  readonly feedback: 'own' | 'true';
  /** Lips of the refinement, when it is trained. */
  readonly refine: LipProjection | undefined;
  /** λ of the mouth's measures (keypoints), of the channels (regression), of both from frame to frame, of the style. */
  readonly keypoints: number;
  readonly channels: number;
  readonly velocity: number;
  readonly style: number;
  /** λ of L_sync, and the weights of the expert that judges it; without them there is none. */
  readonly sync: number;
  readonly expert: Weights | undefined;
}

export const LAC_OBJECTIVE_DEFAULTS: LacObjectiveOptions = Object.freeze<LacObjectiveOptions>({
  size: 24,
  frames: 50,
  feedback: 'own',
  refine: undefined,
  keypoints: 1,
  channels: 1,
  velocity: 0.5,
  style: 0.3,
  sync: 0,
  expert: undefined,
});

/** Weight of a reference's embedding lying where the point of its style lies. */
const MEETING = 0.3;

/**
 * L = λ_kp ρ(measures) + λ_reg ρ(channels) + λ_vel (ρ(Δ measures) + ρ(Δ channels)) + λ_style L_style + λ_sync L_sync, with
 * ρ(d) = √(d² + ε²) − ε in the units above. L_style: the style's parameters read off its embedding by a linear map, and
 * the embedding of a reference beside that of the point it was made with.
 *
 * @param basis `[14 × 9]`: `lipMeasureBasis`.
 */
export function lacObjective(
  scope: ParameterScope,
  basis: Float32Array,
  options: LacObjectiveOptions = LAC_OBJECTIVE_DEFAULTS,
): TrainingObjective {
  const { size, frames } = options;
  const channelCount = SPEECH_CHANNELS.length;
  const audio = input('audio', [size, frames, MESH_LAC.audioWidth]);
  const channels = input('channels', [size, frames, channelCount]);
  const styles = styleOf(scope, size);

  const conditions = { audio, style: styles.embedding, base: channelsHeard(audio) };
  const lac = scope.scope('lac');
  const rough =
    options.feedback === 'own' ? lacRollout(conditions, MESH_LAC, lac) : lacForced(conditions, channels, MESH_LAC, lac);
  const refined = options.refine && refineChannels(rough, audio, options.refine, scope.scope('refine'));
  const motion = refined?.motion ?? rough;

  const { channelLoss, measureLoss, velocityLoss, shown } = lipLoss(motion, channels, basis);
  let loss = [
    mul(measureLoss, options.keypoints),
    mul(channelLoss, options.channels),
    mul(velocityLoss, options.velocity),
    mul(styles.loss, options.style),
  ].reduce((a, b) => add(a, b));
  const metrics: Record<string, Value> = {
    channel: channelLoss,
    measure: measureLoss,
    velocity: velocityLoss,
    style: styles.loss,
  };
  const { expert, sync } = options;
  if (expert !== undefined) {
    const windows = frames - SYNC_SHAPE.frames + 1;
    const heard = input('heard_sync', [size, windows, SYNC_SHAPE.width]);
    metrics['sync'] = taughtSyncLoss(shown, heard, expert);
    loss = add(loss, mul(metrics['sync'], sync));
  }
  if (refined === undefined) return { name: 'lac', loss, metrics };
  const share = (x: Value) => mean(square(x));
  const discarded = div(share(refined.discarded), add(share(refined.residual), 1e-9));
  return { name: 'lac', loss, metrics: { ...metrics, discarded } };
}

/** Styles [B, 192] of a batch: the first half read off references, the rest from points. */
function styleOf(scope: ParameterScope, size: number) {
  const point = input('point', [size, STYLE_PARAMETERS.length]);
  const weights = input('point_weights', [size, 1]);
  const reference = input('reference', [size / 2, MESH_STYLE_ENCODER.period, LIP_MEASURES.length]);
  const placed = pointStyle(point, scope);
  const read = meshStyle(reference, scope.scope('style'));
  const embedding = concat([read, slice(placed, 0, size / 2, size)], 0);
  const guess = linear(embedding, STYLE_PARAMETERS.length, scope.scope('style_parameters'));
  const meeting = weightedMean(square(sub(read, slice(placed, 0, 0, size / 2))), slice(weights, 0, 0, size / 2));
  const guessed = weightedMean(square(sub(guess, point)), weights);
  return { embedding, loss: add(guessed, mul(meeting, MEETING)) };
}

/** The embedding [B, 192] of a point [B, 12]: linear, so that a mix of embeddings is the embedding of the mix. */
export function pointStyle(point: Value, scope: ParameterScope): Value {
  return linear(point, MESH_LAC.width, scope.scope('obj_vector'));
}
