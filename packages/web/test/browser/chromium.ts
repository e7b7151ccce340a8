import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'] as const;
/** Quiet and alone: no GPU, no updates, no sync, nothing fetched behind the page's back. */
const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
] as const;

/** The installed Chromium: `$PCTALK_CHROMIUM`, else the first known name on the path. */
export function findChromium(): string | undefined {
  const given = process.env['PCTALK_CHROMIUM'];
  if (given) return given;
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const files = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** As `findChromium`, but says why the tests of a file will be skipped. */
export function chromiumOrReason(tests: string): string | undefined {
  const found = findChromium();
  if (found === undefined) {
    console.warn(
      `${tests}: skipped, no Chromium on this machine (looked for ${NAMES.join(', ')}; or set PCTALK_CHROMIUM)`,
    );
  }
  return found;
}

/** A page of a fresh browser profile, and everything it complained about or asked for. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  /** Console errors, uncaught exceptions and failed requests. */
  readonly complaints: readonly string[];
  /** Addresses the page, its workers included, asked for beyond `origin`. */
  readonly foreignRequests: readonly string[];
}

/** WebGPU without a GPU, by software Vulkan. */
export const WEBGPU_FLAGS = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'] as const;

/** Opens `address` in a new headless Chromium, with further `flags` of its command line. */
export async function openPage(
  executablePath: string,
  address: string,
  flags: readonly string[] = [],
): Promise<WatchedPage> {
  const asRoot = process.getuid?.() === 0;
  const browser: Browser = await chromium.launch({
    executablePath,
    headless: true,
    chromiumSandbox: !asRoot,
    args: [...FLAGS, ...flags],
  });
  const context = await browser.newContext();
  const page = await context.newPage();
  const complaints: string[] = [];
  const foreignRequests: string[] = [];
  const { origin } = new URL(address);
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.stack ?? error.message}`));
  context.on('requestfailed', (request) =>
    complaints.push(`request: ${request.url()} ${request.failure()?.errorText}`),
  );
  context.on('request', (request) => {
    if (/^(https?|wss?):/.test(request.url()) && new URL(request.url()).origin !== origin)
      foreignRequests.push(request.url());
  });
  await page.goto(address);
  return { page, complaints, foreignRequests, [Symbol.asyncDispose]: () => browser.close() };
}
