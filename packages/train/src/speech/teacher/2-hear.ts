/**
 * Teacher step 2: what the recogniser hears in the clips of a set (each, or every n-th), kept as SET/ID.heard (float32 rows of 288).
 *
 *     npx tsx --conditions=source packages/train/src/speech/teacher/2-hear.ts --data FOLDER --recogniser encoder_model.onnx --sets flite,grid [--every 1]
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createNodeRuntime } from '@pctalk/node';
import { readClips } from '../clip-store.ts';
import { Recogniser } from './recogniser.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    recogniser: { type: 'string' },
    sets: { type: 'string' },
    every: { type: 'string', default: '1' },
  },
});
const { data, recogniser: model, sets } = values;
if (data === undefined || model === undefined || sets === undefined) {
  throw new Error('--data, --recogniser and --sets are needed');
}
const recogniser = await Recogniser.create(createNodeRuntime(), readFileSync(model));
for (const set of sets.split(',')) {
  const clips = readClips(data, set).filter((_, i) => i % Number(values.every) === 0);
  for (const { id, samples } of clips) {
    const path = join(data, set, `${id}.heard`);
    if (!existsSync(path)) writeFileSync(path, await recogniser.hear(samples));
  }
  console.log(`${set}: ${clips.length} clips heard`);
}
await recogniser.dispose();
