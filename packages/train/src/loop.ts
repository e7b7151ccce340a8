/** The training loop: batches, schedule, validation, checkpoints, progress. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PcTalkError } from '@pctalk/core';
import type { AdamWOptions, TrainingObjective, Value, Weights } from '@pctalk/graph';
import {
  type Checkpoint,
  type HistoryEntry,
  readCheckpoint,
  writeCheckpoint,
  writeFileAtomically,
} from './checkpoint.ts';
import { firstWeights } from './first-weights.ts';
import { drawLossCurve } from './loss-curve.ts';
import { learningRateAt, type ScheduleOptions } from './schedule.ts';
import { type Batch, type Figures, TRAINER_DEFAULTS, Trainer } from './trainer.ts';

/** What to train, on what. */
export interface TrainingTask {
  readonly objective: TrainingObjective;
  /** Parameters of the network, as its scope declares them. */
  readonly parameters: ReadonlyMap<string, Value>;
  /** Arrays of a step, from 1. A resumed run is the same only if they depend on the number alone. */
  batch(step: number): Promise<Batch> | Batch;
  /** Figures on data that is not trained on. */
  validate?(weights: Weights, step: number): Promise<Figures>;
  /** Weights to start from instead of random ones; may lack some. */
  readonly start?: Weights;
}

