/**
 * Tracks every clip of a folder: `track-folder.ts <folder of .mp4> <cache folder>`. Writes `<clip>.f32`, the landmarks as
 * little-endian float32, and `<clip>.json`, everything else of the track. Clips that are there already are skipped.
 */
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { createFaceAnalyser, DEPTH_SCALE } from '@pctalk/core';
import { createNodeRuntime, loadFaceAssets } from '@pctalk/node';
import { trackVideo } from './track-video.ts';

const [source, cache] = process.argv.slice(2);
if (!source || !cache) throw new Error('usage: track-folder.ts <folder of .mp4> <cache folder>');
await mkdir(cache, { recursive: true });
const analyser = await createFaceAnalyser(createNodeRuntime({ threads: 1 }), await loadFaceAssets());
const clips = (await readdir(source)).filter((name) => extname(name) === '.mp4').sort();
let done = 0;
for (const clip of clips) {
  const target = join(cache, basename(clip, '.mp4'));
  done++;
  if (await exists(`${target}.json`)) continue;
  const { landmarks, ...rest } = await trackVideo(analyser, join(source, clip));
  await writeFile(`${target}.f32`, new Uint8Array(landmarks.buffer));
  await writeFile(`${target}.json.part`, JSON.stringify({ ...rest, depthScale: DEPTH_SCALE }));
  await rename(`${target}.json.part`, `${target}.json`);
  console.log(`${done}/${clips.length} ${clip}: ${rest.frameCount} frames, ${rest.lost.length} lost`);
}
await analyser.dispose();

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
