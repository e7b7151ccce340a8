/**
 * Step 3: teaches the heads over the full ear: lips and foresight from the speech model's features and what the ear hears.
 *
 *     npx tsx --conditions=source packages/train/src/ear/3-train-heads.ts --heard FOLDER --run FOLDER --out ear-heads.onnx \
 *       [--steps 1500] [--minutes 15] [--rate 1e-3] [--real-share 0.4] [--noise 1] [--seed 1]
 *
 * `--heard` is what lac/1-hear.ts wrote with --ear.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { earHeadsNetwork, lipMeasureBasis, readMeshBasis } from '@pctalk/core';
import { ParameterScope } from '@pctalk/graph';
import { exportModel } from '../export-model.ts';
import { readHeardExamples, someExamples } from '../lac/heard-examples.ts';
import { runTraining } from '../loop.ts';
import { printProgress } from '../print-progress.ts';
import { headsWidth, makeLipHeadsBatch } from '../speech/lip-heads-examples.ts';
import { LIP_HEADS_DEFAULTS, lipHeadsObjective } from '../speech/lip-heads-objective.ts';
import { Evaluator } from '../trainer.ts';

const { values } = parseArgs({
  options: {
    heard: { type: 'string' },
    run: { type: 'string' },
    out: { type: 'string' },
    steps: { type: 'string', default: '1500' },
    minutes: { type: 'string', default: '15' },
    rate: { type: 'string', default: '1e-3' },
    'real-share': { type: 'string', default: '0.4' },
    noise: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
  },
});
const { heard, run, out, seed } = values;
if (heard === undefined || run === undefined || out === undefined)
  throw new Error('--heard, --run and --out are needed');

const mesh = readMeshBasis(readFileSync(fileURLToPath(import.meta.resolve('@pctalk/core/assets/mesh-basis.bin'))));
const basis = lipMeasureBasis(mesh);
const all = readHeardExamples(heard);
if (all.ear === undefined) throw new Error('--heard: expected examples that the full ear heard, hear them with --ear');
/** Every twentieth example is kept for validation. */
const kept = Math.floor(all.spans.length / 20);
const [unseen, seen] = [someExamples(all, 0, kept), someExamples(all, kept, all.spans.length)];
const realShare = Number(values['real-share']);
const noise = Number(values.noise);
const scope = new ParameterScope();
const width = headsWidth(all);
const objective = lipHeadsObjective(scope, basis, LIP_HEADS_DEFAULTS, width);
const evaluator = await Evaluator.create(lipHeadsObjective(new ParameterScope(), basis, LIP_HEADS_DEFAULTS, width), {
  threads: 1,
});
const validation = Array.from({ length: 4 }, (_, i) =>
  makeLipHeadsBatch(unseen, basis, `validation ${i}`, LIP_HEADS_DEFAULTS, realShare),
);
const result = await runTraining(
  {
    objective,
    parameters: scope.parameters(),
    batch: (step) => makeLipHeadsBatch(seen, basis, `${seed} ${step}`, LIP_HEADS_DEFAULTS, realShare, noise),
    validate: (weights) => evaluator.evaluate(weights, validation),
  },
  {
    seed: Number(seed),
    threads: 1,
    folder: run,
    steps: Number(values.steps),
    secondsLimit: Number(values.minutes) * 60,
    learningRate: Number(values.rate),
    warmupSteps: 50,
    reportEvery: 50,
    validateEvery: 200,
    checkpointEvery: 200,
    onProgress: printProgress,
  },
);
await evaluator.dispose();
await exportModel(out, earHeadsNetwork(new ParameterScope()), result.weights, {
  title: 'Heads over the full ear',
  licence: 'Apache-2.0',
  data: ['See docs/models/ear.md.'],
  training: { steps: result.step, seconds: Math.round(result.seconds), seed },
  notes: [],
});
console.log(`wrote ${out} after ${result.step} steps in ${result.seconds.toFixed(0)} s`);
