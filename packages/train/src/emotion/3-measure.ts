/**
 * Step 3: measures the emotion network on voices it was not trained on.
 *
 *     npx tsx --conditions=source packages/train/src/emotion/3-measure.ts --model packages/core/assets/emotion.onnx \
 *       --speech FOLDER [--reading FILE --reading FILE]
 *
 * - stress: correlation of |D_e| with the stress of the voice, frames with speech;
 * - moving: error of D_e against the synthetic expressions of people not trained on, root mean square over coefficients,
 *   beside that of the best constant D_e (each clip's own mean);
 * - readings: two readings of one sentence, stretched to one length: correlation of |D_e| and mean difference of D_e;
 * - subtraction: lips of a drawn mouth when CPred(e, a) itself is added instead of D_e.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  COEFFICIENT_COUNT,
  createCanonicalSource,
  createEmotionDriver,
  createMeshMotionSpace,
  createSpeechDriver,
  EMOTIONS,
  measureFace,
  PERSON_CODE,
  PLACES,
  ProsodyTracker,
  readMeshBasis,
  type SpeechFrame,
  uniformAt,
  VOICE_FEATURES,
  writeHeadFrame,
  writePoseMatrix,
  writeVoiceFeatures,
} from '@pctalk/core';
import { createNodeRuntime, decodeAudio, readTalkerAssets } from '@pctalk/node';
import { expressionTargets } from './targets.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'packages/core/assets/emotion.onnx' },
    speech: { type: 'string' },
    reading: { type: 'string', multiple: true, default: [] },
  },
});
const { speech } = values;
if (speech === undefined) throw new Error('--speech is needed');

const LONGEST = 250;
const ROW = EMOTIONS.length * COEFFICIENT_COUNT;
const runtime = createNodeRuntime();
const assets = await readTalkerAssets();
const basis = readMeshBasis(assets.basis);
const ears = await createSpeechDriver(runtime, assets.speech);
const model = await createEmotionDriver(runtime, readFileSync(values.model));

interface Heard {
  readonly frames: readonly SpeechFrame[];
  readonly stress: Float32Array;
  readonly voice: Float32Array;
  readonly differences: Float32Array;
  readonly expressions: Float32Array;
}

async function hear(path: string, person: Float32Array): Promise<Heard> {
  const stream = ears.createStream();
  const frames: SpeechFrame[] = [];
  for await (const samples of decodeAudio(path)) frames.push(...(await stream.push(samples)));
  frames.push(...(await stream.end()));
  frames.length = Math.min(LONGEST, frames.length);
  const feelings = model.createStream(person);
  const prosody = new ProsodyTracker();
  const stress = new Float32Array(frames.length);
  const voice = new Float32Array(frames.length * VOICE_FEATURES);
  const differences = new Float32Array(frames.length * ROW);
  const expressions = new Float32Array(frames.length * ROW);
  for (const [t, frame] of frames.entries()) {
    const rated = prosody.next(frame);
    stress[t] = rated.stress;
    writeVoiceFeatures(frame, rated, voice.subarray(t * VOICE_FEATURES, (t + 1) * VOICE_FEATURES));
    const felt = await feelings.next(frame, rated);
    differences.set(felt.differences, t * ROW);
    expressions.set(felt.expressions, t * ROW);
  }
  return { frames, stress, voice, differences, expressions };
}

/** A row of one emotion at one frame. */
function at(rows: Float32Array, t: number, emotion: number): Float32Array {
  return rows.subarray(t * ROW + emotion * COEFFICIENT_COUNT, t * ROW + (emotion + 1) * COEFFICIENT_COUNT);
}

function size(row: Float32Array): number {
  return Math.hypot(...row);
}

const names = readdirSync(speech).filter((name) => /\.(wav|flac|mp3)$/.test(name));
const voices: Heard[] = [];
const people: Float32Array[] = [];
for (const [i, name] of names.entries()) {
  const person = Float32Array.from({ length: PERSON_CODE }, (_, k) => 2 * uniformAt(90, i, k) - 1);
  voices.push(await hear(join(speech, name), person));
  people.push(person);
}
console.log(`${names.length} voices: ${names.join(', ')}\n`);
console.log('| emotion | stress r | error of D_e, RMS | best constant, RMS | explained |');
console.log('| --- | --- | --- | --- | --- |');
for (let e = 1; e < EMOTIONS.length; e++) {
  const loud: number[] = [];
  const stresses: number[] = [];
  let [error, constant, count] = [0, 0, 0];
  for (const [i, heard] of voices.entries()) {
    const felt = expressionTargets(heard.voice, e, people[i]!);
    const calm = expressionTargets(heard.voice, 0, people[i]!);
    const mean = new Float64Array(COEFFICIENT_COUNT);
    for (let n = 0; n < felt.length; n++) mean[n % COEFFICIENT_COUNT]! += (felt[n]! - calm[n]!) / heard.frames.length;
    for (let t = 0; t < heard.frames.length; t++) {
      const row = at(heard.differences, t, e);
      if (heard.frames[t]!.silence < 0.5) {
        loud.push(size(row));
        stresses.push(heard.stress[t]!);
      }
      for (let k = 0; k < COEFFICIENT_COUNT; k++) {
        const target = felt[t * COEFFICIENT_COUNT + k]! - calm[t * COEFFICIENT_COUNT + k]!;
        error += (row[k]! - target) ** 2;
        constant += (mean[k]! - target) ** 2;
        count++;
      }
    }
  }
  const cells = [
    correlation(loud, stresses).toFixed(2),
    Math.sqrt(error / count).toFixed(4),
    Math.sqrt(constant / count).toFixed(4),
    `${(100 * (1 - error / constant)).toFixed(0)} %`,
  ];
  console.log(`| ${EMOTIONS[e]} | ${cells.join(' | ')} |`);
}

