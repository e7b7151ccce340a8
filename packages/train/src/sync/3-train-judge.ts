/**
 * Step 3: trains the sync expert that only measures (`pctalk evaluate lips`): another network, other features and
 * another seed than step 2, and never a loss of anything.
 *
 *     npx tsx --conditions=source packages/train/src/sync/3-train-judge.ts --data FOLDER --traces FOLDER --run FOLDER \
 *       --out packages/eval/assets/sync-judge.onnx [--steps 2000] [--minutes 12] [--seed 47] \
 *       [--shares grid=4,facegood=1,flite=2,festival=2]
 */
import { parseArgs } from 'node:util';
import { JUDGE_SHAPE, judgeLipRows, judgeNetwork, judgeSoundRows, SPEECH_MEL, type Tensor } from '@pctalk/core';
import { ParameterScope } from '@pctalk/graph';
import { exportModel } from '../export-model.ts';
import { runTraining } from '../loop.ts';
import { printProgress } from '../print-progress.ts';
import { seededRandom } from '../speech/seeded-random.ts';
import { Evaluator } from '../trainer.ts';
import { ExamplePool } from './example-pool.ts';
import { JUDGE_DEFAULTS, judgeFrames, judgeObjective } from './judge-objective.ts';
import { TRACE_WIDTH } from './lip-traces.ts';
import { makeSyncExample, readTracedSets, splitSets, type TracedSet, varyLips } from './sync-examples.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    traces: { type: 'string' },
    run: { type: 'string' },
    out: { type: 'string' },
    steps: { type: 'string', default: '1300' },
    minutes: { type: 'string', default: '12' },
    seed: { type: 'string', default: '47' },
    shares: { type: 'string', default: 'grid=4,facegood=1,flite=2,festival=2' },
    rate: { type: 'string', default: '2e-3' },
  },
});
const { data, traces, run, out } = values;
if (data === undefined || traces === undefined || run === undefined || out === undefined) {
  throw new Error('--data, --traces, --run and --out are needed');
}
const seed = Number(values.seed);
const size = JUDGE_DEFAULTS.batch;
const frames = judgeFrames(JUDGE_DEFAULTS);
const POOL = 5000;
/** Frames a run of the shipped network compares: 3 s of a clip. */
const WINDOW = 75;
const sets = splitSets(readTracedSets(data, traces, values.shares));

interface Heard {
  /** `[frames × 256]` */
  readonly sound: Float32Array;
  /** `[frames × 9]` */
  readonly rows: Float32Array;
}

function hear(from: readonly TracedSet[], name: string): Heard {
  const { samples, rows } = makeSyncExample(from, name, frames);
  return { sound: judgeSoundRows(samples, frames), rows };
}

const pool = new ExamplePool(POOL, (index) => hear(sets.train, `judge ${seed} ${index}`));

function batchOf(examples: readonly Heard[], name: string | undefined): Record<string, Tensor> {
  const random = seededRandom(name ?? '');
  const sound = new Float32Array(size * frames * JUDGE_SHAPE.sound);
  const lips = new Float32Array(size * frames * JUDGE_SHAPE.lips);
  examples.forEach((example, b) => {
    const heard = sound.subarray(b * frames * JUDGE_SHAPE.sound, (b + 1) * frames * JUDGE_SHAPE.sound);
    if (name === undefined) heard.set(example.sound);
    else anotherVoice(example.sound, heard, random);
    const rows = example.rows.slice();
    if (name !== undefined) varyLips(rows, random);
    const column = (i: number) => Float32Array.from({ length: frames }, (_, t) => rows[t * TRACE_WIDTH + i]!);
    lips.set(
      judgeLipRows({ opening: column(0), width: column(1), protrusion: column(2) }),
      b * frames * JUDGE_SHAPE.lips,
    );
  });
  return {
    sound: { dims: [size, frames, JUDGE_SHAPE.sound], data: sound },
    lips: { dims: [size, frames, JUDGE_SHAPE.lips], data: lips },
  };
}

/** Rows of sound as of a longer or shorter vocal tract, with a few bands or frames missing. */
function anotherVoice(rows: Float32Array, out: Float32Array, random: () => number): void {
  const { bands } = SPEECH_MEL;
  const tract = 0.87 * (1.15 / 0.87) ** random();
  const hole = random() < 0.5 ? Math.floor(random() * bands) : bands;
  const holeEnd = hole + 2 + Math.floor(random() * 8);
  const gap = random() < 0.3 ? Math.floor(random() * frames) * JUDGE_SHAPE.sound : rows.length;
  const gapEnd = gap + JUDGE_SHAPE.sound * (1 + Math.floor(random() * 5));
  for (let start = 0; start < rows.length; start += bands) {
    for (let b = 0; b < bands; b++) {
      const place = Math.min(bands - 1.001, b * tract);
      const i = Math.floor(place);
      const lost = (b >= hole && b < holeEnd) || (start >= gap && start < gapEnd);
      out[start + b] = lost ? 0 : rows[start + i]! + (rows[start + i + 1]! - rows[start + i]!) * (place - i);
    }
  }
}

const scope = new ParameterScope();
const objective = judgeObjective(scope);
const evaluator = await Evaluator.create(objective, { threads: 1 });
const held = sets.held.filter(({ name }) => name === 'grid');
const heldBatches = Array.from({ length: 2 }, (_, i) =>
  batchOf(
    Array.from({ length: size }, (_, b) => hear(held, `judge held ${i} ${b}`)),
    undefined,
  ),
);
const result = await runTraining(
  {
    objective,
    parameters: scope.parameters(),
    batch: (step) => {
      const random = seededRandom(`judge batch ${seed} ${step}`);
      return batchOf(
        Array.from({ length: size }, () => pool.draw(random())),
        `judge vary ${seed} ${step}`,
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
    optimizer: { weightDecay: 0.05 },
    onProgress: printProgress,
  },
);
await evaluator.dispose();
const bytes = await exportModel(out, judgeNetwork(new ParameterScope(), WINDOW), result.weights, {
  title: 'Sync judge: offset of sound and lips',
  licence: 'Apache-2.0',
  data: values.shares.split(','),
  training: { steps: result.step, seconds: Math.round(result.seconds), seed },
  notes: ['For measuring only; see docs/models/sync.md for where it is valid.'],
});
console.log(`wrote ${out}, ${bytes.length} bytes, after ${result.step} steps in ${result.seconds.toFixed(0)} s`);
