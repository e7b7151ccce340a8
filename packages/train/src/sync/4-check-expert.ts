/**
 * Step 4: whether the expert of step 2 finds sound and lips of unseen clips together, and how far apart they are when not.
 *
 *     npx tsx --conditions=source packages/train/src/sync/4-check-expert.ts --run FOLDER --videos FOLDER --tracks FOLDER
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  createMotionTracker,
  estimateNeutral,
  foldChannels,
  KEYPOINT_COUNT,
  LIP_MEASURES,
  lipEmbedding,
  lipMeasureBasis,
  readMeshBasis,
  SPEECH_CHANNELS,
  SYNC_SHAPE,
} from '@pctalk/core';
import { emitInference, input, ParameterScope } from '@pctalk/graph';
import { createNodeRuntime } from '@pctalk/node';
import { readAudio } from '../speech/read-audio.ts';
import { readRunWeights } from '../speech/run-weights.ts';
import { createSyncEar } from './sync-teacher.ts';

const { values } = parseArgs({
  options: { run: { type: 'string' }, videos: { type: 'string' }, tracks: { type: 'string' } },
});
const { run, videos, tracks } = values;
if (run === undefined || videos === undefined || tracks === undefined) {
  throw new Error('--run, --videos and --tracks are needed');
}
/** Lip windows compared at once, and the largest shift tried. */
const WINDOWS = 71;
const SHIFT = 15;
const { frames: span, measures: measureCount, width } = SYNC_SHAPE;

const mesh = readMeshBasis(readFileSync(fileURLToPath(import.meta.resolve('@pctalk/core/assets/mesh-basis.bin'))));
const basis = lipMeasureBasis(mesh);
const runtime = createNodeRuntime();
const ear = await createSyncEar(runtime, run);
const seen = lipEmbedding(input('windows', [WINDOWS, span * measureCount]), new ParameterScope());
const eye = await runtime.load(
  emitInference({ name: 'sync-lips', outputs: { lips: seen } }, await readRunWeights(run)),
);
const offsets: number[] = [];
let [together, apart, count] = [0, 0, 0];
for (const id of readdirSync(tracks)
  .flatMap((name) => (name.endsWith('.f32') ? [name.slice(0, -4)] : []))
  .filter(seenThroughout)) {
  const measures = measuresOf(landmarksOf(id));
  if (measures.length / measureCount < WINDOWS + span - 1) continue;
  const windows = new Float32Array(WINDOWS * span * measureCount);
  for (let t = 0; t < WINDOWS; t++) {
    windows.set(measures.subarray(t * measureCount, (t + span) * measureCount), t * span * measureCount);
  }
  const { lips } = await eye.run({ windows: { dims: [WINDOWS, span * measureCount], data: windows } });
  const sound = await ear.hear(readAudio(join(videos, `${id}.mp4`)), WINDOWS);
  const cosines = Array.from({ length: 2 * SHIFT + 1 }, (_, i) =>
    meanCosine(lips!.data as Float32Array, sound, i - SHIFT),
  );
  offsets.push(cosines.indexOf(Math.max(...cosines)) - SHIFT);
  together += cosines[SHIFT]!;
  apart += (cosines[0]! + cosines[2 * SHIFT]!) / 2;
  count++;
}
await ear.dispose();
await eye.dispose();
const near = offsets.filter((offset) => Math.abs(offset) <= 1).length / count;
console.log(`${count} clips, first 3 s: ${(100 * near).toFixed(1)} % at 0 ± 1 frame`);
console.log(
  `mean cosine ${(together / count).toFixed(3)} together, ${(apart / count).toFixed(3)} at ± ${SHIFT} frames`,
);

function seenThroughout(id: string): boolean {
  const { lost } = JSON.parse(readFileSync(join(tracks as string, `${id}.json`), 'utf8')) as {
    readonly lost: readonly number[];
  };
  return lost.length === 0;
}

/** Mean over windows of lips(t) · sound(t + k). */
function meanCosine(lips: Float32Array, sound: Float32Array, k: number): number {
  let sum = 0;
  for (let t = Math.max(0, -k); t < Math.min(WINDOWS, WINDOWS - k); t++) {
    for (let i = 0; i < width; i++) sum += lips[t * width + i]! * sound[(t + k) * width + i]!;
  }
  return sum / (WINDOWS - Math.abs(k));
}

/** `[frames × 6]`, U. */
function measuresOf(frames: readonly Float32Array[]): Float32Array {
  const tracker = createMotionTracker(mesh, estimateNeutral(frames));
  const channels = new Float32Array(SPEECH_CHANNELS.length);
  const out = new Float32Array(frames.length * measureCount);
  frames.forEach((frame, t) => {
    foldChannels(tracker.track(frame).coefficients, channels);
    for (let g = 0; g < measureCount; g++) {
      let sum = 0;
      for (let c = 0; c < channels.length; c++) sum += channels[c]! * basis[c * LIP_MEASURES.length + g]!;
      out[t * measureCount + g] = sum;
    }
  });
  return out;
}

function landmarksOf(id: string): Float32Array[] {
  const bytes = readFileSync(join(tracks as string, `${id}.f32`));
  const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const size = KEYPOINT_COUNT * 3;
  return Array.from({ length: all.length / size }, (_, t) => all.subarray(t * size, (t + 1) * size));
}
