import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FACE_ASSETS_FILE, type RgbaImage } from '@pctalk/core';
import { createNodeRuntime, decodeImage } from '@pctalk/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumOrReason } from './chromium.ts';
import { computeMel, findLandmarks } from './experiments.ts';
import type { Laboratory } from './laboratory.page.ts';
import { type LaboratoryPage, openLaboratory } from './laboratory.ts';
import { floats, readSpeech } from './media.ts';

declare const laboratory: Laboratory;

const chromium = chromiumOrReason('browser agreement');
const samplePath = (name: string) => fileURLToPath(new URL(`../../../core/assets/sample/${name}`, import.meta.url));

describe.skipIf(chromium === undefined)('Node and the browser agree', () => {
  let lab: LaboratoryPage;
  let portrait: RgbaImage;
  let speech: Float32Array;
  let packed: Buffer;

  beforeAll(async () => {
    portrait = await decodeImage(samplePath('portrait.jpg'));
    speech = await readSpeech(samplePath('speech.wav'));
    const manifest = createRequire(import.meta.url).resolve('@mediapipe/face_mesh/package.json');
    packed = await readFile(join(dirname(manifest), FACE_ASSETS_FILE));
    lab = await openLaboratory(chromium!, {
      '/portrait.rgba': new Uint8Array(portrait.data),
      '/speech.f32': new Uint8Array(speech.buffer),
      '/face.data': packed,
    });
  }, 60_000);
  afterAll(() => lab?.[Symbol.asyncDispose]());

  it('on the mel spectrogram, to 1e-5', async () => {
    await lab.page.evaluate(async () => {
      const { computeMel, fetchBytes, post } = laboratory;
      await post('/mel', computeMel(new Float32Array((await fetchBytes('/speech.f32')).buffer)));
    });
    expect(worstDifference(floats(lab.site.received.get('/mel')!), computeMel(speech))).toBeLessThan(1e-5);
  });

  it('on the landmarks of the portrait, to a hundredth of a pixel', async () => {
    await lab.page.evaluate(
      async ({ width, height }) => {
        const { web, findLandmarks, fetchBytes, post } = laboratory;
        const runtime = await web.createWebRuntime({ wasmPaths: '/ort/' });
        const data = new Uint8ClampedArray((await fetchBytes('/portrait.rgba')).buffer);
        await post('/landmarks', await findLandmarks(runtime, await fetchBytes('/face.data'), { width, height, data }));
      },
      { width: portrait.width, height: portrait.height },
    );
    const node = await findLandmarks(createNodeRuntime(), packed, portrait);
    expect(worstDifference(floats(lab.site.received.get('/landmarks')!), node)).toBeLessThan(0.01);
  });

  it('without a complaint or a request to elsewhere', () => {
    expect(lab.watched.complaints).toEqual([]);
    expect(lab.watched.foreignRequests).toEqual([]);
  });
});

function worstDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) throw new Error(`lengths differ: ${a.length} and ${b.length}`);
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
  return worst;
}
