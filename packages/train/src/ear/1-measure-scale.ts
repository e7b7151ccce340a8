/**
 * Step 1: measures mean and deviation of the full ear's rows over the sounds of a folder. The ear is cut from what
 * `pctalk models pull moonshine-ear` fetched.
 *
 *     npx tsx --conditions=source packages/train/src/ear/1-measure-scale.ts --sounds FOLDER \
 *       --out packages/core/assets/ear-scale.safetensors
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createEar, EAR_FEATURE_WIDTH, EAR_MODEL, EAR_WIDTH, type StoredTensor, writeSafetensors } from '@pctalk/core';
import { createNodeRuntime, decodeAudio, ModelStore } from '@pctalk/node';

const { values } = parseArgs({ options: { sounds: { type: 'string' }, out: { type: 'string' } } });
const { sounds, out } = values;
if (sounds === undefined || out === undefined) throw new Error('--sounds and --out are needed');
const raw = scaleFile(new Float32Array(EAR_WIDTH), new Float32Array(EAR_WIDTH).fill(1), '');
const names = readdirSync(sounds).sort();
const { centre, spread } = await measure(raw, names);
writeFileSync(out, scaleFile(centre, spread, `mean and deviation of the full ear's rows over ${names.length} sounds`));

function scaleFile(centre: Float32Array, spread: Float32Array, content: string): Uint8Array {
  const stored = (numbers: Float32Array): StoredTensor => ({
    type: 'float32',
    dims: [numbers.length],
    data: new Uint8Array(numbers.buffer),
  });
  const tensors = new Map([
    ['centre', stored(centre)],
    ['spread', stored(spread)],
  ]);
  return writeSafetensors({ tensors, metadata: { content, licence: 'Apache-2.0' } });
}

/** Mean and deviation of each number of a row over the frames of all sounds. */
async function measure(scale: Uint8Array, names: readonly string[]) {
  const encoder = await new ModelStore().read(EAR_MODEL);
  const ear = await createEar(createNodeRuntime({ threads: 1 }), { encoder, scale });
  const sum = new Float64Array(EAR_WIDTH);
  const squares = new Float64Array(EAR_WIDTH);
  let count = 0;
  for (const [i, name] of names.entries()) {
    const stream = ear.createStream();
    for await (const piece of decodeAudio(join(sounds!, name))) {
      for (const frame of await stream.push(piece)) {
        for (let n = 0; n < EAR_FEATURE_WIDTH; n++) {
          sum[n % EAR_WIDTH]! += frame[n]!;
          squares[n % EAR_WIDTH]! += frame[n]! ** 2;
        }
        count += EAR_FEATURE_WIDTH / EAR_WIDTH;
      }
    }
    if ((i + 1) % 50 === 0) console.log(`${i + 1}/${names.length}`);
  }
  await ear.dispose();
  const mean = Float32Array.from(sum, (s) => s / count);
  return { centre: mean, spread: Float32Array.from(squares, (q, n) => Math.sqrt(q / count - mean[n]! ** 2)) };
}
