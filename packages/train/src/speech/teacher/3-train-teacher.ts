/**
 * Teacher step 3: a phone classifier on what the recogniser hears, learnt from voices whose phone times are known.
 *
 *     npx tsx --conditions=source packages/train/src/speech/teacher/3-train-teacher.ts --data FOLDER --run FOLDER --out teacher.onnx \
 *       [--shares flite=3,festival=3,grid=2] [--steps 2000] [--held-out flite/rms,festival/czech_machac,festival/ked]
 *
 * Prints how often it is right on the voices held out.
 */
import { parseArgs } from 'node:util';
import { PHONE_CLASSES } from '@pctalk/core';
import { ParameterScope } from '@pctalk/graph';
import { createNodeRuntime } from '@pctalk/node';
import { exportModel } from '../../export-model.ts';
import { runTraining } from '../../loop.ts';
import { seededRandom } from '../seeded-random.ts';
import { copyWindow, type HeardClip, readHeardClips, rowLabels, WINDOW_WIDTH } from './heard-clips.ts';
import { RECOGNISER_WIDTH } from './recogniser.ts';
import { Teacher } from './teacher.ts';
import { TEACHER_BATCH, teacherNetwork, teacherObjective } from './teacher-network.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    run: { type: 'string' },
    out: { type: 'string' },
    shares: { type: 'string', default: 'flite=3,festival=3,grid=2' },
    steps: { type: 'string', default: '2000' },
    'held-out': { type: 'string', default: 'flite/rms,festival/czech_machac,festival/ked' },
  },
});
const { data, run, out } = values;
if (data === undefined || run === undefined || out === undefined) throw new Error('--data, --run and --out are needed');

const heldOut = values['held-out'].split(',');
const isHeldOut = (set: string, id: string) => heldOut.some((prefix) => `${set}/${id}`.startsWith(prefix));
const sets = values.shares.split(',').map((entry) => {
  const [name, share] = entry.split('=') as [string, string];
  const clips = readHeardClips(data, name).filter(({ spans }) => spans !== undefined);
  const labelled = clips.map((clip) => ({ ...clip, labels: labelsOf(clip) }));
  const trained = labelled.filter(({ id }) => !isHeldOut(name, id));
  console.log(`${name}: ${trained.length} clips, ${clips.length - trained.length} held out`);
  return { name, share: Number(share), trained, tested: labelled.filter(({ id }) => isHeldOut(name, id)) };
});
const total = sets.reduce((sum, { share }) => sum + share, 0);
const width = PHONE_CLASSES.length;

function labelsOf({ spans, heard }: HeardClip): Float32Array {
  return rowLabels(spans ?? [], heard.length / RECOGNISER_WIDTH);
}

const scope = new ParameterScope();
const result = await runTraining(
  {
    objective: teacherObjective(scope),
    parameters: scope.parameters(),
    batch(step) {
      const random = seededRandom(`teacher ${step}`);
      const windows = new Float32Array(TEACHER_BATCH * WINDOW_WIDTH);
      const phones = new Float32Array(TEACHER_BATCH * width);
      for (let b = 0; b < TEACHER_BATCH; b++) {
        let left = random() * total;
        const { trained } = sets.find(({ share }) => (left -= share) < 0) ?? sets[0]!;
        const { heard, labels } = trained[Math.floor(random() * trained.length)]!;
        const row = Math.floor((random() * labels.length) / width);
        copyWindow(heard, row, windows.subarray(b * WINDOW_WIDTH, (b + 1) * WINDOW_WIDTH));
        phones.set(labels.subarray(row * width, (row + 1) * width), b * width);
      }
      return {
        windows: { dims: [TEACHER_BATCH, WINDOW_WIDTH], data: windows },
        phones: { dims: [TEACHER_BATCH, width], data: phones },
      };
    },
  },
  {
    seed: 1,
    threads: 1,
    folder: run,
    steps: Number(values.steps),
    learningRate: 1e-3,
    warmupSteps: 50,
    reportEvery: 100,
    onProgress: ({ step, training, secondsPerStep }) =>
      console.log(`${step} loss ${training['loss']!.toFixed(3)} ${secondsPerStep.toFixed(2)} s`),
  },
);
await exportModel(out, teacherNetwork(scope), result.weights, {
  title: 'Phone classes from Moonshine tiny (training only)',
  licence: 'Apache-2.0',
  data: [values.shares],
  training: { steps: result.step },
  notes: [],
});

const teacher = await Teacher.create(createNodeRuntime(), out);
for (const { name, tested } of sets) {
  for (const voice of heldOut.filter((prefix) => prefix.startsWith(name))) {
    let [right, speech, rows] = [0, 0, 0];
    for (const { heard, labels } of tested.filter(({ id }) => `${name}/${id}`.startsWith(voice)).slice(0, 40)) {
      const posteriors = await teacher.classify(heard);
      for (let row = 0; row < labels.length / width; row++) {
        const truth = labels.subarray(row * width, (row + 1) * width);
        const said = truth.indexOf(Math.max(...truth));
        const guess = posteriors.subarray(row * width, (row + 1) * width);
        rows++;
        if (said === 0) continue;
        speech++;
        if (guess.indexOf(Math.max(...guess)) === said) right++;
      }
    }
    console.log(
      `${voice}: class right in ${((100 * right) / speech).toFixed(1)} % of ${speech} speech rows of ${rows}`,
    );
  }
}
await teacher.dispose();
