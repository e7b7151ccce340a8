import { fileURLToPath } from 'node:url';
import { FRAME_SIZE, type RgbaImage, type TalkerAssets, TalkerCore } from '@pctalk/core';
import { createNodeRuntime, decodeImage, readTalkerAssets } from '@pctalk/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumOrReason } from './chromium.ts';
import { worstDifference } from './comparison.ts';
import { computeMel, findLandmarks, performTake, type Take } from './experiments.ts';
import { writeImageDiff } from './image-diff.ts';
import type { Laboratory } from './laboratory.page.ts';
import { type LaboratoryPage, openLaboratory } from './laboratory.ts';
import { floats, readSpeech } from './media.ts';

declare const laboratory: Laboratory;

const chromium = chromiumOrReason('browser agreement');
const samplePath = (name: string) => fileURLToPath(new URL(`../../../core/assets/sample/${name}`, import.meta.url));
/** Sound compared, samples at 16 kHz: 3 s, 75 frames. */
const LENGTH = 48_000;
/** Frames drawn of those heard through each platform's own decoders: every 5th. */
const DECODED_STRIDE = 5;

describe.skipIf(chromium === undefined)('Node and the browser agree', { timeout: 120_000 }, () => {
  let lab: LaboratoryPage;
  let assets: TalkerAssets;
  let core: TalkerCore;
  let picture: RgbaImage;
  let speech: Float32Array;
  let inNode: Take;

  beforeAll(async () => {
    assets = await readTalkerAssets();
    picture = await decodeImage(samplePath('portrait.jpg'));
    speech = (await readSpeech(samplePath('speech.wav'))).slice(0, LENGTH);
    core = await TalkerCore.create(createNodeRuntime(), assets);
    inNode = await performTake(core, picture, speech, 1);
    lab = await openLaboratory(chromium!, {
      '/portrait.jpg': samplePath('portrait.jpg'),
      '/speech.wav': samplePath('speech.wav'),
      '/portrait.rgba': new Uint8Array(picture.data),
      '/speech.f32': new Uint8Array(speech.buffer),
      '/models/detector': assets.face.detector,
      '/models/landmarks': assets.face.landmarks,
      '/models/basis': assets.basis,
      '/models/speech': assets.speech,
      '/models/lac': assets.lips.network,
      '/models/styles': assets.lips.styles,
      '/models/emotion': assets.emotion!,
      '/models/matte': assets.matte!,
      ...Object.fromEntries(inNode.frames.map((frame, k) => [`/frames/${k}`, new Uint8Array(frame.buffer)])),
    });
  }, 120_000);
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
    await core?.dispose();
  });

  /**
   * Performs the take in the page, on Node's pixels and samples or on those of the browser's own decoders, and compares
   * its frames with Node's there, since a page takes in faster than it gives out. The frame that scores worst comes back.
   */
  async function performInBrowser(
    decoders: 'node' | 'browser',
    measure: 'shareOfEqualPixels' | 'psnr',
    stride: number,
  ) {
    const scores = await lab.page.evaluate(
      async ({ decoders, measure, stride, width, height, length }) => {
        const { core, web, performTake, readAssets, fetchBytes, fetchFloats, post } = laboratory;
        const runtime = await web.createWebRuntime({ wasmPaths: '/ort/' });
        const talker = await core.TalkerCore.create(runtime, await readAssets());
        const picture =
          decoders === 'node'
            ? { width, height, data: new Uint8ClampedArray((await fetchBytes('/portrait.rgba')).buffer) }
            : await web.decodeImage(new Blob([await fetchBytes('/portrait.jpg')]));
        const speech =
          decoders === 'node'
            ? await fetchFloats('/speech.f32')
            : (await web.decodeAudio(await fetchBytes('/speech.wav'))).speech.slice(0, length);
        const { coefficients, frames } = await performTake(talker, picture, speech, stride);
        const scores: number[] = [];
        for (const [k, frame] of frames.entries()) {
          scores.push(laboratory[measure](frame, await fetchBytes(`/frames/${k * stride}`)));
        }
        await post('/coefficients', coefficients);
        await post('/worst', frames[scores.indexOf(Math.min(...scores))]!);
        return scores;
      },
      { decoders, measure, stride, width: picture.width, height: picture.height, length: LENGTH },
    );
    const { received } = lab.site;
    return { scores, coefficients: floats(received.get('/coefficients')!), worst: received.get('/worst')! };
  }

  it('on the mel spectrogram, to 1e-5', async () => {
    await lab.page.evaluate(async () => {
      const { computeMel, fetchFloats, post } = laboratory;
      await post('/mel', computeMel(await fetchFloats('/speech.f32')));
    });
    expect(worstDifference(floats(lab.site.received.get('/mel')!), computeMel(speech))).toBeLessThan(1e-5);
  });

  it('on the landmarks of the portrait, to a hundredth of a pixel', async () => {
    await lab.page.evaluate(
      async ({ width, height }) => {
        const { web, findLandmarks, readAssets, fetchBytes, post } = laboratory;
        const runtime = await web.createWebRuntime({ wasmPaths: '/ort/' });
        const data = new Uint8ClampedArray((await fetchBytes('/portrait.rgba')).buffer);
        const { face } = await readAssets();
        await post('/landmarks', await findLandmarks(runtime, face, { width, height, data }));
      },
      { width: picture.width, height: picture.height },
    );
    const node = await findLandmarks(createNodeRuntime(), assets.face, picture);
    expect(worstDifference(floats(lab.site.received.get('/landmarks')!), node)).toBeLessThan(0.01);
  });

  it('given the same pixels and samples: coefficients to 1e-3, 99.9 % of pixels to 2/255', async () => {
    const { scores, coefficients, worst } = await performInBrowser('node', 'shareOfEqualPixels', 1);
    expect(scores.length).toBe((LENGTH / 16_000) * 25);
    expect(worstDifference(coefficients, inNode.coefficients)).toBeLessThan(1e-3);
    await expectAtLeast(0.999, scores, 1, worst, 'same-input');
  });

  it('through their own decoders: PSNR at least 38 dB', async () => {
    const { scores, worst } = await performInBrowser('browser', 'psnr', DECODED_STRIDE);
    expect(scores.length).toBe(Math.ceil(inNode.frames.length / DECODED_STRIDE));
    await expectAtLeast(38, scores, DECODED_STRIDE, worst, 'own-decoders');
  });

  it('without a complaint or a request to elsewhere', () => {
    expect(lab.watched.complaints).toEqual([]);
    expect(lab.watched.foreignRequests).toEqual([]);
  });

  /** Expects every frame's score to reach a bound; else leaves a picture of the worst. */
  async function expectAtLeast(
    bound: number,
    scores: readonly number[],
    stride: number,
    browser: Buffer,
    name: string,
  ) {
    const lowest = Math.min(...scores);
    if (lowest >= bound) return;
    const frameIndex = scores.indexOf(lowest) * stride;
    const node = new Uint8Array(inNode.frames[frameIndex]!);
    const path = await writeImageDiff(name, node, browser, FRAME_SIZE);
    expect.fail(`frame ${frameIndex} scores ${lowest}, below ${bound}; Node, browser and difference are in ${path}`);
  }
});
