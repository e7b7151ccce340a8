/**
 * Step 6: trains the speech network and writes it as ONNX.
 *
 *     npx tsx --conditions=source packages/train/src/speech/6-train.ts --data FOLDER --run FOLDER --out speech-lips.onnx \
 *       [--steps 3000] [--minutes 60] [--start WEIGHTS_RUN] [--shares flite=3,festival=2,grid=3,facegood=1] [--rate 1e-3]
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { COEFFICIENT_COUNT, readMeshBasis, speechStepNetwork, type Tensor } from '@pctalk/core';
import { ParameterScope, type Weights } from '@pctalk/graph';
import { exportModel } from '../export-model.ts';
import { runTraining } from '../loop.ts';
import { printProgress } from '../print-progress.ts';
import { makeBatch, perturbBatch } from './batches.ts';
import { readClipSets } from './clip-sets.ts';
import { mouthMeasures, OBJECTIVE_DEFAULTS, speechObjective } from './objective.ts';
import { readRunWeights } from './run-weights.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    run: { type: 'string' },
    out: { type: 'string' },
    steps: { type: 'string', default: '3000' },
    minutes: { type: 'string', default: '180' },
    start: { type: 'string' },
    shares: { type: 'string', default: 'flite=3,festival=2,grid=3,facegood=1' },
    rate: { type: 'string', default: '1e-3' },
    seed: { type: 'string', default: '1' },
  },
});
const { data, run, out } = values;
if (data === undefined || run === undefined || out === undefined) throw new Error('--data, --run and --out are needed');

const sets = readClipSets(data, values.shares);
const mesh = readMeshBasis(readFileSync(fileURLToPath(import.meta.resolve('@pctalk/core/assets/mesh-basis.bin'))));
const scope = new ParameterScope();
const { batch, frames } = OBJECTIVE_DEFAULTS;
const basis = mouthMeasures(mesh.displacements, COEFFICIENT_COUNT);
const objective = speechObjective(scope, basis);
const seed = Number(values.seed);
const start: Weights | undefined = values.start === undefined ? undefined : await readRunWeights(values.start);

/** Every sound is heard twice, the second time perturbed: making it costs more than a training step. */
let heard: { readonly round: number; readonly batch: Record<string, Tensor> } | undefined;
function batchAt(step: number): Record<string, Tensor> {
  const round = Math.floor((step - 1) / 2);
  if (heard?.round !== round) heard = { round, batch: makeBatch(sets, basis, `${seed} ${round}`, batch, frames) };
  return step % 2 === 1 ? heard.batch : perturbBatch(heard.batch, `${seed} ${step}`);
}

const result = await runTraining(
  {
    objective,
    parameters: scope.parameters(),
    batch: batchAt,
    ...(start && { start }),
  },
  {
    seed,
    threads: 1,
    folder: run,
    steps: Number(values.steps),
    secondsLimit: Number(values.minutes) * 60,
    learningRate: Number(values.rate),
    warmupSteps: 100,
    reportEvery: 25,
    validateEvery: 100,
    checkpointEvery: 100,
    onProgress: printProgress,
  },
);
await exportModel(out, speechStepNetwork(scope), result.weights, {
  title: 'Speech to lips',
  licence: 'Apache-2.0',
  data: sets.map((set, i) => `${values.shares.split(',')[i]} (${set.clips.length} clips)`),
  training: { steps: result.step, seconds: Math.round(result.seconds), seed },
  notes: ['See docs/models/speech.md.'],
});
console.log(`wrote ${out} after ${result.step} steps in ${result.seconds.toFixed(0)} s`);
