import { existsSync } from 'node:fs';
import { createCanonicalSource, type DrivenFrame, FRAME_SIZE, readMeshBasis } from '@pctalk/core';
import { createMeshRenderer } from '@pctalk/core/mesh-renderer';
import { readTalkerAssets } from '@pctalk/node';
import { expect, it } from 'vitest';

const BUILT = new URL('../dist/render-thread.js', import.meta.url);

it.skipIf(!existsSync(BUILT))('draws the same bytes as the renderer itself, in order', async () => {
  const { startRenderThread } = (await import(BUILT.href)) as typeof import('../src/render-thread.ts');
  const tick = createCanonicalSource(readMeshBasis((await readTalkerAssets()).basis));
  const data = Uint8ClampedArray.from({ length: FRAME_SIZE * FRAME_SIZE * 4 }, (_, i) => (i % 4 === 3 ? 255 : i * 7));
  const crop = { width: FRAME_SIZE, height: FRAME_SIZE, data };
  const frames: DrivenFrame[] = Array.from({ length: 9 }, (_, i) => ({
    keypoints: tick.keypoints.map((x) => x + i / 3),
    pose: tick.pose,
    coefficients: tick.expression,
    gaze: { yaw: 0, pitch: 0 },
  }));
  using renderer = createMeshRenderer(crop, tick);
  await using thread = startRenderThread();
  thread.prepare({ crop, tick });
  const expected = new Uint8ClampedArray(data.length);
  let count = 0;
  for await (const pixels of thread.draw(frames)) {
    renderer.render(frames[count++]!, expected);
    expect(Buffer.from(pixels.buffer).equals(Buffer.from(expected.buffer))).toBe(true);
  }
  expect(count).toBe(frames.length);
});
