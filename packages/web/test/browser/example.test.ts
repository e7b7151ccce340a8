import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SAMPLE_CONSENT } from '@pctalk/core';
import { inspectAudio, verifyProvenance } from '@pctalk/node';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumOrReason, openPage, type WatchedPage } from './chromium.ts';
import { type Site, serveSite } from './site.ts';

const chromium = chromiumOrReason('browser example');

describe.skipIf(chromium === undefined)('examples/browser-face', { timeout: 120_000 }, () => {
  let folder: string;
  let site: Site;
  let watched: WatchedPage;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pctalk-example-'));
    await build({
      root: fileURLToPath(new URL('../../../../examples/browser-face', import.meta.url)),
      logLevel: 'error',
      resolve: { conditions: ['source', 'module', 'browser', 'import', 'default'] },
      build: { outDir: folder, emptyOutDir: true, minify: false, reportCompressedSize: false },
    });
    site = await serveSite({ '/': folder });
    watched = await openPage(chromium!, site.address);
  }, 120_000);
  afterAll(async () => {
    await watched?.[Symbol.asyncDispose]();
    await site?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const status = () => watched.page.locator('#status').evaluate((output) => (output as HTMLOutputElement).value);

  it('stops when told to, leaving no file', async () => {
    await watched.page.locator('#speak:enabled').click({ timeout: 60_000 });
    await watched.page.waitForFunction(() => document.querySelector('progress')!.value > 0, undefined, {
      timeout: 60_000,
    });
    await watched.page.locator('#stop').click();
    await watched.page.locator('#speak:enabled').waitFor({ timeout: 60_000 });
    expect(await status()).toContain('cancelled');
    expect(await watched.page.locator('#download').isHidden()).toBe(true);
  });

  it('speaks the sample: the face moves, and the whole video can be had, signed', async () => {
    const { page } = watched;
    await page.evaluate(countPictures);
    await page.locator('#speak').click();
    await page.waitForFunction(() => /^spoke/.test(document.querySelector('output')!.value), undefined, {
      timeout: 100_000,
    });
    expect(await status()).toBe('spoke 176 frames (avc)');
    expect(await page.evaluate('globalThis.pictures.size')).toBeGreaterThan(20);
    await page.evaluate(async () => {
      const video = await fetch(document.querySelector<HTMLAnchorElement>('#download')!.href);
      await fetch('/video.mp4', { method: 'POST', body: await video.blob() });
    });
    const file = join(folder, 'video.mp4');
    await writeFile(file, site.received.get('/video.mp4')!);
    expect(await verifyProvenance(file)).toMatchObject({
      valid: true,
      actions: ['c2pa.created'],
      consent: { text: SAMPLE_CONSENT },
    });
    expect(Math.abs((await inspectAudio(file)).duration - 7.015)).toBeLessThan(0.04);
  }, 120_000);

  it('does all this without a complaint or a request to elsewhere', () => {
    expect(watched.complaints).toEqual([]);
    expect(watched.foreignRequests).toEqual([]);
  });
});

/** Gathers in `pictures` how many different pictures the canvas shows, by a sum over the mouth's region. */
function countPictures(): void {
  const pictures = new Set<number>();
  Object.assign(globalThis, { pictures });
  const context = document.querySelector('canvas')!.getContext('2d')!;
  const look = () => {
    const { data } = context.getImageData(160, 256, 192, 192);
    pictures.add(data.reduce((sum, value, i) => (sum + value * (i % 97)) % 2 ** 31, 0));
    requestAnimationFrame(look);
  };
  look();
}
