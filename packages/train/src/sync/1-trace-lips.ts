/**
 * Step 1: what the lips do in every training clip, as curves of the face and as linear measures of the mouth: tracked
 * where there are tracks, else from channels, else from the model of coarticulation.
 *
 *     npx tsx --conditions=source packages/train/src/sync/1-trace-lips.ts --data FOLDER --tracks FOLDER --out FOLDER \
 *       [--sets grid,facegood,flite,festival]
 *
 * `--data` is the folder of speech steps 1–4, `--tracks` that of tracking/track-folder.ts over GRID s1.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  COEFFICIENT_COUNT,
  curvesOfLips,
  curvesOfTrack,
  expandChannels,
  readMeshBasis,
  SPEECH_CHANNELS,
} from '@pctalk/core';
import { readClips, type SpeechClip } from '../speech/clip-store.ts';
import { coarticulate } from '../speech/coarticulation.ts';
import { mouthMeasures } from '../speech/objective.ts';
import { readTrace, traceOf, writeTrace } from './lip-traces.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    tracks: { type: 'string' },
    out: { type: 'string' },
    sets: { type: 'string', default: 'grid,facegood,flite,festival' },
  },
});
const { data, tracks, out } = values;
if (data === undefined || tracks === undefined || out === undefined) {
  throw new Error('--data, --tracks and --out are needed');
}
const WIDTH = SPEECH_CHANNELS.length;
const mesh = readMeshBasis(readFileSync(fileURLToPath(import.meta.resolve('@pctalk/core/assets/mesh-basis.bin'))));
const basis = mouthMeasures(mesh.displacements, COEFFICIENT_COUNT);

for (const set of values.sets.split(',')) {
  const clips = readClips(data, set);
  let traced = 0;
  for (const clip of clips) {
    if (readTrace(out, set, clip.id) !== undefined) {
      traced++;
      continue;
    }
    const rows = trace(clip);
    if (rows === undefined) continue;
    writeTrace(join(out, set, `${clip.id}.f32`), rows);
    traced++;
  }
  console.log(`${set}: ${traced} of ${clips.length} clips`);
}

function trace(clip: SpeechClip): Float32Array | undefined {
  const channels = clip.channels ?? (clip.spans && coarticulate(clip.spans, Math.floor(clip.samples.length / 640)));
  if (channels === undefined) return undefined;
  const track = join(tracks as string, `${clip.id}.json`);
  if (existsSync(track)) {
    const { lost } = JSON.parse(readFileSync(track, 'utf8')) as { readonly lost: readonly number[] };
    if (lost.length > 0) return undefined;
    return traceOf(curvesOfTrack(mesh, landmarksOf(clip.id)), measuresOf(channels));
  }
  const lips = Array.from({ length: channels.length / WIDTH }, (_, t) => {
    const frame = new Float32Array(COEFFICIENT_COUNT);
    expandChannels(channels.subarray(t * WIDTH, (t + 1) * WIDTH), frame);
    return frame;
  });
  return traceOf(curvesOfLips(mesh, lips), measuresOf(channels));
}

function landmarksOf(id: string): Float32Array {
  const bytes = readFileSync(join(tracks as string, `${id}.f32`));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

function measuresOf(channels: Float32Array): Float32Array {
  const measures = basis.length / WIDTH;
  const rows = new Float32Array((channels.length / WIDTH) * measures);
  for (let t = 0; t < channels.length / WIDTH; t++) {
    for (let g = 0; g < measures; g++) {
      let sum = 0;
      for (let c = 0; c < WIDTH; c++) sum += channels[t * WIDTH + c]! * basis[c * measures + g]!;
      rows[t * measures + g] = sum;
    }
  }
  return rows;
}
