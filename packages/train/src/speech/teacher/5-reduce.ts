/**
 * Teacher step 5: what the recogniser hears, reduced to its 64 main directions of unit variance and to 25 frames a
 * second, as targets for distillation: SET/ID.taught (float32 rows of 64). The directions found first serve every later
 * call (FOLDER/directions.json).
 *
 *     npx tsx --conditions=source packages/train/src/speech/teacher/5-reduce.ts --data FOLDER --sets flite,festival,grid,facegood,prompts
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EVD, Matrix } from 'ml-matrix';
import { TAUGHT_WIDTH } from '../clip-store.ts';
import { type HeardClip, readHeardClips } from './heard-clips.ts';
import { RECOGNISER_CENTRE, RECOGNISER_HOP, RECOGNISER_WIDTH } from './recogniser.ts';

/** Every n-th row enters the covariance. */
const SAMPLE_EVERY = 7;
const N = RECOGNISER_WIDTH;
const { values } = parseArgs({ options: { data: { type: 'string' }, sets: { type: 'string' } } });
const { data, sets } = values;
if (data === undefined || sets === undefined) throw new Error('--data and --sets are needed');
const names = sets.split(',');
const kept = join(data, 'directions.json');
if (!existsSync(kept)) {
  const found = mainDirections(names.flatMap((set) => readHeardClips(data, set)));
  writeFileSync(kept, JSON.stringify({ mean: [...found.mean], projection: [...found.projection] }));
}
const { mean, projection } = JSON.parse(readFileSync(kept, 'utf8')) as {
  readonly mean: number[];
  readonly projection: number[];
};
for (const set of names) {
  const clips = readHeardClips(data, set);
  for (const clip of clips) writeFileSync(join(data, set, `${clip.id}.taught`), reduce(clip));
  console.log(`${set}: ${clips.length} clips`);
}

/** Mean and the directions of most variance, each scaled to unit variance `[288 × 64]`. */
function mainDirections(clips: readonly HeardClip[]) {
  const mean = new Float64Array(N);
  const sums = new Float64Array(N * N);
  let count = 0;
  for (const { heard } of clips) {
    for (let at = 0; at + N <= heard.length; at += SAMPLE_EVERY * N) {
      count++;
      for (let i = 0; i < N; i++) {
        const x = heard[at + i]!;
        mean[i]! += x;
        const row = sums.subarray(i * N, (i + 1) * N);
        for (let j = 0; j <= i; j++) row[j]! += x * heard[at + j]!;
      }
    }
  }
  for (let i = 0; i < N; i++) mean[i]! /= count;
  const covariance = Matrix.zeros(N, N);
  for (let i = 0; i < N; i++) {
    for (let j = 0; j <= i; j++) {
      const value = sums[i * N + j]! / count - mean[i]! * mean[j]!;
      covariance.set(i, j, value);
      covariance.set(j, i, value);
    }
  }
  const { realEigenvalues, eigenvectorMatrix } = new EVD(covariance, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  const all = realEigenvalues.reduce((sum, x) => sum + x, 0);
  const projection = new Float64Array(N * TAUGHT_WIDTH);
  let held = 0;
  for (let k = 0; k < TAUGHT_WIDTH; k++) {
    const variance = realEigenvalues[order[k]!]!;
    held += variance;
    for (let i = 0; i < N; i++)
      projection[i * TAUGHT_WIDTH + k] = eigenvectorMatrix.get(i, order[k]!) / Math.sqrt(variance);
  }
  console.log(`${TAUGHT_WIDTH} directions keep ${((100 * held) / all).toFixed(0)} % of the variance of ${count} rows`);
  return { mean, projection };
}

/** Rows at the middles of the clip's frames, between the recogniser's. */
function reduce({ heard, samples }: HeardClip): Float32Array {
  const rows = heard.length / N;
  const frames = Math.floor(samples.length / 640);
  const out = new Float32Array(frames * TAUGHT_WIDTH);
  for (let frame = 0; frame < frames; frame++) {
    const place = Math.min(rows - 1, Math.max(0, (frame * 640 + 320 - RECOGNISER_CENTRE) / RECOGNISER_HOP));
    const before = Math.min(rows - 2, Math.floor(place));
    for (let i = 0; i < N; i++) {
      const low = heard[before * N + i]!;
      const x = low + (heard[(before + 1) * N + i]! - low) * (place - before) - mean[i]!;
      for (let k = 0; k < TAUGHT_WIDTH; k++) out[frame * TAUGHT_WIDTH + k]! += x * projection[i * TAUGHT_WIDTH + k]!;
    }
  }
  return out;
}
