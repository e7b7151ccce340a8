/**
 * Step 2: what the full ear hears, once for all training: of the clips of sets, SET/ID.ear; of the sounds (any file with
 * sound) of a folder, OUT/NAME.ear. Each is float32 `[frames × 576]` of 25 fps frames from time 0.
 *
 *     npx tsx --conditions=source packages/train/src/ear/2-hear.ts --data FOLDER --sets grid,flite [--every 1]
 *     npx tsx --conditions=source packages/train/src/ear/2-hear.ts --sounds FOLDER --out FOLDER
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { parseArgs } from 'node:util';
import { createEar } from '@pctalk/core';
import { createNodeRuntime, readEar } from '@pctalk/node';
import { readClips } from '../speech/clip-store.ts';
import { readAudio } from '../speech/read-audio.ts';
import { hearWhole } from './hear-whole.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    sets: { type: 'string' },
    every: { type: 'string', default: '1' },
    sounds: { type: 'string' },
    out: { type: 'string' },
  },
});
const { data, sets, sounds, out } = values;
const ear = await createEar(createNodeRuntime({ threads: 1 }), await readEar());
if (data !== undefined && sets !== undefined) {
  for (const set of sets.split(',')) {
    const clips = readClips(data, set).filter((_, i) => i % Number(values.every) === 0);
    for (const { id, samples } of clips) await hear(join(data, set, `${id}.ear`), () => samples);
    console.log(`${set}: ${clips.length} clips heard`);
  }
} else if (sounds !== undefined && out !== undefined) {
  mkdirSync(out, { recursive: true });
  const names = readdirSync(sounds).sort();
  for (const name of names) await hear(join(out, `${parse(name).name}.ear`), () => readAudio(join(sounds, name)));
  console.log(`${names.length} sounds heard`);
} else throw new Error('--data and --sets, or --sounds and --out, are needed');
await ear.dispose();

async function hear(path: string, samples: () => Float32Array): Promise<void> {
  if (!existsSync(path)) writeFileSync(path, await hearWhole(ear, samples()));
}
