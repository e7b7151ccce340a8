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
  STYLES,
  SYNC_SHAPE,
} from '@pctalk/core';
import {
  add,
  concat,
  constant,
  div,
  input,
  linear,
  log,
  logSoftmax,
  matmul,
  mean,
  mul,
  neg,
  type ParameterScope,
  slice,
  sqrt,
  square,
  sub,
  sum,
  type TrainingObjective,
  transpose,
  type Value,
  type Weights,
} from '@pctalk/graph';
import { lipLoss, weightedMean } from '../lip-loss.ts';
import { taughtSyncLoss } from '../sync/sync-teacher.ts';
import { STYLE_PARAMETERS, stylePoint } from './style-parameters.ts';

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
  /** λ of the style that is read off the network's own lips. */
  readonly shown: number;
  /** λ of how far and how fast the lips of a style move over a window, as against its target. */
  readonly traits: number;
  /** λ of L_sync, and the weights of the expert that judges it; without them there is none. */
  readonly sync: number;
  readonly expert: Weights | undefined;
}

/** What the shipped network was trained with, but for L_sync, which needs an expert. */
export const LAC_OBJECTIVE_DEFAULTS: LacObjectiveOptions = Object.freeze<LacObjectiveOptions>({
  size: 24,
  frames: 50,
  feedback: 'own',
  refine: undefined,
  keypoints: 1,
  channels: 1,
  velocity: 0.5,
  style: 0.3,
  shown: 0.3,
  traits: 0.2,
  sync: 0,
  expert: undefined,
});

/** Weight of a reference's embedding lying where the point of its style lies. */
const MEETING = 0.3;
/** Weight of telling presets apart, and the squared distance of embeddings that counts as one unit of evidence. */
const TELLING = 0.3;
const TELLING_DISTANCE = 4;

/**
 * L = λ_kp ρ(measures) + λ_reg ρ(channels) + λ_vel (ρ(Δ measures) + ρ(Δ channels)) + λ_style L_style + λ_shown L_shown
 *   + λ_traits L_traits + λ_sync L_sync, with
 * ρ(d) = √(d² + ε²) − ε in the units above. L_style: the style's parameters read off its embedding by a linear map, the
 * embedding of a reference beside that of the point it was made with, and the cross entropy of its preset; L_shown: the same
 * of what is read off the network's own lips; L_traits: spreads and speed over a window, in logarithms.
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

  const { channelLoss, measureLoss, velocityLoss, shown, measures } = lipLoss(motion, channels, basis);
  const traits = traitLoss(shown, measures);
  const read = shownLoss(slice(shown, 0, size / 2, size), styles.truth, scope);
  let loss = [
    mul(measureLoss, options.keypoints),
    mul(channelLoss, options.channels),
    mul(velocityLoss, options.velocity),
    mul(styles.loss, options.style),
    mul(read, options.shown),
    mul(traits, options.traits),
  ].reduce((a, b) => add(a, b));
  const metrics: Record<string, Value> = {
    channel: channelLoss,
    measure: measureLoss,
    velocity: velocityLoss,
    style: styles.loss,
    shown: read,
    traits,
  };
  const { expert, sync } = options;
  if (expert !== undefined) {
    const windows = frames - SYNC_SHAPE.frames + 1;
    const heard = input('heard_sync', [size, windows, SYNC_SHAPE.width]);
    metrics['sync'] = taughtSyncLoss(shown, heard, expert, input('sync_weights', [size, 1]));
    loss = add(loss, mul(metrics['sync'], sync));
  }
  if (refined === undefined) return { name: 'lac', loss, metrics };
  const share = (x: Value) => mean(square(x));
  const discarded = div(share(refined.discarded), add(share(refined.residual), 1e-9));
  return { name: 'lac', loss, metrics: { ...metrics, discarded } };
}

/** Styles [B, 192] of a batch: the first half read off references, the rest from points. */
function styleOf(scope: ParameterScope, size: number) {
  const half = size / 2;
  const point = input('point', [size, STYLE_PARAMETERS.length]);
  const weights = input('point_weights', [size, 1]);
  const reference = input('reference', [half, MESH_STYLE_ENCODER.period, LIP_MEASURES.length]);
  const placed = pointStyle(point, scope);
  const read = meshStyle(reference, scope.scope('style'));
  const embedding = concat([read, slice(placed, 0, half, size)], 0);
  const truth = { point, placed, weights, preset: input('preset', [size, STYLES.length]) };
  const loss = add(
    guessLoss(embedding, truth, scope),
    add(
      mul(meetingLoss(read, part(truth, 0, half)), MEETING),
      mul(tellingLoss(read, part(truth, 0, half), scope), TELLING),
    ),
  );
  return { embedding, truth: part(truth, half, size), loss };
}

