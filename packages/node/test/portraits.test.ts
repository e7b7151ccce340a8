import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createFaceAnalyser,
  createMeshRenderer,
  createPersonSegmenter,
  FRAME_SIZE,
  prepareStill,
  readMeshBasis,
} from '@pctalk/core';
import { expect, test } from 'vitest';
import { loadFaceAssets, loadMatteModel } from '../src/face-models.ts';
import { decodeImage } from '../src/image.ts';
import { createNodeRuntime } from '../src/onnx-runtime.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const shared = join(process.env['PCTALK_SHARED'] ?? join(root, '../shared'), 'media/portraits');
const portraits = existsSync(shared) ? readdirSync(shared).filter((name) => name.endsWith('.jpg')) : [];
if (portraits.length === 0) console.warn(`portraits.test: no portraits in ${shared}, set PCTALK_SHARED; skipped`);

test.skipIf(portraits.length === 0)(
  'an undriven frame is the photo, on every portrait',
  { timeout: 120_000 },
  async () => {
    const basis = readMeshBasis(readFileSync(join(root, 'packages/core/assets/mesh-basis.bin')));
    const analyser = await createFaceAnalyser(createNodeRuntime(), await loadFaceAssets());
    const segmenter = await createPersonSegmenter(createNodeRuntime(), await loadMatteModel());
    const out = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
    for (const name of portraits) {
      const picture = await decodeImage(join(shared, name));
      const options = { faceIndex: 0, where: name, segmenter };
      const { crop, tick, matte } = await prepareStill(picture, analyser, basis, options);
      using renderer = createMeshRenderer(crop, tick, { matte });
      const gaze = { yaw: 0, pitch: 0 };
      renderer.render({ keypoints: tick.keypoints, pose: tick.pose, coefficients: tick.expression, gaze }, out);
      expect(largestDifference(out, crop.data, crop.width / FRAME_SIZE), name).toBeLessThanOrEqual(2);
    }
  },
);

/** Against the crop, or the mean of its four pixels where it has twice the size. */
function largestDifference(frame: Uint8ClampedArray, crop: Uint8ClampedArray, ratio: number): number {
  let most = 0;
  for (let i = 0; i < frame.length; i++) {
    const [x, y] = [(i >> 2) % FRAME_SIZE, Math.floor((i >> 2) / FRAME_SIZE)];
    let sum = 0;
    for (let k = 0; k < ratio * ratio; k++) {
      sum += crop[((y * ratio + Math.floor(k / ratio)) * FRAME_SIZE * ratio + x * ratio + (k % ratio)) * 4 + (i & 3)]!;
    }
    most = Math.max(most, Math.abs(frame[i]! - sum / (ratio * ratio)));
  }
  return most;
}
