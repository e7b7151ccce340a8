/**
 * How much brightness inside filmed mouths changes from frame to frame: the real people beside `mouth-figures.ts`.
 *
 *   node --import tsx --conditions=source scripts/mouth-change.ts CLIP...
 *
 * The first 100 frames of each clip at 25 a second; lips are followed by the landmark network. See `insideGrid`.
 */
import { basename } from 'node:path';
import { type FaceLandmarks, INNER_LIPS } from '@pctalk/core';
import { createTalker, decodeVideo } from '@pctalk/node';
import { createAperture, measureAperture } from '../packages/core/src/render/aperture.ts';
import { luma, readSkin } from '../packages/core/src/render/photo-tone.ts';
import { insideGrid, OPEN_INSIDE } from './mouth-measures.ts';

await using talker = await createTalker();
/** Frames of each clip, at 25 a second. */
const FRAMES = 100;

const lips = createAperture(INNER_LIPS.upper.length);
const all: number[] = [];
for (const path of process.argv.slice(2)) {
  const changes = await changesOf(path);
  all.push(...changes);
  print(basename(path), changes);
}
print('all', all);
process.exit(0);

async function changesOf(path: string): Promise<number[]> {
  const changes: number[] = [];
  let face: FaceLandmarks | undefined;
  let before: Float64Array | undefined;
  for await (const picture of decodeVideo(path, { count: FRAMES })) {
    face = await talker.core.analyser.track(picture, face);
    const now = face && insideOf(picture, face.points);
    if (now && before) {
      const sum = now.reduce((total, value, i) => total + Math.abs(value - before![i]!), 0);
      changes.push(sum / now.length / luma(readSkin(picture, face!.points)));
    }
    before = now;
  }
  return changes;
}

function insideOf(picture: Parameters<typeof insideGrid>[0], points: Float32Array): Float64Array | undefined {
  measureAperture(INNER_LIPS, points, 3, lips);
  const [a, b] = [33 * 3, 263 * 3];
  const unit = Math.hypot(points[a]! - points[b]!, points[a + 1]! - points[b + 1]!, points[a + 2]! - points[b + 2]!);
  return lips.gap > OPEN_INSIDE * unit ? insideGrid(picture, lips) : undefined;
}

function print(name: string, changes: number[]): void {
  changes.sort((p, q) => p - q);
  const at = (share: number) => (changes[Math.floor(share * changes.length)] ?? Number.NaN).toFixed(3);
  console.log(`${name.padEnd(24)}${changes.length} pairs of frames, median ${at(0.5)}, 95th percentile ${at(0.95)}`);
}