/** What a style is: its point [B, 13], that point's embedding, whether it is known (1) [B, 1], its preset [B, 8] or zeros. */
type StyleTruth = Readonly<Record<'point' | 'placed' | 'weights' | 'preset', Value>>;

function part(truth: StyleTruth, from: number, to: number): StyleTruth {
  const rows = (x: Value) => slice(x, 0, from, to);
  return {
    point: rows(truth.point),
    placed: rows(truth.placed),
    weights: rows(truth.weights),
    preset: rows(truth.preset),
  };
}

/** The style's parameters read off its embedding by a linear map. */
function guessLoss(embedding: Value, { point, weights }: StyleTruth, scope: ParameterScope): Value {
  const guess = linear(embedding, STYLE_PARAMETERS.length, scope.scope('style_parameters'));
  return weightedMean(square(sub(guess, point)), weights);
}

/** The embedding read beside that of the point. */
function meetingLoss(read: Value, { placed, weights }: StyleTruth): Value {
  return weightedMean(square(sub(read, placed)), weights);
}

/** Cross entropy of the preset, told by which preset's embedding lies nearest. */
function tellingLoss(read: Value, { preset }: StyleTruth, scope: ParameterScope): Value {
  const points = STYLES.flatMap((name) => [...stylePoint(name)]);
  const table = pointStyle(constant(points, [STYLES.length, STYLE_PARAMETERS.length]), scope);
  const norms = transpose(sum(square(table), [1], { keepAxes: true }));
  // |e − p|² without |e|², which is the same for every preset.
  const nearness = mul(sub(mul(matmul(read, transpose(table)), 2), norms), 1 / TELLING_DISTANCE);
  return div(neg(mean(mul(preset, logSoftmax(nearness)))), add(mean(preset), 1e-3));
}

/** The style that a tracker would read off the network's own lips [B, T, 9]: it must be the one that was asked for. */
function shownLoss(shown: Value, truth: StyleTruth, scope: ParameterScope): Value {
  const [batch = 0, frames = 0, width = 0] = shown.shape;
  const { period } = MESH_STYLE_ENCODER;
  const again = concat(
    Array.from({ length: Math.ceil(period / frames) }, () => shown),
    1,
  );
  const there = slice(again, 1, 0, period);
  const seen = add(
    mul(there, input('reading_gains', [batch, 1, width])),
    mul(slice(there, 2, 0, 1), input('reading_leaks', [batch, 1, width])),
  );
  const read = meshStyle(add(seen, input('reading_added', [batch, period, width])), scope.scope('style'));
  return add(
    guessLoss(read, truth, scope),
    add(mul(meetingLoss(read, truth), MEETING), mul(tellingLoss(read, truth, scope), TELLING)),
  );
}

/**
 * Squared error of log traits over a window: spread of the gap and of the width, and how fast the gap changes. The errors
 * above are least for lips between all that may be meant; lips of a style must move as far as it asks.
 */
function traitLoss(shown: Value, target: Value): Value {
  const error = square(sub(logTraits(shown), logTraits(target)));
  return weightedMean(error, input('trait_weights', [shown.shape[0] ?? 0, 1]));
}

/** Measures [B, T, 9] to three numbers each [B, 3]. */
function logTraits(measures: Value): Value {
  const [, frames = 0] = measures.shape;
  const size = (x: Value) => log(sqrt(add(mean(square(x), [1]), LEAST_TRAIT ** 2)));
  const centred = (name: (typeof LIP_MEASURES)[number]) => {
    const at = LIP_MEASURES.indexOf(name);
    const x = slice(measures, 2, at, at + 1);
    return sub(x, mean(x, [1], { keepAxes: true }));
  };
  const gap = centred('innerGap');
  const change = sub(slice(gap, 1, 1, frames), slice(gap, 1, 0, frames - 1));
  return concat([size(gap), size(centred('width')), size(change)], 1);
}

/** Movements below this hardly count, U. */
const LEAST_TRAIT = 0.004;

/** The embedding [B, 192] of a point [B, 13]: linear, so that a mix of embeddings is the embedding of the mix. */
export function pointStyle(point: Value, scope: ParameterScope): Value {
  return linear(point, MESH_LAC.width, scope.scope('obj_vector'));
}
