/**
 * Step 2: trains the sync expert that teaches the lip network (L_sync) and gives it features. It never measures.
 *
 *     npx tsx --conditions=source packages/train/src/sync/2-train-expert.ts --data FOLDER --traces FOLDER --run FOLDER \
 *       [--steps 2000] [--minutes 12] [--seed 11] [--shares grid=4,facegood=1,flite=2,festival=2]
 *
 * Writes checkpoint.safetensors (`readRunWeights`), loss.png, and sync-sound.onnx: 25 mel windows to features and vectors.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MEL_DEFAULTS, MelStream, SYNC_SHAPE, syncColumn, syncSoundNetwork, type Tensor } from '@pctalk/core';
import { ParameterScope } from '@pctalk/graph';
import { exportModel } from '../export-model.ts';
import { runTraining } from '../loop.ts';
import { printProgress } from '../print-progress.ts';
import { seededRandom } from '../speech/seeded-random.ts';
import { Evaluator } from '../trainer.ts';
import { ExamplePool } from './example-pool.ts';
import { EXPERT_DEFAULTS, expertObjective } from './expert-objective.ts';
import { TRACE_MEASURES, TRACE_WIDTH } from './lip-traces.ts';
import { makeSyncExample, readTracedSets, splitSets, type TracedSet, varyLips } from './sync-examples.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    traces: { type: 'string' },
    run: { type: 'string' },
    steps: { type: 'string', default: '2000' },
    minutes: { type: 'string', default: '12' },
    seed: { type: 'string', default: '11' },
    shares: { type: 'string', default: 'grid=4,facegood=1,flite=2,festival=2' },
    rate: { type: 'string', default: '2e-3' },
  },
});
const { data, traces, run } = values;
if (data === undefined || traces === undefined || run === undefined) {
  throw new Error('--data, --traces and --run are needed');
}
const seed = Number(values.seed);
const { clips, windows } = EXPERT_DEFAULTS;
const { bands } = MEL_DEFAULTS;
const { frames: span, columns, measures: measureCount } = SYNC_SHAPE;
/** Frames of an example: two to fill the spectrogram's window, one for each window, the rest of the last window. */
const LEAD = 2;
const FRAMES = LEAD + windows + span + 2;
const POOL = 5000;
const sets = splitSets(readTracedSets(data, traces, values.shares));

interface Heard {
  /** `[columns × 80]` */
  readonly mel: Float32Array;
  /** `[FRAMES × 9]` */
  readonly rows: Float32Array;
}

const pool = new ExamplePool(POOL, (index) => hear(sets.train, `expert ${seed} ${index}`));

function hear(from: readonly TracedSet[], name: string): Heard {
  const { samples, rows } = makeSyncExample(from, name, FRAMES);
  const stream = new MelStream();
  const heard = [...stream.push(samples), ...stream.end()];
  const mel = new Float32Array(heard.length * bands);
  heard.forEach((column, i) => {
    mel.set(column, i * bands);
  });
  return { mel, rows };
}

function batchOf(examples: readonly Heard[], name: string | undefined): Record<string, Tensor> {
  const mel = new Float32Array(clips * windows * bands * columns);
  const measures = new Float32Array(clips * windows * span * measureCount);
  const random = seededRandom(name ?? '');
  examples.forEach(({ mel: heard, rows: exact }, b) => {
    const rows = exact.slice();
    if (name !== undefined) varyLips(rows, random);
    const shift = name === undefined ? 0 : random() - 0.5;
    for (let w = 0; w < windows; w++) {
      const row = b * windows + w;
      const first = syncColumn(LEAD + w);
      for (let c = 0; c < columns; c++) {
        for (let band = 0; band < bands; band++) {
          const value = heard[(first + c) * bands + band]!;
          mel[(row * bands + band) * columns + c] = value <= -4 ? -4 : Math.max(-4, Math.min(4, value + shift));
        }
      }
      for (let t = 0; t < span; t++) {
        const from = (LEAD + w + t) * TRACE_WIDTH + TRACE_MEASURES;
        measures.set(rows.subarray(from, from + measureCount), (row * span + t) * measureCount);
      }
    }
  });
  return {
    mel: { dims: [clips * windows, 1, bands, columns], data: mel },
    measures: { dims: [clips * windows, span * measureCount], data: measures },
  };
}

const scope = new ParameterScope();
const objective = expertObjective(scope);
const evaluator = await Evaluator.create(objective, { threads: 1 });
const heldBatches = Array.from({ length: 4 }, (_, i) => {
  const only = sets.held.filter(({ name }) => i > 1 || name === 'grid'); // two of the real speaker, two of all
  return batchOf(
    Array.from({ length: clips }, (_, b) => hear(only, `expert held ${i} ${b}`)),
    undefined,
  );
});
const result = await runTraining(
  {
    objective,
    parameters: scope.parameters(),
    batch: (step) => {
      const random = seededRandom(`expert batch ${seed} ${step}`);
      return batchOf(
        Array.from({ length: clips }, () => pool.draw(random())),
        `expert vary ${seed} ${step}`,
      );
    },
    validate: (weights) => evaluator.evaluate(weights, heldBatches),
  },
  {
    seed,
    threads: 1,
    folder: run,
    steps: Number(values.steps),
    secondsLimit: Number(values.minutes) * 60,
    learningRate: Number(values.rate),
    warmupSteps: 50,
    reportEvery: 25,
    validateEvery: 100,
    checkpointEvery: 200,
    onProgress: printProgress,
  },
);
await evaluator.dispose();
await exportModel(join(run, 'sync-sound.onnx'), syncSoundNetwork(new ParameterScope(), 25), result.weights, {
  title: 'What a sync expert hears',
  licence: 'Apache-2.0',
  data: values.shares.split(','),
  training: { steps: result.step, seconds: Math.round(result.seconds), seed },
  notes: ['For training and features; see docs/models/sync.md.'],
});
console.log(`${run} after ${result.step} steps in ${result.seconds.toFixed(0)} s`);
