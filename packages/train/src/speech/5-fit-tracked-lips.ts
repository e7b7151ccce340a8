/**
 * Step 5: tracked landmarks of one speaker to speech channels (run before step 4 with `--channels`).
 *
 *     npx tsx --conditions=source packages/train/src/speech/5-fit-tracked-lips.ts --tracks FOLDER --out FOLDER
 *
 * `--tracks` holds ID.f32 (`[frames × 478 × 3]`, pixels) and ID.json with the frames in which no face was found.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  createMotionTracker,
  estimateNeutral,
  foldChannels,
  KEYPOINT_COUNT,
  readMeshBasis,
  SPEECH_CHANNELS,
} from '@pctalk/core';

/** Frames the neutral face is taken from, spread over all clips. */
const NEUTRAL_FRAMES = 3000;
const LENGTH = KEYPOINT_COUNT * 3;
const WIDTH = SPEECH_CHANNELS.length;

const { values } = parseArgs({ options: { tracks: { type: 'string' }, out: { type: 'string' } } });
const { tracks, out } = values;
if (tracks === undefined || out === undefined) throw new Error('--tracks and --out are needed');
mkdirSync(out, { recursive: true });

const ids = readdirSync(tracks)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -5))
  .filter(
    (id) => (JSON.parse(readFileSync(join(tracks, `${id}.json`), 'utf8')) as { lost: number[] }).lost.length === 0,
  )
  .sort();
const sample: Float32Array[] = [];
const perClip = Math.max(1, Math.ceil(NEUTRAL_FRAMES / ids.length));
for (const id of ids) {
  const frames = framesOf(id);
  for (let i = 0; i < perClip; i++) sample.push(frames[Math.floor(((i + 0.5) / perClip) * frames.length)]!);
}
const basis = readMeshBasis(readFileSync(fileURLToPath(import.meta.resolve('@pctalk/core/assets/mesh-basis.bin'))));
const neutral = estimateNeutral(sample);
const row = new Float32Array(WIDTH);
let errors = 0;
let count = 0;
for (const id of ids) {
  const tracker = createMotionTracker(basis, neutral);
  const frames = framesOf(id);
  const channels = new Float32Array(frames.length * WIDTH);
  frames.forEach((frame, i) => {
    const { coefficients, lipError } = tracker.track(frame);
    foldChannels(coefficients, row);
    channels.set(row, i * WIDTH);
    errors += lipError;
    count++;
  });
  writeFileSync(join(out, `${id}.f32`), channels);
}
console.log(`${ids.length} clips, mean lip error ${(errors / count).toFixed(4)} U`);

function framesOf(id: string): Float32Array[] {
  const bytes = readFileSync(join(tracks as string, `${id}.f32`));
  const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return Array.from({ length: all.length / LENGTH }, (_, i) => all.subarray(i * LENGTH, (i + 1) * LENGTH));
}
