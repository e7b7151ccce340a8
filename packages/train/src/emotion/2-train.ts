/**
 * Step 2: trains the emotion network on synthetic expressions over real voices and writes it as ONNX.
 *
 *     npx tsx --conditions=source packages/train/src/emotion/2-train.ts --heard FOLDER --heard FOLDER --run FOLDER \
 *       --out packages/core/assets/emotion.onnx [--steps 2000] [--minutes 20]
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  COEFFICIENT_COUNT,
  EMOTIONS,
  emotionStepNetwork,
  PERSON_CODE,
  type Tensor,
  VOICE_FEATURES,
} from '@pctalk/core';
import { ParameterScope } from '@pctalk/graph';
import { exportModel } from '../export-model.ts';
import { runTraining } from '../loop.ts';
import { printProgress } from '../print-progress.ts';
import { seededRandom } from '../speech/seeded-random.ts';
import { EMOTION_OBJECTIVE_DEFAULTS, emotionObjective } from './objective.ts';
import { expressionTargets } from './targets.ts';

const { values } = parseArgs({
  options: {
    heard: { type: 'string', multiple: true, default: [] },
    run: { type: 'string' },
    out: { type: 'string' },
    steps: { type: 'string', default: '2000' },
    minutes: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
  },
});
const { run, out } = values;
if (run === undefined || out === undefined || values.heard.length === 0) {
  throw new Error('--heard, --run and --out are needed');
}
const { batch: size, frames } = EMOTION_OBJECTIVE_DEFAULTS;
const clips = values.heard.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.f32'))
    .sort()
    .map((name) => floats(join(folder, name))),
);
const minutes = clips.reduce((sum, clip) => sum + clip.length, 0) / VOICE_FEATURES / 25 / 60;
console.log(`${clips.length} voices, ${minutes.toFixed(1)} min`);

const scope = new ParameterScope();
const objective = emotionObjective(scope);
const seed = Number(values.seed);

/** Pieces of random voices, each with an emotion and a person; short clips are heard again and again. */
function batchAt(step: number): Record<string, Tensor> {
  const random = seededRandom(`emotion ${seed} ${step}`);
  const voice = new Float32Array(size * frames * VOICE_FEATURES);
  const emotion = new Float32Array(size * EMOTIONS.length);
  const person = new Float32Array(size * PERSON_CODE);
  const targets = new Float32Array(size * frames * COEFFICIENT_COUNT);
  for (let b = 0; b < size; b++) {
    const clip = clips[Math.floor(random() * clips.length)]!;
    const length = clip.length / VOICE_FEATURES;
    const start = Math.floor(random() * length);
    const heard = voice.subarray(b * frames * VOICE_FEATURES, (b + 1) * frames * VOICE_FEATURES);
    for (let t = 0; t < frames; t++) {
      const row = ((start + t) % length) * VOICE_FEATURES;
      heard.set(clip.subarray(row, row + VOICE_FEATURES), t * VOICE_FEATURES);
    }
    const felt = Math.floor(random() * EMOTIONS.length);
    emotion[b * EMOTIONS.length + felt] = 1;
    const who = person.subarray(b * PERSON_CODE, (b + 1) * PERSON_CODE);
    for (let i = 0; i < PERSON_CODE; i++) {
      who[i] = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    }
    targets.set(expressionTargets(heard, felt, who), b * frames * COEFFICIENT_COUNT);
  }
  return {
    voice: { dims: [size, frames, VOICE_FEATURES], data: voice },
    emotion: { dims: [size, 1, EMOTIONS.length], data: emotion },
    person: { dims: [size, 1, PERSON_CODE], data: person },
    targets: { dims: [size, frames, COEFFICIENT_COUNT], data: targets },
  };
}

const result = await runTraining(
  { objective, parameters: scope.parameters(), batch: batchAt },
  {
    seed,
    threads: 1,
    folder: run,
    steps: Number(values.steps),
    secondsLimit: Number(values.minutes) * 60,
    learningRate: 3e-3,
    warmupSteps: 50,
    reportEvery: 50,
    checkpointEvery: 200,
    onProgress: printProgress,
  },
);
const bytes = await exportModel(out, emotionStepNetwork(scope), result.weights, {
  title: 'Emotion that moves with the voice (CPred)',
  licence: 'Apache-2.0',
  data: [
    `voices: ${clips.length} clips, ${minutes.toFixed(1)} min (FaceGood, MIT; GRID s1, CC BY 4.0, Cooke, Barker, Cunningham, Shao 2006)`,
    'expressions: synthetic, from action units (EMFACS); see docs/models/emotion.md',
  ],
  training: { steps: result.step, seconds: Math.round(result.seconds), seed },
  notes: ['Nobody showed these emotions: it has learnt a description of emotion, not recordings of it.'],
});
console.log(`wrote ${out}, ${bytes.length} bytes, after ${result.step} steps in ${result.seconds.toFixed(0)} s`);

function floats(path: string): Float32Array {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
