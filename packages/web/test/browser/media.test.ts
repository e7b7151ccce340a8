import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { decodeImage } from '@pctalk/node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumOrReason } from './chromium.ts';
import { psnr } from './comparison.ts';
import type { Laboratory } from './laboratory.page.ts';
import { type LaboratoryPage, openLaboratory } from './laboratory.ts';

import { floats, readSpeech } from './media.ts';

declare const laboratory: Laboratory;

const chromium = chromiumOrReason('browser media');
const samplePath = (name: string) => fileURLToPath(new URL(`../../../core/assets/sample/${name}`, import.meta.url));

describe.skipIf(chromium === undefined)('media in the browser', { timeout: 120_000 }, () => {
  let lab: LaboratoryPage;

  beforeAll(async () => {
    const portrait = await readFile(samplePath('portrait.jpg'));
    lab = await openLaboratory(chromium!, {
      '/speech.wav': samplePath('speech.wav'),
      '/portrait.jpg': portrait,
      '/turned.jpg': await sharp(portrait).withMetadata({ orientation: 6 }).toBuffer(),
      '/clear.png': await sharp({
        create: { width: 64, height: 64, channels: 4, background: { r: 200, g: 0, b: 0, alpha: 0.5 } },
      })
        .png()
        .toBuffer(),
      '/cut.jpg': portrait.subarray(0, portrait.length >> 1),
      '/dot.png': await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
        .png()
        .toBuffer(),
    });
  }, 60_000);
  afterAll(() => lab?.[Symbol.asyncDispose]());

  /** What the page's `decodeImage` makes of a file. */
  async function imageInBrowser(path: string) {
    const size = await lab.page.evaluate(async (path) => {
      const { web, fetchBytes, post } = laboratory;
      const { width, height, data } = await web.decodeImage(new Blob([await fetchBytes(path)]));
      await post(`/decoded${path}`, data);
      return { width, height };
    }, path);
    return { ...size, data: lab.site.received.get(`/decoded${path}`)! };
  }

  it('decodes pictures as Node does: upright, on white, within 38 dB', async () => {
    const node = await decodeImage(samplePath('portrait.jpg'));
    const browser = await imageInBrowser('/portrait.jpg');
    expect(browser).toMatchObject({ width: node.width, height: node.height });
    expect(psnr(browser.data, node.data)).toBeGreaterThan(38);
    const turned = await imageInBrowser('/turned.jpg');
    expect(turned).toMatchObject({ width: node.height, height: node.width });
    const clear = await imageInBrowser('/clear.png');
    for (const [k, value] of [227, 127, 127, 255].entries()) {
      expect(Math.abs(clear.data[k]! - value)).toBeLessThanOrEqual(1);
    }
  });

  it('refuses pictures with the codes of Node', async () => {
    const codes = await lab.page.evaluate(async () => {
      const { web, fetchBytes, codeOf } = laboratory;
      const code = (bytes: Uint8Array<ArrayBuffer>) => codeOf(() => web.decodeImage(new Blob([bytes])));
      return {
        cut: await code(await fetchBytes('/cut.jpg')),
        dot: await code(await fetchBytes('/dot.png')),
        empty: await code(new Uint8Array(0)),
        sound: await code(await fetchBytes('/speech.wav')),
      };
    });
    expect(codes).toEqual({
      cut: 'image-unreadable',
      dot: 'image-too-small',
      empty: 'image-unreadable',
      sound: 'image-unreadable',
    });
  });

  it('decodes 16 kHz speech to the samples of Node', async () => {
    await lab.page.evaluate(async () => {
      const { web, fetchBytes, post } = laboratory;
      const { speech } = await web.decodeAudio(await fetchBytes('/speech.wav'));
      await post('/speech.f32', speech);
    });
    const browser = floats(lab.site.received.get('/speech.f32')!);
    const node = await readSpeech(samplePath('speech.wav'));
    expect(browser.length).toBe(node.length);
    expect(browser.reduce((worst, value, n) => Math.max(worst, Math.abs(value - node[n]!)), 0)).toBeLessThan(1e-4);
  });

  it('refuses sound with the codes of Node', async () => {
    const codes = await lab.page.evaluate(async () => {
      const { web, fetchBytes, codeOf } = laboratory;
      return [
        await codeOf(() => web.decodeAudio(new Uint8Array(0))),
        await codeOf(async () => web.decodeAudio(await fetchBytes('/portrait.jpg'))),
      ];
    });
    expect(codes).toEqual(['audio-empty', 'audio-unreadable']);
  });

  it('writes an MP4 with the sound in place and BT.709 colours, and says which codec ran', async () => {
    const told = await lab.page.evaluate(async () => {
      const { web, fetchBytes, post } = laboratory;
      const { sound } = await web.decodeAudio(await fetchBytes('/speech.wav'));
      const encoder = await web.openVideoEncoder({
        width: 64,
        height: 64,
        frameRate: 25,
        sound,
        codecs: ['avc', 'vp9'],
      });
      const frame = new Uint8ClampedArray(64 * 64 * 4);
      for (let p = 0; p < frame.length; p += 4) frame.set([200, 60, 40, 255], p);
      for (let n = 0; n < 176; n++) await encoder.write(frame);
      const file = await encoder.finish();
      await post('/out.mp4', file);
      const colour = await firstPixel(file);
      return { codec: encoder.codec, colour };

      async function firstPixel(bytes: Uint8Array): Promise<number[]> {
        const video = document.createElement('video');
        video.src = URL.createObjectURL(new Blob([bytes as BufferSource], { type: 'video/mp4' }));
        video.muted = true;
        const shown = new Promise((resolve) => video.requestVideoFrameCallback(resolve));
        await video.play();
        await shown;
        const context = new OffscreenCanvas(64, 64).getContext('2d')!;
        context.drawImage(video, 0, 0);
        video.pause();
        return [...context.getImageData(32, 32, 1, 1).data];
      }
    });
    expect(told.codec).toBe('avc');
    for (const [k, value] of [200, 60, 40, 255].entries()) {
      expect(Math.abs(told.colour[k]! - value)).toBeLessThanOrEqual(4);
    }
    const heard = await readSpeech(lab.site.received.get('/out.mp4')!);
    const said = await readSpeech(samplePath('speech.wav'));
    expect(Math.abs(bestLag(said, heard, 800))).toBeLessThanOrEqual(16_000 / 50);
    expect(Math.abs(heard.length - said.length)).toBeLessThan(16_000 / 25);
  });

  it('says that a codec is missing instead of taking another', async () => {
    const code = await lab.page.evaluate(() => {
      const { web, codeOf } = laboratory;
      const sound = { sampleRate: 48_000, channels: [new Float32Array(48_000)] };
      return codeOf(() => web.openVideoEncoder({ width: 64, height: 64, frameRate: 25, sound, codecs: [] }));
    });
    expect(code).toBe('media-tool-missing');
  });

  it('does all this without a complaint or a request to elsewhere', () => {
    expect(lab.watched.complaints).toEqual([]);
    expect(lab.watched.foreignRequests).toEqual([]);
  });
});

/** By how many samples `heard` comes after `said`, by cross-correlation over 3 s. */
function bestLag(said: Float32Array, heard: Float32Array, reach: number): number {
  let best = Number.NEGATIVE_INFINITY;
  let lag = 0;
  for (let d = -reach; d <= reach; d += 4) {
    let sum = 0;
    for (let n = reach; n < 48_000; n += 2) sum += said[n]! * heard[n + d]!;
    if (sum > best) [best, lag] = [sum, d];
  }
  return lag;
}