if (values.reading.length === 2) {
  const [a, b] = [
    await hear(values.reading[0]!, new Float32Array(PERSON_CODE)),
    await hear(values.reading[1]!, new Float32Array(PERSON_CODE)),
  ];
  console.log('\n| emotion | two readings: r of the size of D_e | mean distance of D_e | mean size of D_e |');
  console.log('| --- | --- | --- | --- |');
  for (let e = 1; e < EMOTIONS.length; e++) {
    const [first, second, apart]: [number[], number[], number[]] = [[], [], []];
    for (let t = 0; t < a.frames.length; t++) {
      const other = Math.floor((t * b.frames.length) / a.frames.length);
      const [x, y] = [at(a.differences, t, e), at(b.differences, other, e)];
      first.push(size(x));
      second.push(size(y));
      apart.push(size(x.map((value, k) => value - y[k]!)));
    }
    const cells = [correlation(first, second), average(apart), average(first)].map((value) => value.toFixed(2));
    console.log(`| ${EMOTIONS[e]} | ${cells.join(' | ')} |`);
  }
}

console.log(
  '\n| emotion | gap of the lips, r with neutral: D_e | CPred | gap, share of neutral: D_e | CPred | travel of the chin, share of neutral: D_e | CPred |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- |');
const source = createCanonicalSource(basis);
const space = createMeshMotionSpace(basis);
const matrix = new Float64Array(9);
const head = new Float32Array(source.keypoints.length);
const none = new Float32Array(COEFFICIENT_COUNT);
const still = { head: { pitch: 0, yaw: 0, roll: 0, shift: [0, 0, 0] as const }, gaze: { yaw: 0, pitch: 0 } };
/** Gap of the lips and height of the chin, U. */
function mouthOf(lips: Float32Array, emotion: Float32Array): [number, number] {
  const driven = space.compose(source, { lips, emotion, life: none, ...still });
  writePoseMatrix(driven.pose, matrix);
  writeHeadFrame(driven.keypoints, driven.pose, matrix, head);
  return [measureFace(head).lipGap, head[PLACES.chin * 3 + 1]!];
}
for (let e = 1; e < EMOTIONS.length; e++) {
  const [neutral, ours, whole]: [number, number][][] = [[], [], []];
  for (const heard of voices) {
    heard.frames.forEach(({ lips }, t) => {
      neutral!.push(mouthOf(lips, none));
      ours!.push(mouthOf(lips, at(heard.differences, t, e)));
      whole!.push(mouthOf(lips, at(heard.expressions, t, e)));
    });
  }
  const gaps = [neutral, ours, whole].map((frames) => frames!.map(([gap]) => gap));
  const chins = [neutral, ours, whole].map((frames) => deviation(frames!.map(([, chin]) => chin)));
  const cells = [
    correlation(gaps[0]!, gaps[1]!).toFixed(3),
    correlation(gaps[0]!, gaps[2]!).toFixed(3),
    (average(gaps[1]!) / average(gaps[0]!)).toFixed(2),
    (average(gaps[2]!) / average(gaps[0]!)).toFixed(2),
    (chins[1]! / chins[0]!).toFixed(2),
    (chins[2]! / chins[0]!).toFixed(2),
  ];
  console.log(`| ${EMOTIONS[e]} | ${cells.join(' | ')} |`);
}
await Promise.all([ears.dispose(), model.dispose()]);

function average(numbers: readonly number[]): number {
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}

function deviation(numbers: readonly number[]): number {
  const mean = average(numbers);
  return Math.sqrt(average(numbers.map((value) => (value - mean) ** 2)));
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [ma, mb] = [average(a), average(b)];
  let [aa, bb, ab] = [0, 0, 0];
  for (const [i, value] of a.entries()) {
    aa += (value - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
    ab += (value - ma) * (b[i]! - mb);
  }
  return ab / Math.sqrt(aa * bb);
}
