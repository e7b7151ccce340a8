/**
 * Step 1: cuts the stem and the first three layers out of the encoder of Moonshine tiny (English, MIT licence), in the
 * npm package @moonshine-ai/moonshine-js 0.1.29, and measures mean and deviation of its rows over the sounds of a folder.
 *
 *     npm pack @moonshine-ai/moonshine-js@0.1.29 && tar xzf moonshine-ai-moonshine-js-0.1.29.tgz
 *     npx tsx --conditions=source packages/train/src/ear/1-cut.ts \
 *       --encoder package/dist/model/tiny/quantized/encoder_model.onnx --sounds FOLDER --out packages/core/assets/ear.safetensors
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createEar, EAR_FEATURE_WIDTH, EAR_WIDTH, type StoredTensor, writeSafetensors } from '@pctalk/core';
import { createNodeRuntime, decodeAudio } from '@pctalk/node';
import { cutEncoder } from './cut-encoder.ts';

const SHA256 = 'c6fc4b7bc5af75c0591fd157a1f3829b533d18e9769a888fd95a62e470dd4f4a';

const { values } = parseArgs({
  options: { encoder: { type: 'string' }, sounds: { type: 'string' }, out: { type: 'string' } },
});
const { encoder, sounds, out } = values;
if (encoder === undefined || sounds === undefined || out === undefined) {
  throw new Error('--encoder, --sounds and --out are needed');
}
const file = readFileSync(encoder);
const sha256 = createHash('sha256').update(file).digest('hex');
if (sha256 !== SHA256) throw new Error(`--encoder: expected SHA-256 ${SHA256}, got ${sha256}`);
const tensors = cutEncoder(file);
const metadata = {
  source: 'Moonshine tiny, English, encoder (stem, layers 1–3), @moonshine-ai/moonshine-js 0.1.29',
  licence: 'MIT, Copyright (c) 2025 Useful Sensors, Inc.',
  sourceSha256: sha256,
};
const floats = (numbers: Float32Array): StoredTensor => ({
  type: 'float32',
  dims: [numbers.length],
  data: new Uint8Array(numbers.buffer),
});

tensors.set('centre', floats(new Float32Array(EAR_WIDTH)));
tensors.set('spread', floats(new Float32Array(EAR_WIDTH).fill(1)));
const { centre, spread } = await measure(writeSafetensors({ tensors, metadata }), sounds);
tensors.set('centre', floats(centre));
tensors.set('spread', floats(spread));
writeFileSync(out, writeSafetensors({ tensors, metadata }));

/** Mean and deviation of each number of a row over the frames of all sounds. */
async function measure(model: Uint8Array, folder: string) {
  const ear = await createEar(createNodeRuntime({ threads: 1 }), model);
  const sum = new Float64Array(EAR_WIDTH);
  const squares = new Float64Array(EAR_WIDTH);
  let count = 0;
  const names = readdirSync(folder).sort();
  for (const [i, name] of names.entries()) {
    const stream = ear.createStream();
    for await (const piece of decodeAudio(join(folder, name))) {
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
