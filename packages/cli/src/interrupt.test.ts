import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findFfmpeg, sampleFiles } from '@pctalk/node';
import { afterAll, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const folder = mkdtempSync(join(tmpdir(), 'pctalk-test-'));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }), 60_000);
mkdirSync(at('tmp'));

/** An ffmpeg that reads headers, sounds and pictures for ever, and tells its number. */
writeFileSync(at('endless'), `#!/bin/sh\necho $$ >> '${at('pids')}'\nexec sleep 600\n`, { mode: 0o755 });
/** A real one that tells its number. */
writeFileSync(at('real'), `#!/bin/sh\necho $$ >> '${at('pids')}'\nexec '${findFfmpeg()}' "$@"\n`, { mode: 0o755 });
execFileSync(findFfmpeg(), ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=1', at('clip.mp4')]);
const { source, audio } = sampleFiles();

interface Stopped {
  readonly status: number | null;
  readonly stderr: string;
}

/** Runs the program, sends it a signal once `isReady`, and waits for its end. */
async function stopped(
  name: string,
  args: readonly string[],
  how: { readonly ffmpeg: string; readonly signal: NodeJS.Signals; readonly isReady: () => boolean },
): Promise<Stopped & { readonly left: readonly string[] }> {
  mkdirSync(at(name));
  mkdirSync(at(`${name}/out`));
  rmSync(at('pids'), { force: true });
  const child = spawn(process.execPath, ['--import', TSX, '--conditions=source', MAIN, ...args], {
    cwd: at(name),
    env: {
      ...process.env,
      PCTALK_FFMPEG: at(how.ffmpeg),
      PCTALK_CACHE: at(`${name}/cache`),
      XDG_CONFIG_HOME: at('config'),
      TMPDIR: at('tmp'),
    },
  });
  let stderr = '';
  child.stderr.on('data', (text) => (stderr += text));
  const closed = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  while (!how.isReady() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill(how.signal);
  const status = await closed;
  await noneRuns(child);
  const left = [`${name}/out`, `${name}/cache`, 'tmp'].flatMap((part) => filesOf(at(part)));
  const told = stderr.split('\n').filter((line) => !line.includes('the person wears spectacles'));
  return { status, stderr: told.join('\n'), left };
}

/** Waits until the children that told their numbers are gone. */
async function noneRuns(program: ChildProcess): Promise<void> {
  expect(program.exitCode).not.toBeNull();
  const pids = existsSync(at('pids')) ? readFileSync(at('pids'), 'utf8').trim().split('\n').map(Number) : [];
  for (let tries = 0; pids.some(isRunning); tries++) {
    expect(tries).toBeLessThan(500);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Files and folders below a folder, without the cache that tsx keeps among the temporary files. */
function filesOf(path: string): string[] {
  const names = existsSync(path) ? readdirSync(path, { recursive: true }).map(String) : [];
  return names.filter((name) => !/^(tsx-|node-compile-cache)/.test(name));
}

const hasChild = (): boolean => existsSync(at('pids')) && readFileSync(at('pids'), 'utf8').includes('\n');

describe.skipIf(process.platform === 'win32')('a signal ends every command, and nothing is left', () => {
  const sample = ['--source', source, '--audio', audio];
  const clip = ['--source', at('clip.mp4'), '--audio', audio, '--consent', 'a test'];
  const commands: [name: string, args: string[]][] = [
    ['render', ['render', ...sample, '-o', 'out/a.mp4', '--save-performance', 'out/p.json']],
    ['dub', ['render', ...clip, '-o', 'out/a.mp4']],
    ['transcript', ['render', ...sample, '-o', 'out/a.mp4', '--transcript', 'hello']],
    ['emotion-video', ['render', ...sample, '-o', 'out/a.mp4', '--emotion-video', at('clip.mp4')]],
    ['emotion-audio', ['render', ...sample, '-o', 'out/a.mp4', '--emotion-audio']],
    ['motion', ['motion', ...sample]],
    ['track', ['track', at('clip.mp4'), '-o', 'out/a.track']],
    ['evaluate-emotion', ['evaluate', 'emotion', '--portraits', folder, '--speech', audio, '-o', 'out/a/b']],
    ['evaluate-wordless', ['evaluate', 'wordless', '--sound', audio]],
  ];
  const cases = commands.map(
    ([name, args], n) => [name, n % 2 ? 'SIGINT' : 'SIGTERM', n % 2 ? 130 : 143, args] as const,
  );

  it.each(cases)('%s: %s, %i', async (name, signal, status, args) => {
    const ended = await stopped(name, args, { ffmpeg: 'endless', signal, isReady: hasChild });
    expect(ended).toEqual({
      status,
      stderr: `${name === 'evaluate-emotion' ? 'real clips\n' : ''}error [cancelled]: cancelled: stopped by ${signal}; nothing was written\n`,
      left: [],
    });
  });

  it('in the middle of a film', async () => {
    const isDrawing = (): boolean => readdirSync(at('film/out')).length >= 2;
    const args = ['render', ...sample, '-o', 'out/a.mp4'];
    const ended = await stopped('film', args, { ffmpeg: 'real', signal: 'SIGTERM', isReady: isDrawing });
    expect(ended).toMatchObject({ status: 143, left: [] });
    expect(ended.stderr).toMatch(/error \[cancelled\]/);
  });
});
