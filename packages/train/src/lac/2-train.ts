/**
 * Step 2: trains LAC with its styles, free running; with `--refine` the refinement too, on short windows.
 *
 *     npx tsx --conditions=source packages/train/src/lac/2-train.ts --data FOLDER --heard FOLDER --run FOLDER \
 *       [--refine] [--start RUN | --shipped FOLDER] [--steps 1500] [--minutes 60] [--rate 1e-3] [--frames 50] [--size 24] \
 *       [--keypoints 1] [--channels 1] [--velocity 0.5] [--style 0.3] [--shown 0.3] [--traits 0.2] [--expert RUN --sync 0.2] [--hears features] [--no-noise] [--seed 1]
 *
 * `--data` is the folder of the speech steps (tracked clips for references), `--heard` that of step 1. `--shipped` goes on from the
 * files of packages/core/assets. A run that is started again goes on where it stopped.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { lipMeasureBasis, lipProjection, readMeshBasis } from '@pctalk/core';
import { ParameterScope, type Weights } from '@pctalk/graph';
import { knownWeights } from '../first-weights.ts';
import { runTraining } from '../loop.ts';
import { printProgress } from '../print-progress.ts';
import { readClips } from '../speech/clip-store.ts';
import { readRunWeights } from '../speech/run-weights.ts';
import { Evaluator } from '../trainer.ts';
import { HEARINGS, hearAs, readHeardExamples, someExamples } from './heard-examples.ts';
import { LAC_OBJECTIVE_DEFAULTS, lacObjective } from './lac-objective.ts';
import { readShippedLac } from './start-from-shipped.ts';
import { makeStyleBatch, type StyleBatchOptions } from './style-examples.ts';
import { type StyleSources, trackedPeople } from './style-sources.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    heard: { type: 'string' },
    run: { type: 'string' },
    start: { type: 'string' },
    shipped: { type: 'string' },
    refine: { type: 'boolean', default: false },
    steps: { type: 'string', default: '1500' },
    minutes: { type: 'string', default: '60' },
    rate: { type: 'string', default: '1e-3' },
    frames: { type: 'string', default: '50' },
    size: { type: 'string', default: '24' },
    keypoints: { type: 'string', default: '1' },
    channels: { type: 'string', default: '1' },
    velocity: { type: 'string', default: '0.5' },
    style: { type: 'string', default: '0.3' },
    shown: { type: 'string', default: '0.3' },
    traits: { type: 'string', default: '0.2' },
    sync: { type: 'string', default: '0.2' },
    expert: { type: 'string' },
    'real-share': { type: 'string', default: '0.3' },
    hears: { type: 'string', default: 'features' },
    'no-noise': { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});
const { data, heard: heardFolder, run } = values;
if (data === undefined || heardFolder === undefined || run === undefined) {
  throw new Error('--data, --heard and --run are needed');
}

const mesh = readMeshBasis(readFileSync(fileURLToPath(import.meta.resolve('@pctalk/core/assets/mesh-basis.bin'))));
const basis = lipMeasureBasis(mesh);
const hearing = HEARINGS.find((name) => name === values.hears);
if (hearing === undefined) throw new Error(`--hears: expected ${HEARINGS.join(', ')}`);
const all = hearAs(readHeardExamples(heardFolder), hearing);
const people = trackedPeople(all, (set) => readClips(data, set));
/** Every twentieth example is kept for validation. */
const kept = Math.floor(all.spans.length / 20);
const sources: StyleSources = { heard: someExamples(all, kept, all.spans.length), people, basis };
const unseen: StyleSources = { heard: someExamples(all, 0, kept), people, basis };
const batch: StyleBatchOptions = {
  size: Number(values.size),
  frames: Number(values.frames),
  realShare: Number(values['real-share']),
  noise: !values['no-noise'],
  sync: values.expert !== undefined,
};
const settings = {
  ...LAC_OBJECTIVE_DEFAULTS,
  size: batch.size,
  frames: batch.frames,
  keypoints: Number(values.keypoints),
  channels: Number(values.channels),
  velocity: Number(values.velocity),
  style: Number(values.style),
  shown: Number(values.shown),
  traits: Number(values.traits),
  sync: Number(values.sync),
  expert: values.expert === undefined ? undefined : await readRunWeights(values.expert),
  refine: values.refine ? lipProjection(mesh) : undefined,
};
const { seed } = values;
const scope = new ParameterScope();
const objective = lacObjective(scope, basis, settings);
const start: Weights | undefined =
  values.start !== undefined
    ? await readRunWeights(values.start)
    : values.shipped === undefined
      ? undefined
      : knownWeights(readShippedLac(values.shipped), scope);

/** The same loss with weights of 1 on windows that are not trained on, with its own motion heard and with the true one. */
const measured = { ...settings, keypoints: 1, channels: 1, velocity: 0.5, style: 0, shown: 0, traits: 0, sync: 0 };
const evaluators = {
  free: await Evaluator.create(lacObjective(new ParameterScope(), basis, measured), { threads: 1 }),
  forced: await Evaluator.create(lacObjective(new ParameterScope(), basis, { ...measured, feedback: 'true' }), {
    threads: 1,
  }),
};
const validation = Array.from({ length: 4 }, (_, i) => makeStyleBatch(unseen, `validation ${i}`, batch));

await runTraining(
  {
    objective,
    parameters: scope.parameters(),
    batch: (step) => makeStyleBatch(sources, `${seed} ${step}`, batch),
    async validate(weights) {
      const free = await evaluators.free.evaluate(weights, validation);
      const forced = await evaluators.forced.evaluate(weights, validation);
      const [own, given] = [free['loss']!, forced['loss']!];
      return { ...free, loss: own, forced: given, drift: own - given };
    },
    ...(start && { start }),
  },
  {
    seed: Number(seed),
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
for (const each of Object.values(evaluators)) await each.dispose();
