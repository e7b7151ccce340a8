/**
 * Step 7: what the lips do on each class of sound, on sentences not trained on (flite's voices, known phone times).
 *
 *     npx tsx --conditions=source packages/train/src/speech/1-synthesise-flite.ts --data FOLDER --set check --from 9000 --count 10
 *     npx tsx --conditions=source packages/train/src/speech/7-check-phones.ts --data FOLDER [--model FILE]
 *
 * Prints for each class the mean opening and width at the middle of the sound (of closures: the least opening), U, and
 * how often that is under 8 % of a mouth's width, and how often the class was heard.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  COEFFICIENT_COUNT,
  createSpeechDriver,
  foldChannels,
  PHONE_CLASSES,
  readMeshBasis,
  SPEECH_CHANNELS,
} from '@pctalk/core';
import { createNodeRuntime } from '@pctalk/node';
import { readClips } from './clip-store.ts';
import { mouthMeasures } from './objective.ts';

/** 8 % of a mouth 0.55 U wide. */
const CLOSED = 0.044;
const { values } = parseArgs({ options: { data: { type: 'string' }, model: { type: 'string' } } });
if (values.data === undefined) throw new Error('--data FOLDER is needed');
const asset = (name: string) => fileURLToPath(import.meta.resolve(`@pctalk/core/assets/${name}`));
const basis = mouthMeasures(readMeshBasis(readFileSync(asset('mesh-basis.bin'))).displacements, COEFFICIENT_COUNT);
const driver = await createSpeechDriver(createNodeRuntime(), readFileSync(values.model ?? asset('speech-lips.onnx')));
const found = new Map(PHONE_CLASSES.map((phone) => [phone, { count: 0, opening: 0, width: 0, closed: 0, heard: 0 }]));

for (const clip of readClips(values.data, 'check')) {
  const stream = driver.createStream();
  const frames = [...(await stream.push(clip.samples)), ...(await stream.end())];
  const channels = new Float32Array(SPEECH_CHANNELS.length);
  const measures = frames.map(({ lips }) => {
    foldChannels(lips, channels);
    return [0, 2].map((g) => channels.reduce((sum, value, c) => sum + value * basis[c * 6 + g]!, 0));
  });
  for (const { start, end, phone } of clip.spans ?? []) {
    const middle = Math.min(frames.length - 1, Math.floor(((start + end) / 2) * 25));
    const near = measures.slice(Math.max(0, Math.floor(start * 25) - 1), Math.ceil(end * 25) + 1);
    const least = Math.min(...near.map(([gap]) => gap!));
    const row = found.get(phone)!;
    row.count++;
    const opening = phone === 'P' || phone === 'M' ? least : measures[middle]![0]!;
    row.opening += opening;
    row.width += measures[middle]![1]!;
    if (opening < CLOSED) row.closed++;
    const { phones } = frames[middle]!;
    if (PHONE_CLASSES[phones.indexOf(Math.max(...phones))] === phone) row.heard++;
  }
}
console.log('class  count  opening   width  closed  heard');
for (const [phone, { count, opening, width, closed, heard }] of found) {
  if (count === 0) continue;
  const share = (n: number) => `${((100 * n) / count).toFixed(0)} %`.padStart(6);
  const mean = (x: number) => (x / count).toFixed(3).padStart(7);
  console.log(
    `${phone.padEnd(5)} ${String(count).padStart(6)} ${mean(opening)} ${mean(width)} ${share(closed)} ${share(heard)}`,
  );
}
await driver.dispose();
