import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFaceAnalyser, type FaceAnalyser } from '@pctalk/core';
import { createNodeRuntime, findFfmpeg, loadFaceAssets } from '@pctalk/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { trackVideo } from './track-video.ts';

const SAMPLE = createRequire(import.meta.url).resolve('@pctalk/core/assets/sample/portrait.jpg');
const folder = mkdtempSync(join(tmpdir(), 'pctalk-track-'));
const clip = join(folder, 'clip.mp4');
let analyser: FaceAnalyser;
beforeAll(async () => {
  // The portrait drifts right by 4 pixels a frame; in frames 4 and 5 the picture is black.
  const filter = "pad=640:600:64:0,crop=512:600:'64-4*n':0,drawbox=c=black:t=fill:enable='between(n,4,5)'";
  const input = ['-loop', '1', '-framerate', '25', '-i', SAMPLE, '-vf', filter, '-frames:v', '9'];
  execFileSync(findFfmpeg(), ['-v', 'error', ...input, '-c:v', 'mpeg4', '-q:v', '2', clip]);
  analyser = await createFaceAnalyser(createNodeRuntime(), await loadFaceAssets());
});
afterAll(async () => {
  await analyser.dispose();
  rmSync(folder, { recursive: true });
});

it('follows the face and says in which frames it is lost', async () => {
  const track = await trackVideo(analyser, clip);
  expect(track).toMatchObject({ fps: 25, width: 512, height: 600, frameCount: 9, lost: [4, 5] });
  const noseX = (frame: number) => track.landmarks[(frame * 478 + 1) * 3]!;
  expect(noseX(4)).toBe(noseX(3));
  expect(noseX(8) - noseX(0)).toBeGreaterThan(28);
  expect(noseX(8) - noseX(0)).toBeLessThan(36);
});
