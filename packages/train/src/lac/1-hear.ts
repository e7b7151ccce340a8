/**
 * Step 1: lets the shipped speech model hear augmented speech, once for all training steps.
 *
 *     npx tsx --conditions=source packages/train/src/lac/1-hear.ts --data FOLDER --out FOLDER \
 *       [--count 2400] [--shares flite=3,festival=3,grid=3,facegood=1] [--model FILE] [--expert RUN] [--ear] [--plain] [--seed 1]
 *
 * `--ear` lets the full ear hear it too. `--plain` leaves the sound as recorded, at its own speed (an ablation).
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  createEar,
  createSpeechDriver,
  EAR_FEATURE_WIDTH,
  LAC_AUDIO_WIDTH,
  LIP_MEASURES,
  lipMeasureBasis,
  readMeshBasis,
  SPEECH_CHANNELS,
  SYNC_SHAPE,
  writeLacAudio,
} from '@pctalk/core';
import { createNodeRuntime, readEar } from '@pctalk/node';
import { hearWhole } from '../ear/hear-whole.ts';
import { readClipSets } from '../speech/clip-sets.ts';
import { EXAMPLE_DEFAULTS, type ExampleOptions, makeExample } from '../speech/examples.ts';
import type { PhoneSpan } from '../speech/phone-tables.ts';
import { seededRandom } from '../speech/seeded-random.ts';
import { createSyncEar } from '../sync/sync-teacher.ts';
import { writeHeardExamples } from './heard-examples.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string' },
    count: { type: 'string', default: '2400' },
    shares: { type: 'string', default: 'flite=3,festival=3,grid=3,facegood=1' },
    model: { type: 'string' },
    expert: { type: 'string' },
    ear: { type: 'boolean', default: false },
    plain: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});
const { data, out, shares, model, expert, seed } = values;
if (data === undefined || out === undefined) throw new Error('--data and --out are needed');
mkdirSync(out, { recursive: true });

const asset = (name: string) => fileURLToPath(import.meta.resolve(`@pctalk/core/assets/${name}`));
const basis = lipMeasureBasis(readMeshBasis(readFileSync(asset('mesh-basis.bin'))));
const driver = await createSpeechDriver(
  createNodeRuntime({ threads: 1 }),
  readFileSync(model ?? asset('speech-lips.onnx')),
);
const syncEar = expert === undefined ? undefined : await createSyncEar(createNodeRuntime({ threads: 1 }), expert);
const fullEar = values.ear ? await createEar(createNodeRuntime({ threads: 1 }), await readEar()) : undefined;
const sets = readClipSets(data, shares);
const count = Number(values.count);
const options: ExampleOptions = values.plain
  ? { ...EXAMPLE_DEFAULTS, quietChance: 0, speed: [1, 1], disturbed: false }
  : EXAMPLE_DEFAULTS;
const { frames } = options;
const audio = new Float32Array(count * frames * LAC_AUDIO_WIDTH);
const measures = new Float32Array(count * frames * LIP_MEASURES.length);
const channels = new Float32Array(count * frames * SPEECH_CHANNELS.length);
const real = new Float32Array(count * frames);
const sync = syncEar && new Float32Array(count * frames * SYNC_SHAPE.width);
const ear = fullEar && new Float32Array(count * frames * EAR_FEATURE_WIDTH);
const spans: (readonly PhoneSpan[])[] = [];
const setOf: string[] = [];

for (let n = 0; n < count; n++) {
  const example = makeExample(sets, basis, seededRandom(`lac ${seed} ${n}`), options);
  const stream = driver.createStream();
  const heard = [...(await stream.push(example.samples)), ...(await stream.end())];
  for (const [t, frame] of heard.slice(0, frames).entries()) {
    const at = (n * frames + t) * LAC_AUDIO_WIDTH;
    writeLacAudio(frame, audio.subarray(at, at + LAC_AUDIO_WIDTH));
  }
  if (syncEar !== undefined) sync!.set(await syncEar.hear(example.samples, frames), n * frames * SYNC_SHAPE.width);
  if (fullEar !== undefined) ear!.set(await hearWhole(fullEar, example.samples), n * frames * EAR_FEATURE_WIDTH);
  measures.set(example.measures, n * frames * LIP_MEASURES.length);
  channels.set(example.channels, n * frames * SPEECH_CHANNELS.length);
  real.set(example.real, n * frames);
  spans.push(example.spans);
  setOf.push(example.set);
  if ((n + 1) % 200 === 0) console.log(`${n + 1}/${count}`);
}
const gains = Object.fromEntries(
  sets.flatMap(({ name, realGain }) => (realGain === undefined ? [] : [[name, realGain]])),
);
writeHeardExamples(out, { frames, audio, measures, channels, real, sync, ear, spans, sets: setOf, gains });
await driver.dispose();
await syncEar?.dispose();
await fullEar?.dispose();