/** How long to train, at what rate, and what to report and keep. */
export interface TrainingOptions extends ScheduleOptions {
  readonly seed: number;
  readonly threads: number;
  readonly optimizer: Partial<AdamWOptions>;
  /** Where checkpoint.safetensors, loss.png and history.json go; a checkpoint found there is resumed. */
  readonly folder: string | undefined;
  /** Steps between entries of the history, validations and checkpoints; the last step has all three. */
  readonly reportEvery: number;
  readonly validateEvery: number;
  readonly checkpointEvery: number;
  /** Stops after the step in which this many seconds of this session are over, as if it were the last. */
  readonly secondsLimit: number;
  readonly onProgress: ((progress: TrainingProgress) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A careful start for small networks. */
export const TRAINING_DEFAULTS: TrainingOptions = Object.freeze({
  learningRate: 1e-4,
  warmupSteps: 100,
  steps: 1000,
  finalShare: 0.05,
  seed: 1,
  threads: TRAINER_DEFAULTS.threads,
  optimizer: {},
  folder: undefined,
  reportEvery: 50,
  validateEvery: 500,
  checkpointEvery: 500,
  secondsLimit: Infinity,
  onProgress: undefined,
  signal: undefined,
});

/** Where a run stands. */
export interface TrainingProgress extends HistoryEntry {
  readonly steps: number;
  readonly secondsPerStep: number;
  /** Seconds until the last step or the time limit, whichever is sooner. */
  readonly secondsLeft: number;
}

/** What a run ended with. */
export interface TrainingResult {
  readonly weights: Weights;
  readonly step: number;
  readonly seconds: number;
  readonly history: readonly HistoryEntry[];
  /** Why it stopped. */
  readonly end: 'steps' | 'time' | 'signal';
}

/**
 * Trains until the steps, the time or the caller say stop.
 * @throws `model-invalid` if the checkpoint in the folder is of another network or seed, or the loss is no longer finite.
 */
export async function runTraining(task: TrainingTask, options: Partial<TrainingOptions> = {}): Promise<TrainingResult> {
  const settings = { ...TRAINING_DEFAULTS, ...options };
  const weights = new Map([...firstWeights(task.parameters, settings.seed), ...(task.start ?? [])]);
  const trainer = await Trainer.create(task.objective, weights, settings);
  try {
    return await new Run(task, settings, trainer).toEnd();
  } finally {
    await trainer.dispose();
  }
}

class Run {
  readonly #task: TrainingTask;
  readonly #settings: TrainingOptions;
  readonly #trainer: Trainer;
  readonly #history: HistoryEntry[] = [];
  #step = 0;
  #firstStep = 0;
  #secondsBefore = 0;
  readonly #started = performance.now();

  constructor(task: TrainingTask, settings: TrainingOptions, trainer: Trainer) {
    this.#task = task;
    this.#settings = settings;
    this.#trainer = trainer;
  }

  async toEnd(): Promise<TrainingResult> {
    const { steps, reportEvery, validateEvery, checkpointEvery } = this.#settings;
    await this.#resume();
    const since = new FigureMeans();
    let end = this.#end();
    let coming = end === undefined ? this.#task.batch(this.#step + 1) : undefined;
    while (end === undefined) {
      const batch = await coming!;
      const step = ++this.#step;
      if (step < steps) coming = this.#task.batch(step + 1); // prepared while this step runs, if by another thread
      const learningRate = learningRateAt(step, this.#settings);
      const figures = await this.#trainer.step(batch, learningRate, step);
      if (!Number.isFinite(figures['loss'])) throw this.#diverged(figures);
      since.add(figures);
      end = this.#end();
      const due = (every: number) => end !== undefined || step % every === 0;
      if (due(reportEvery) || due(validateEvery)) {
        await this.#report({ step, learningRate, training: since.take() }, due(validateEvery));
      }
      if (due(checkpointEvery)) await this.#save();
    }
    await coming; // a batch begun for a step that will not come: let its provider finish
    return {
      weights: this.#trainer.state.weights(),
      step: this.#step,
      seconds: this.#secondsBefore + this.#seconds(),
      history: this.#history,
      end: end!,
    };
  }

  #end(): TrainingResult['end'] | undefined {
    if (this.#step >= this.#settings.steps) return 'steps';
    if (this.#settings.signal?.aborted) return 'signal';
    return this.#seconds() >= this.#settings.secondsLimit ? 'time' : undefined;
  }

  #seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  async #report(entry: HistoryEntry, validated: boolean): Promise<void> {
    const { steps, secondsLimit, onProgress } = this.#settings;
    const validation = validated ? await this.#task.validate?.(this.#trainer.state.weights(), entry.step) : undefined;
    const full = validation === undefined ? entry : { ...entry, validation };
    this.#history.push(full);
    const secondsPerStep = this.#seconds() / (this.#step - this.#firstStep);
    const secondsLeft = Math.max(0, Math.min((steps - this.#step) * secondsPerStep, secondsLimit - this.#seconds()));
    onProgress?.({ ...full, steps, secondsPerStep, secondsLeft });
  }

  async #save(): Promise<void> {
    const { folder, seed } = this.#settings;
    if (folder === undefined) return;
    await mkdir(folder, { recursive: true });
    await writeCheckpoint(join(folder, CHECKPOINT_FILE), {
      name: this.#task.objective.name,
      seed,
      step: this.#step,
      seconds: this.#secondsBefore + this.#seconds(),
      history: this.#history,
      arrays: this.#trainer.state.arrays(),
    });
    await writeFileAtomically(join(folder, 'loss.png'), await drawLossCurve(this.#history));
    const text = JSON.stringify(this.#history, null, 1);
    await writeFileAtomically(join(folder, 'history.json'), new TextEncoder().encode(text));
  }

  async #resume(): Promise<void> {
    const { folder, seed } = this.#settings;
    if (folder === undefined) return;
    const path = join(folder, CHECKPOINT_FILE);
    const found: Checkpoint | undefined = await readCheckpoint(path);
    if (found === undefined) return;
    const { name } = this.#task.objective;
    if (found.name !== name || found.seed !== seed) {
      const got = `${found.name} with seed ${found.seed}`;
      throw new PcTalkError(
        'model-invalid',
        `${path}: expected ${name} with seed ${seed}, got ${got}, try another folder`,
      );
    }
    this.#trainer.state.load(found.arrays);
    this.#history.push(...found.history);
    this.#firstStep = this.#step = found.step;
    this.#secondsBefore = found.seconds;
  }

  #diverged(figures: Figures): PcTalkError {
    const got = Object.entries(figures).map(([name, figure]) => `${name} ${figure}`);
    const where = `${this.#task.objective.name} step ${this.#step}`;
    return new PcTalkError(
      'model-invalid',
      `${where}: expected a finite loss, got ${got.join(', ')}, try a lower learning rate`,
    );
  }
}

const CHECKPOINT_FILE = 'checkpoint.safetensors';

/** Running means of figures. */
class FigureMeans {
  readonly #sums = new Map<string, number>();
  #count = 0;

  add(figures: Figures): void {
    for (const [name, figure] of Object.entries(figures)) this.#sums.set(name, (this.#sums.get(name) ?? 0) + figure);
    this.#count++;
  }

  /** The means so far; the next ones start anew. */
  take(): Figures {
    const means = Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum / this.#count]));
    this.#sums.clear();
    this.#count = 0;
    return means;
  }
}
