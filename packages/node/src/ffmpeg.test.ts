import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { decodeAudio, inspectAudio } from './audio-decode.ts';
import { findFfmpeg, startFfmpeg } from './ffmpeg.ts';
import { probeVideo } from './probe-video.ts';
import { decodeVideo } from './video-decode.ts';

const folder = mkdtempSync(join(tmpdir(), 'pctalk-test-'));
const at = (name: string): string => join(folder, name);
const ffmpeg = findFfmpeg();
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

/** Puts a shell script in ffmpeg's place. */
function pretend(name: string, script: string): void {
  writeFileSync(at(name), `#!/bin/sh\n${script}\n`);
  chmodSync(at(name), 0o755);
  vi.stubEnv('PCTALK_FFMPEG', at(name));
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const out: Item[] = [];
  for await (const item of items) out.push(item);
  return out;
}

execFileSync(ffmpeg, ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=1', '-c:v', 'mpeg4', at('clip.mp4')]);
execFileSync(ffmpeg, ['-v', 'error', '-f', 'lavfi', '-i', 'sine=d=1', at('tone.wav')]);

describe.skipIf(process.platform === 'win32')('what ends an ffmpeg is told as what it is', () => {
  const readers: [name: string, read: () => Promise<unknown>][] = [
    ['sound', () => all(decodeAudio(at('tone.wav')))],
    ['the length of a sound', () => inspectAudio(at('tone.wav'))],
    ['pictures', () => all(decodeVideo(at('clip.mp4')))],
    ['the header of a clip', () => probeVideo(at('clip.mp4'))],
  ];
  const ends: [name: string, script: string, told: string][] = [
    ['killed', 'kill -KILL $$', 'ended from outside (SIGKILL)'],
    ['crashed', 'kill -SEGV $$', 'crashed (SIGSEGV)'],
    ['asked to end', `echo 'Exiting normally, received signal 15.' >&2; exit 255`, 'ended from outside (SIGTERM)'],
  ];
  const cases = ends.flatMap(([name, script, told]) =>
    readers.map(([what, read]) => ({ name, what, script, told, read })),
  );

  it.each(cases)('$name, reading $what', async ({ script, told, read }) => {
    pretend('ended', script);
    await expect(read()).rejects.toMatchObject({
      code: 'media-tool-failed',
      message: expect.stringContaining(told),
    });
  });

  it('a Ctrl-C that reaches the child first is no fault of it', async () => {
    pretend('interrupted', `echo 'Exiting normally, received signal 2.' >&2; exit 255`);
    const controller = new AbortController();
    const { exit } = startFfmpeg([], { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(exit).resolves.toMatchObject({ code: -1 });
  });

  it('one that makes no progress is stopped', async () => {
    pretend('hung', 'echo $$ > "$0.pid"; exec sleep 600');
    const child = startFfmpeg([], { stallSeconds: 2 });
    const heard = all(child.stdout);
    const expected = { code: 'media-tool-failed', message: expect.stringContaining('no progress for 2 s') };
    await expect(heard).rejects.toMatchObject(expected);
    await expect(child.exit).rejects.toMatchObject(expected);
    const pid = Number(readFileSync(at('hung.pid'), 'utf8'));
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 10_000);
  });

  it('one that waits for a slow reader or writer is not', async () => {
    pretend('patient', 'cat');
    const child = startFfmpeg(['pipe:0'], { stallSeconds: 1 });
    child.stdin.write(Buffer.alloc(4 << 20)); // More than the pipes hold: it waits for us to read …
    await new Promise((resolve) => setTimeout(resolve, 3500));
    let bytes = 0;
    const read = (async () => {
      for await (const chunk of child.stdout) bytes += (chunk as Buffer).length;
    })();
    await new Promise((resolve) => setTimeout(resolve, 3500)); // … and now for us to write.
    child.stdin.end();
    await read;
    await expect(child.exit).resolves.toMatchObject({ code: 0 });
    expect(bytes).toBe(4 << 20);
  });
});

describe('the signal', () => {
  it.skipIf(process.platform === 'win32').each([
    ['sound', (signal: AbortSignal) => all(decodeAudio(at('tone.wav'), { signal }))],
    ['pictures', (signal: AbortSignal) => all(decodeVideo(at('clip.mp4'), { signal }))],
    ['the header of a clip', (signal: AbortSignal) => probeVideo(at('clip.mp4'), { signal })],
  ])('stops a reader of %s even if another process holds its pipes', async (_what, read) => {
    pretend('wrapper', 'sleep 600 & echo $! > "$0.pid"; wait');
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    await expect(read(controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
    process.kill(Number(readFileSync(at('wrapper.pid'), 'utf8')));
  });
});
