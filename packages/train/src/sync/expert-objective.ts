import { lipEmbedding, type NormalisedConv, SYNC_SHAPE, soundEmbedding } from '@pctalk/core';
import {
  add,
  batchNormaliseByBatch,
  constant,
  conv2d,
  exp,
  input,
  logSoftmax,
  matmul,
  mean,
  mul,
  neg,
  type ParameterScope,
  reshape,
  sum,
  swapLast,
  type TrainingObjective,
  type Value,
} from '@pctalk/graph';

/** Size of a batch. */
export interface ExpertOptions {
  /** Clips in a batch and windows of each, one a frame. */
  readonly clips: number;
  readonly windows: number;
}

/** The batch of the expert that taught the shipped lips. */
export const EXPERT_DEFAULTS: ExpertOptions = Object.freeze({ clips: 16, windows: 20 });

/** How much of the running moments a step keeps. */
const MOMENTUM = 0.97;

/**
 * L = CE over all windows of the batch, from lips to sound and from sound to lips, of e^s · cos. The other windows of
 * the same clip, 1 to `windows` − 1 frames away, are the hard ones among the others.
 *
 * @source van den Oord et al., Representation Learning with Contrastive Predictive Coding (InfoNCE)
 */
export function expertObjective(
  scope: ParameterScope,
  { clips, windows }: ExpertOptions = EXPERT_DEFAULTS,
): TrainingObjective {
  const count = clips * windows;
  const mel = input('mel', [count, 1, 80, SYNC_SHAPE.columns]);
  const measures = input('measures', [count, SYNC_SHAPE.frames * SYNC_SHAPE.measures]);
  const updates: Record<string, Value> = {};
  const { sound } = soundEmbedding(mel, scope, batchLayer(updates));
  const lips = lipEmbedding(measures, scope);
  const scale = exp(scope.parameter('scale', [1], { kind: 'zeros' }));
  const logits = mul(matmul(lips, swapLast(sound)), mul(scale, 8));
  const loss = mul(add(ownWindow(logits, windows), ownWindow(swapLast(logits), windows)), 0.5);
  const cosine = mean(sum(mul(lips, sound), [1]));
  return { name: 'sync-expert', loss, metrics: { cosine }, updates };
}

/** Cross entropy with most of the target on the own window and some on its neighbours of the same clip. */
function ownWindow(logits: Value, windows: number): Value {
  const count = logits.shape[0] ?? 0;
  const target = new Float32Array(count * count);
  for (let i = 0; i < count; i++) {
    target[i * count + i] = 1;
    for (const j of [i - 1, i + 1]) {
      if (j < 0 || j >= count || Math.floor(j / windows) !== Math.floor(i / windows)) continue;
      target[i * count + j] = 0.15;
      target[i * count + i]! -= 0.15;
    }
  }
  return neg(mean(sum(mul(constant(target, [count, count]), logSoftmax(logits)), [1])));
}

/** Convolution normalised by the batch's moments, which the running ones follow. */
function batchLayer(updates: Record<string, Value>): NormalisedConv {
  return (x, out, kernel, scope, options) => {
    const norm = scope.scope(1);
    const scale = norm.parameter('weight', [out], { kind: 'ones' });
    const bias = norm.parameter('bias', [out], { kind: 'zeros' });
    const {
      y,
      mean: average,
      variance,
    } = batchNormaliseByBatch(conv2d(x, out, kernel, scope.scope(0), options), scale, bias);
    follow('running_mean', 'zeros', average);
    follow('running_var', 'ones', variance);
    return y;

    function follow(name: string, kind: 'zeros' | 'ones', moment: Value): void {
      const running = norm.parameter(name, [out], { kind }, { trainable: false });
      const { origin } = running;
      if (origin.kind !== 'parameter') return;
      updates[origin.name] = add(mul(running, MOMENTUM), mul(reshape(moment, [out]), 1 - MOMENTUM));
    }
  };
}
