import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createFaceAnalyser,
  cropToPicture,
  FRAME_SIZE,
  INNER_LIPS,
  prepareStill,
  readMeshBasis,
  type StillSource,
} from '@pctalk/core';
import { expect, test } from 'vitest';
import { loadFaceAssets } from '../src/face-models.ts';
import { decodeImage } from '../src/image.ts';
import { createNodeRuntime } from '../src/onnx-runtime.ts';

interface Drawn {
  /** Path in the shared folder. */
  readonly file: string;
  readonly sha256: string;
  /** Points of the contours, pixels of the file. */
  readonly upper: readonly (readonly [number, number])[];
  readonly lower: readonly (readonly [number, number])[];
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const shared = process.env['PCTALK_SHARED'] ?? join(root, '../shared');
const golden = JSON.parse(readFileSync(join(root, 'packages/core/test/golden/inner-lips.json'), 'utf8'));
const drawn = (golden.pictures as readonly Drawn[]).filter(({ file }) => existsSync(join(shared, file)));
if (drawn.length === 0) console.warn(`inner-lips.test: no pictures in ${shared}, set PCTALK_SHARED; skipped`);

/** Mean distance of drawn points from the landmarks' contour, seen across it, U. */
function distanceOf({ region, tick }: StillSource, row: readonly number[], points: Drawn['upper']): number {
  const places = new Float32Array(tick.keypoints.length);
  cropToPicture(tick.keypoints, region, FRAME_SIZE, places);
  const unit = (tick.pose.scale * region.size) / FRAME_SIZE;
  const distances = points.flatMap(([x, y]) => {
    for (let i = 0; i + 1 < row.length; i++) {
      const [a, b] = [row[i]! * 3, row[i + 1]! * 3];
      const share = (x - places[a]!) / (places[b]! - places[a]!);
      if (share < 0 || share > 1) continue;
      return [Math.abs(places[a + 1]! + share * (places[b + 1]! - places[a + 1]!) - y) / unit];
    }
    return [];
  });
  return distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
}

test.skipIf(drawn.length === 0)(
  'inner lips lie where they were drawn by hand, on pictures that show teeth',
  { timeout: 300_000 },
  async () => {
    const basis = readMeshBasis(readFileSync(join(root, 'packages/core/assets/mesh-basis.bin')));
    const analyser = await createFaceAnalyser(createNodeRuntime(), await loadFaceAssets());
    let sum = 0;
    for (const { file, sha256, upper, lower } of drawn) {
      const bytes = readFileSync(join(shared, file));
      expect(createHash('sha256').update(bytes).digest('hex'), file).toBe(sha256);
      const still = await prepareStill(await decodeImage(join(shared, file)), analyser, basis, {
        faceIndex: 0,
        where: file,
      });
      const distance = (distanceOf(still, INNER_LIPS.upper, upper) + distanceOf(still, INNER_LIPS.lower, lower)) / 2;
      console.log(`${file}: ${distance.toFixed(4)} U`);
      expect(distance, file).toBeLessThan(0.0155);
      sum += distance / drawn.length;
    }
    // The network's own contours: .0096.
    expect(sum).toBeLessThan(0.009);
  },
);
