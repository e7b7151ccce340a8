import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FACE_ASSETS_FILE, MATTE_MODEL_FILE } from '@pctalk/core';
import { verifyProvenance } from '@pctalk/node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumOrReason } from './chromium.ts';
import type { Laboratory } from './laboratory.page.ts';
import { type LaboratoryPage, openLaboratory } from './laboratory.ts';
import { withFile } from './with-file.ts';

declare const laboratory: Laboratory;

const chromium = chromiumOrReason('browser talker');
const assetPath = (name: string) => fileURLToPath(new URL(`../../../core/assets/${name}`, import.meta.url));

/** Sound of a take, seconds. */
const SECONDS = 2;

describe.skipIf(chromium === undefined)('the talker in a worker', { timeout: 120_000 }, () => {
  let lab: LaboratoryPage;

  beforeAll(async () => {
    const portrait = assetPath('sample/portrait.jpg');
    const { width = 0, height = 0 } = await sharp(portrait).metadata();
    const twins = sharp({ create: { width: 2 * width, height, channels: 3, background: 'white' } }).composite([
      { input: portrait, left: 0, top: 0 },
      { input: portrait, left: width, top: 0 },
    ]);
    const packageOf = (name: string) => dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    const faceMesh = packageOf('@mediapipe/face_mesh');
    const selfie = packageOf('@mediapipe/selfie_segmentation');
    lab = await openLaboratory(chromium!, {
      '/portrait.jpg': portrait,
      '/twins.png': await twins.png().toBuffer(),
      '/wall.png': await sharp({ create: { width: 256, height: 256, channels: 3, background: 'grey' } })
        .png()
        .toBuffer(),
      '/small.png': await sharp(portrait)
        .resize(Math.round(width * 0.45))
        .png()
        .toBuffer(),
      '/speech.wav': firstSeconds(await readFile(assetPath('sample/speech.wav')), SECONDS),
      '/models/packed': join(faceMesh, FACE_ASSETS_FILE),
      '/models/basis': assetPath('mesh-basis.bin'),
      '/models/speech': assetPath('speech-lips.onnx'),
      '/models/lac': assetPath('lac.onnx'),
      '/models/styles': assetPath('lac-styles.safetensors'),
      '/models/emotion': assetPath('emotion.onnx'),
      '/models/matte': join(selfie, MATTE_MODEL_FILE),
    });
  }, 60_000);
  afterAll(() => lab?.[Symbol.asyncDispose]());

  it('refuses what it cannot use, with the codes of Node', async () => {
    const codes = await lab.page.evaluate(async () => {
      const { openTalker, fetchBytes, codeOf } = laboratory;
      const talker = await openTalker();
      const file = async (path: string) => new Blob([await fetchBytes(path)]);
      const audio = await fetchBytes('/speech.wav');
      const twins = { file: await file('/twins.png') };
      const twin = await talker.prepare({ ...twins, faceIndex: 1 });
      const sample = await talker.prepare({ file: await file('/portrait.jpg') });
      const angrily = { version: 1, emotion: [{ emotion: 'angryy', intensity: 1 }] } as const;
      const codes = {
        wall: await codeOf(async () => talker.prepare({ file: await file('/wall.png') })),
        twins: await codeOf(() => talker.prepare(twins)),
        third: await codeOf(() => talker.prepare({ ...twins, faceIndex: 2 })),
        unasked: await codeOf(() => talker.render({ source: twin, audio })),
        silent: await codeOf(() => talker.render({ source: sample, audio: new Uint8Array(0) })),
        emotion: await codeOf(() =>
          talker.render({ source: sample, audio, performance: structuredClone(angrily) as never }),
        ),
        codec: await codeOf(() => talker.render({ source: sample, audio, codecs: [] })),
        aborted: await codeOf(() => talker.render({ source: sample, audio, signal: AbortSignal.abort() })),
      };
      talker[Symbol.dispose]();
      return codes;
    });
    expect(codes).toEqual({
      wall: 'no-face',
      twins: 'several-faces',
      third: 'value-out-of-range',
      unasked: 'consent-missing',
      silent: 'audio-empty',
      emotion: 'unknown-name',
      codec: 'media-tool-missing',
      aborted: 'cancelled',
    });
  });

  it('passes on what is wrong with a face', async () => {
    const codes = await lab.page.evaluate(async () => {
      const { openTalker, fetchBytes } = laboratory;
      const talker = await openTalker();
      const { warnings } = await talker.prepare({
        file: new Blob([await fetchBytes('/small.png')]),
        name: 'small.png',
      });
      talker[Symbol.dispose]();
      return warnings.map(({ code }) => code);
    });
    expect(codes).toContain('face-small');
  });

  it('says that a device is missing instead of taking another', async () => {
    const code = await lab.page.evaluate(() => {
      const { web, codeOf } = laboratory;
      Object.defineProperty(navigator, 'gpu', { value: undefined, configurable: true });
      return codeOf(() => web.createWebRuntime({ device: 'webgpu' }));
    });
    expect(code).toBe('device-missing');
  });

  it('stops within a take, then gives the next one whole, in order and signed with its consent', async () => {
    const told = await lab.page.evaluate(async () => {
      const { openTalker, fetchBytes, post, codeOf } = laboratory;
      const talker = await openTalker();
      const audio = await fetchBytes('/speech.wav');
      const source = await talker.prepare({ file: new Blob([await fetchBytes('/portrait.jpg')]) });
      const stop = new AbortController();
      let drawn = 0;
      const onProgress = (done: number) => {
        drawn = done;
        if (done === 3) stop.abort();
      };
      const stopped = await codeOf(() => talker.render({ source, audio, signal: stop.signal, onProgress }));
      const order: number[] = [];
      const video = await talker.render({
        source,
        audio,
        consent: 'Ada agreed',
        onFrame: ({ frameIndex }) => void order.push(frameIndex),
      });
      await post('/talk.mp4', new Uint8Array(await video.file.arrayBuffer()));
      talker[Symbol.dispose]();
      return { stopped, drawn, order, frameCount: video.frameCount };
    });
    expect(told.stopped).toBe('cancelled');
    expect(told.drawn).toBeLessThan(SECONDS * 25);
    expect(told.frameCount).toBe(SECONDS * 25);
    expect(told.order).toEqual(Array.from({ length: SECONDS * 25 }, (_, n) => n));
    const report = await withFile('talk.mp4', lab.site.received.get('/talk.mp4')!, verifyProvenance);
    expect(report).toMatchObject({ valid: true, consent: { text: 'Ada agreed' } });
  });

  it('does all this without a complaint or a request to elsewhere', () => {
    expect(lab.watched.complaints).toEqual([]);
    expect(lab.watched.foreignRequests).toEqual([]);
  });
});

/** The beginning of a 16 kHz, mono, 16-bit wav file with the plain 44-byte header. */
function firstSeconds(wav: Buffer, seconds: number): Buffer {
  const bytes = seconds * 32_000;
  const cut = Buffer.from(wav.subarray(0, 44 + bytes));
  cut.writeUInt32LE(36 + bytes, 4);
  cut.writeUInt32LE(bytes, 40);
  return cut;
}
