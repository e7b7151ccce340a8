/**
 * One step of training as one ONNX model: forward, backward, clipping by the global norm and AdamW.
 *
 * Everything that training changes goes in and comes out under fixed names, so that the outputs of one step are the
 * inputs of the next: parameter `p` is read as `p` and written as `next/p`, its moments as `moment1/p`, `moment2/p`
 * and `next/moment1/p`, `next/moment2/p`.
 */
import { emitWithParameterInputs } from './emit.ts';
import { gradients } from './gradient.ts';
import { add, div, exp, minimum, mul, sqrt, square, sub } from './ops/arithmetic.ts';
import { sum } from './ops/reduction.ts';
import { check, format, GraphError, inOrder, input, type Shape, sameShape, scalar, type Value } from './value.ts';

/** Settings of AdamW. */
export interface AdamWOptions {
  /** Decay of the mean of gradients, 0–1. */
  readonly beta1: number;
  /** Decay of the mean of squared gradients, 0–1. */
  readonly beta2: number;
  readonly epsilon: number;
  /** Fraction of a parameter lost per unit of learning rate; only parameters of rank 2 and more decay. */
  readonly weightDecay: number;
  /** Gradients longer than this, all together, are scaled down to it; Infinity never clips. */
  readonly clipNorm: number;
}

/** AdamW's usual settings; gradients longer than 1 are shortened to it. */
export const ADAMW_DEFAULTS: AdamWOptions = Object.freeze({
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  clipNorm: 1,
});

/** What to train. */
export interface TrainingObjective {
  readonly name: string;
  /** Scalar to make small. */
  readonly loss: Value;
  /** Further values to report, by name. */
  readonly metrics?: Readonly<Record<string, Value>>;
  /** New values of parameters that are not trained by gradients, such as running moments, by parameter name. */
  readonly updates?: Readonly<Record<string, Value>>;
}

/** A train-step model and what a loop must feed it. */
export interface TrainStep {
  readonly model: Uint8Array<ArrayBuffer>;
  /** Shapes of the parameters that gradients train. */
  readonly trained: ReadonlyMap<string, Shape>;
  /** Shapes of the parameters that are read, and perhaps written by `updates`, without moments. */
  readonly untrained: ReadonlyMap<string, Shape>;
  /** Names written by `updates`. */
  readonly updated: readonly string[];
  /** Names of the metrics: those of the objective, then `gradient_norm`; `loss` stands apart. */
  readonly metrics: readonly string[];
}

/** Names of the scalar inputs every step takes: learning rate, and the number of the step counted from 1. */
export const LEARNING_RATE = 'learning_rate';
/** Name of the input that counts training steps from 1. */
export const STEP = 'step';

/**
 * Emits the train step of an objective.
 * @throws GraphError if the loss depends on no trainable parameter or an operator on its path has no gradient.
 * @source Loshchilov and Hutter, Decoupled Weight Decay Regularization, algorithm 2 (with a constant decay factor).
 */
export function emitTrainStep(objective: TrainingObjective, options: Partial<AdamWOptions> = {}): TrainStep {
  const settings = { ...ADAMW_DEFAULTS, ...options };
  const { loss, metrics = {}, updates = {} } = objective;
  const all = parametersOf([loss]);
  const used = parametersOf([loss, ...Object.values(metrics), ...Object.values(updates)]);
  const trained = [...all].filter(([, value]) => value.origin.kind === 'parameter' && value.origin.trainable);
  if (trained.length === 0) throw new GraphError(`${objective.name}: expected trainable parameters, got none`);

  const slopes = gradients(
    loss,
    trained.map(([, value]) => value),
  );
  const norm = sqrt(slopes.map((slope) => sum(square(slope))).reduce((a, b) => add(a, b)));
  const schedule = scheduleOf(norm, settings);
  const outputs: Record<string, Value> = { loss, ...metrics, gradient_norm: norm };
  trained.forEach(([name, parameter], i) => {
    Object.assign(outputs, adamW(name, parameter, slopes[i]!, schedule, settings));
  });
  for (const [name, value] of Object.entries(updates)) {
    const shape = used.get(name)?.shape ?? [];
    check(sameShape(value.shape, shape), `update of ${name}`, format(shape), format(value.shape));
    outputs[`next/${name}`] = value;
  }
  const shapes = (entries: Iterable<readonly [string, Value]>) => new Map([...entries].map(([n, v]) => [n, v.shape]));
  const names = new Set(trained.map(([name]) => name));
  return {
    model: emitWithParameterInputs({ name: objective.name, outputs }),
    trained: shapes(trained),
    untrained: shapes([...used].filter(([name]) => !names.has(name))),
    updated: Object.keys(updates),
    metrics: [...Object.keys(metrics), 'gradient_norm'],
  };
}

/** Scalars one step needs for all parameters. */
interface Schedule {
  /** lr / (1 − β₁ᵗ). */
  readonly rate: Value;
  /** 1 / sqrt(1 − β₂ᵗ). */
  readonly spread: Value;
  /** 1 − lr · decay. */
  readonly keep: Value;
  /** (1 − β₁) · clip. */
  readonly share1: Value;
  /** (1 − β₂) · clip². */
  readonly share2: Value;
}

function scheduleOf(norm: Value, { beta1, beta2, weightDecay, clipNorm }: AdamWOptions): Schedule {
  const learningRate = input(LEARNING_RATE, []);
  const step = input(STEP, []);
  const correction = (beta: number) => sub(1, exp(mul(step, Math.log(beta))));
  const clip = Number.isFinite(clipNorm) ? minimum(div(clipNorm, add(norm, 1e-6)), 1) : scalar(1);
  return {
    rate: div(learningRate, correction(beta1)),
    spread: div(1, sqrt(correction(beta2))),
    keep: sub(1, mul(learningRate, weightDecay)),
    share1: mul(clip, 1 - beta1),
    share2: mul(square(clip), 1 - beta2),
  };
}

// m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  p ← p (1 − lr · decay) − lr · m̂ / (√v̂ + ε)
function adamW(name: string, p: Value, g: Value, schedule: Schedule, options: AdamWOptions): Record<string, Value> {
  const m = add(mul(input(`moment1/${name}`, p.shape), options.beta1), mul(g, schedule.share1));
  const v = add(mul(input(`moment2/${name}`, p.shape), options.beta2), mul(square(g), schedule.share2));
  const move = div(mul(m, schedule.rate), add(mul(sqrt(v), schedule.spread), options.epsilon));
  const kept = p.shape.length >= 2 ? mul(p, schedule.keep) : p;
  return { [`next/${name}`]: sub(kept, move), [`next/moment1/${name}`]: m, [`next/moment2/${name}`]: v };
}

function parametersOf(values: readonly Value[]): ReadonlyMap<string, Value> {
  const found = new Map<string, Value>();
  for (const value of inOrder(values)) if (value.origin.kind === 'parameter') found.set(value.origin.name, value);
  return found;
}
