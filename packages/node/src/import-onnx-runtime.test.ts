import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';

it('keeps nothing on disk when a model is loaded', () => {
  const home = mkdtempSync(join(tmpdir(), 'pctalk-home-'));
  const runtime = new URL('onnx-runtime.ts', import.meta.url).href;
  const model = createRequire(import.meta.url).resolve('@pctalk/core/assets/speech-lips.onnx');
  const program = `
    const { createNodeRuntime } = await import('${runtime}');
    const { readFileSync } = await import('node:fs');
    const session = await createNodeRuntime().load(readFileSync(${JSON.stringify(model)}));
    await session.dispose();`;
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  execFileSync(process.execPath, ['--import', tsx, '--conditions=source', '--input-type=module', '-e', program], {
    env: { PATH: process.env['PATH'], HOME: home, XDG_CACHE_HOME: join(home, 'cache'), TMPDIR: tmpdir() },
  });
  expect(readdirSync(home)).toEqual([]);
  rmSync(home, { recursive: true });
});
