/**
 * Step 1: what the emotion network hears in real speech: rows of voice features, 25 a second.
 *
 *     npx tsx --conditions=source packages/train/src/emotion/1-hear.ts --out FOLDER [--every 1] [--model SPEECH.onnx] FILE_OR_FOLDER...
 *
 * Of a folder, every N-th sound or video is taken; its sound is heard by a speech model, the shipped one unless named.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { createSpeechDriver, ProsodyTracker, type SpeechFrame, VOICE_FEATURES, writeVoiceFeatures } from '@pctalk/core';
import { createNodeRuntime, decodeAudio, readTalkerAssets } from '@pctalk/node';

const { values, positionals } = parseArgs({
  options: { out: { type: 'string' }, every: { type: 'string', default: '1' }, model: { type: 'string' } },
  allowPositionals: true,
});
const { out } = values;
if (out === undefined || positionals.length === 0) throw new Error('--out and sounds are needed');
mkdirSync(out, { recursive: true });

const every = Number(values.every);
const paths = positionals.flatMap((path) =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => /\.(wav|flac|mp4)$/.test(name))
        .sort()
        .filter((_, i) => i % every === 0)
        .map((name) => join(path, name))
    : [path],
);
const speech = values.model === undefined ? (await readTalkerAssets()).speech : readFileSync(values.model);
const driver = await createSpeechDriver(createNodeRuntime(), speech);
let seconds = 0;
for (const path of paths) {
  const stream = driver.createStream();
  const prosody = new ProsodyTracker();
  const rows: number[] = [];
  const row = new Float32Array(VOICE_FEATURES);
  const hear = (frames: readonly SpeechFrame[]) => {
    for (const frame of frames) {
      writeVoiceFeatures(frame, prosody.next(frame), row);
      rows.push(...row);
    }
  };
  for await (const samples of decodeAudio(path)) hear(await stream.push(samples));
  hear(await stream.end());
  writeFileSync(join(out, `${basename(path).replace(/\.\w+$/, '')}.f32`), Float32Array.from(rows));
  seconds += rows.length / VOICE_FEATURES / 25;
}
await driver.dispose();
console.log(`${paths.length} sounds, ${(seconds / 60).toFixed(1)} min`);
