import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { openPage, type WatchedPage } from './chromium.ts';
import { type Site, serveSite } from './site.ts';

const PAGE = fileURLToPath(new URL('./laboratory.page.ts', import.meta.url));
const WORKER = fileURLToPath(new URL('../../src/talker-worker.ts', import.meta.url));
const HTML = '<!doctype html><title>pctalk laboratory</title><script type="module" src="/laboratory.page.js"></script>';
const { resolve } = createRequire(import.meta.url);
const ORT = dirname(resolve('onnxruntime-web/wasm'));
const C2PA = resolve('@contentauth/c2pa-wasm/c2pa.wasm');

/** A browser page that holds the packages' functions as `laboratory` (laboratory.page.ts), beside it `/worker.js`, built from the sources. */
export interface LaboratoryPage extends AsyncDisposable {
  readonly page: Page;
  readonly watched: WatchedPage;
  readonly site: Site;
}

/**
 * Opens the laboratory.
 * @param inputs what the page may fetch, by path: bytes or a file's path. @param flags of Chromium's command line
 */
export async function openLaboratory(
  chromium: string,
  inputs: Readonly<Record<string, Uint8Array | string>>,
  flags: readonly string[] = [],
): Promise<LaboratoryPage> {
  const { outputFiles } = await build({
    entryPoints: { 'laboratory.page': PAGE, worker: WORKER },
    bundle: true,
    write: false,
    outdir: '/',
    format: 'esm',
    splitting: true,
    conditions: ['source', 'browser', 'module', 'import'],
    target: 'esnext',
    logLevel: 'error',
  });
  const built = Object.fromEntries(outputFiles.map(({ path, contents }) => [path, contents]));
  const site = await serveSite({
    ...built,
    '/index.html': Buffer.from(HTML),
    '/ort/': ORT,
    '/c2pa.wasm': C2PA,
    ...inputs,
  });
  const watched = await openPage(chromium, site.address, flags);
  await watched.page.waitForFunction('globalThis.laboratory !== undefined');
  return {
    page: watched.page,
    watched,
    site,
    async [Symbol.asyncDispose]() {
      await watched[Symbol.asyncDispose]();
      await site[Symbol.asyncDispose]();
    },
  };
}
