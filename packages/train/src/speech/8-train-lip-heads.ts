/**
 * Step 8: teaches the lips and the foresight of a speech network anew; what it hears by stays as it is, and so do phones and
 * features, which other networks read.
 *
 *     npx tsx --conditions=source packages/train/src/speech/8-train-lip-heads.ts --model speech-lips.onnx --heard FOLDER --run FOLDER \
 *       --out FILE [--steps 2000] [--minutes 20] [--rate 2e-3] [--real-share 0.4] [--seed 1]
 *
 * `--heard` is what lac/1-hear.ts wrote with the same model.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { lipMeasureBasis, readMeshBasis, speechStepNetwork } from '@pctalk/core';
import { ParameterScope, readModelWeights } from '@pctalk/graph';
import { exportModel } from '../export-model.ts';
import { knownWeights } from '../first-weights.ts';
import { readHeardExamples, someExamples } from '../lac/heard-examples.ts';
import { runTraining } from '../loop.ts';
import { printProgress } from '../print-progress.ts';
import { Evaluator } from '../trainer.ts';
import { makeLipHeadsBatch } from './lip-heads-examples.ts';
import { LIP_HEADS_DEFAULTS, lipHeadsObjective } from './lip-heads-objective.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    heard: { type: 'string' },
    run: { type: 'string' },
    out: { type: 'string' },
    steps: { type: 'string', default: '2000' },
    minutes: { type: 'string', default: '20' },
    rate: { type: 'string', default: '2e-3' },
    'real-share': { type: 'string', default: '0.4' },
    seed: { type: 'string', default: '1' },
  },
});
const { model, heard, run, out, seed } = values;
if (model === undefined || heard === undefined || run === undefined || out === undefined) {
  throw new Error('--model, --heard, --run and --out are needed');
}

const mesh = readMeshBasis(readFileSync(fileURLToPath(import.meta.resolve('@pctalk/core/assets/mesh-basis.bin'))));
const basis = lipMeasureBasis(mesh);
const all = readHeardExamples(heard);
/** Every twentieth example is kept for validation. */
const kept = Math.floor(all.spans.length / 20);
const [unseen, seen] = [someExamples(all, 0, kept), someExamples(all, kept, all.spans.length)];
const realShare = Number(values['real-share']);
const start = readModelWeights(readFileSync(model));
const scope = new ParameterScope();
const objective = lipHeadsObjective(scope, basis);
const evaluator = await Evaluator.create(lipHeadsObjective(new ParameterScope(), basis), { threads: 1 });
const validation = Array.from({ length: 4 }, (_, i) =>
  makeLipHeadsBatch(unseen, basis, `validation ${i}`, LIP_HEADS_DEFAULTS, realShare),
);

const result = await runTraining(
  {
    objective,
    parameters: scope.parameters(),
    batch: (step) => makeLipHeadsBatch(seen, basis, `${seed} ${step}`, LIP_HEADS_DEFAULTS, realShare),
    validate: (weights) => evaluator.evaluate(weights, validation),
    start: knownWeights(start, scope),
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
await exportModel(out, speechStepNetwork(new ParameterScope()), new Map([...start, ...result.weights]), {
  title: 'Speech to lips',
  licence: 'Apache-2.0',
  data: ['See docs/models/speech.md.'],
  training: { steps: result.step, seconds: Math.round(result.seconds), seed },
  notes: ['Lips and foresight over the frozen network of an earlier run.'],
});
console.log(`wrote ${out} after ${result.step} steps in ${result.seconds.toFixed(0)} s`);
