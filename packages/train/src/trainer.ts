/** One network in training: its train step on onnxruntime and the arrays the step changes. */
import type { Tensor as CoreTensor } from '@pctalk/core';
import {
  type AdamWOptions,
  emitTrainStep,
  emitWithParameterInputs,
  LEARNING_RATE,
  STEP,
  type TrainingObjective,
  type TrainStep,
  type Weights,
} from '@pctalk/graph';
import { importOnnxRuntime } from '@pctalk/node';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { OptimizerState } from './optimizer-state.ts';

const ort = await importOnnxRuntime();

/** Arrays of one batch by input name. */
export type Batch = Readonly<Record<string, CoreTensor>>;

/** Figures of one step by name: `loss`, the objective's metrics, and `gradient_norm` in training. */
export type Figures = Readonly<Record<string, number>>;

/** Threads and optimiser of a trainer. */
export interface TrainerOptions {
  /** Threads inside one operator. A run repeats bit by bit only at the same number. */
  readonly threads: number;
  readonly optimizer: Partial<AdamWOptions>;
}

/** Two threads, AdamW as usual. */
export const TRAINER_DEFAULTS: TrainerOptions = Object.freeze({ threads: 2, optimizer: {} });

/** Trains the parameters of an objective step by step. Who creates it disposes it. */
export class Trainer {
  readonly state: OptimizerState;
  readonly #session: InferenceSession;
  readonly #reported: readonly string[];

  private constructor(session: InferenceSession, step: TrainStep, weights: Weights) {
    this.#session = session;
    this.#reported = ['loss', ...step.metrics];
    this.state = new OptimizerState(step, weights);
  }

  static async create(
    objective: TrainingObjective,
    weights: Weights,
    options: Partial<TrainerOptions> = {},
  ): Promise<Trainer> {
    const { threads, optimizer } = { ...TRAINER_DEFAULTS, ...options };
    const step = emitTrainStep(objective, optimizer);
    return new Trainer(await openSession(step.model, threads), step, weights);
  }

  /** @param step number of the step, from 1. */
  async step(batch: Batch, learningRate: number, step: number): Promise<Figures> {
    const feeds = {
      ...this.state.feeds(),
      ...feedsOf(batch),
      [LEARNING_RATE]: scalarOf(learningRate),
      [STEP]: scalarOf(step),
    };
    const result = await this.#session.run(feeds);
    this.state.advance(result as Record<string, Tensor>);
    return figuresOf(result, this.#reported);
  }

  async dispose(): Promise<void> {
    await this.#session.release();
  }
}

/** Computes the loss and metrics of an objective for given weights, without training: for validation. */
export class Evaluator {
  readonly #session: InferenceSession;
  readonly #reported: readonly string[];

  private constructor(session: InferenceSession, reported: readonly string[]) {
    this.#session = session;
    this.#reported = reported;
  }

  static async create(objective: TrainingObjective, options: Partial<TrainerOptions> = {}): Promise<Evaluator> {
    const { threads } = { ...TRAINER_DEFAULTS, ...options };
    const outputs = { loss: objective.loss, ...objective.metrics };
    const model = emitWithParameterInputs({ name: objective.name, outputs });
    return new Evaluator(await openSession(model, threads), Object.keys(outputs));
  }

  /** Mean figures over batches. Weights the objective does not use are ignored. */
  async evaluate(weights: Weights, batches: AsyncIterable<Batch> | Iterable<Batch>): Promise<Figures> {
    const fed = this.#session.inputNames.flatMap((name) => {
      const tensor = weights.get(name);
      return tensor === undefined ? [] : [[name, new ort.Tensor('float32', tensor.data, tensor.dims)] as const];
    });
    const sums = new Map<string, number>();
    let count = 0;
    for await (const batch of batches) {
      const result = await this.#session.run({ ...Object.fromEntries(fed), ...feedsOf(batch) });
      for (const [name, figure] of Object.entries(figuresOf(result, this.#reported))) {
        sums.set(name, (sums.get(name) ?? 0) + figure);
      }
      count++;
    }
    return Object.fromEntries([...sums].map(([name, sum]) => [name, sum / count]));
  }

  async dispose(): Promise<void> {
    await this.#session.release();
  }
}

function openSession(model: Uint8Array, threads: number): Promise<InferenceSession> {
  return ort.InferenceSession.create(model, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' } } }, // on shared cores spinning cost 2.7 s a step for 0.8 s
  });
}

function feedsOf(batch: Batch): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(batch).map(([name, tensor]) => [name, runtimeTensor(tensor)]));
}

function runtimeTensor({ data, dims }: CoreTensor): Tensor {
  if (data instanceof Float32Array) return new ort.Tensor('float32', data, dims);
  if (data instanceof BigInt64Array) return new ort.Tensor('int64', data, dims);
  if (data instanceof Int32Array) return new ort.Tensor('int32', data, dims);
  return new ort.Tensor('uint8', data, dims);
}

function scalarOf(value: number): Tensor {
  return new ort.Tensor('float32', [value], []);
}

// The mean of a metric that is not a scalar.
function figuresOf(result: InferenceSession.OnnxValueMapType, names: readonly string[]): Figures {
  return Object.fromEntries(
    names.map((name) => {
      const data = result[name]!.data as Float32Array;
      return [name, data.reduce((sum, value) => sum + value, 0) / data.length];
    }),
  );
}
