import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SourceTrack } from '@pctalk/core';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { cacheStatus, clearCache } from './cache.ts';
import { cachedTrack, trackFolder } from './source-track-cache.ts';
import { makeTemporaryFolder } from './temporary-files.ts';

const root = mkdtempSync(join(tmpdir(), 'pctalk-test-'));
const folder = join(root, 'tracks');
const files = (): string[] => readdirSync(folder).sort();
beforeEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(() => rmSync(root, { recursive: true }));

const ROW = 478 * 3;
/** A face that moves to the right by `step` a frame. */
const trackOf = (step: number): SourceTrack => ({
  fps: 25,
  width: 320,
  height: 240,
  frameCount: 4,
  landmarks: Float32Array.from({ length: 4 * ROW }, (_, i) => 60 + (i % ROW) / 12 + Math.floor(i / ROW) * step),
  seen: new Uint8Array(4).fill(1),
  shots: new Uint16Array(4),
  findings: [],
});

let made = 0;
const obtain = (clip: string, track = trackOf(1), faceIndex?: number) =>
  cachedTrack(
    clip,
    faceIndex,
    async () => {
      made++;
      return track;
    },
    trackFolder(root),
  );

it('keeps one track for each clip and face, for the user alone', async () => {
  made = 0;
  mkdirSync(folder, { mode: 0o755 });
  for (let i = 0; i < 2; i++) {
    expect(await obtain('a')).toEqual(trackOf(1));
    expect(await obtain('a', trackOf(2), 1)).toEqual(trackOf(2));
    expect(await obtain('b', trackOf(3))).toEqual(trackOf(3));
  }
  expect([made, files().length]).toEqual([3, 3]);
  if (process.platform === 'win32') return;
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const name of files()) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
});

it('makes a track anew that is damaged anywhere, cut, or empty', async () => {
  await obtain('a');
  const path = join(folder, files()[0]!);
  const whole = readFileSync(path);
  const damages = [0, 5, 9, 20, 60, 200, 3000, whole.length - 1].map((at) =>
    whole.map((byte, i) => (i === at ? byte ^ 4 : byte)),
  );
  for (const damaged of [...damages, whole.subarray(0, 1000), whole.subarray(0, 0)]) {
    writeFileSync(path, damaged);
    made = 0;
    expect(await obtain('a')).toEqual(trackOf(1));
    expect(await obtain('a')).toEqual(trackOf(1));
    expect([made, files().length]).toEqual([1, 1]);
  }
});

it('makes a track anew that is whole and no face', async () => {
  const torn = { ...trackOf(1), landmarks: trackOf(1).landmarks.map((x, i) => (i % 100 === 7 ? x * 1e6 : x)) };
  made = 0;
  await obtain('a', torn);
  expect(await obtain('a')).toEqual(trackOf(1));
  expect([made, files().length]).toEqual([2, 1]);
});

it('forgets what was not used for a month, and what earlier versions kept', async () => {
  await obtain('a');
  await obtain('b');
  const old = Date.now() / 1000 - 31 * 86_400;
  utimesSync(join(folder, files()[0]!), old, old);
  writeFileSync(join(folder, `${'ab'.repeat(32)}.only.v4.track`), 'PTST');
  writeFileSync(join(folder, 'note.txt'), 'of the user');
  await obtain('c');
  expect(files().filter((name) => name.endsWith('.track')).length).toBe(2);
  expect(files()).toContain('note.txt');
});

it('clears away what killed runs have left half written', async () => {
  await obtain('a');
  const gone = `.${'ab'.repeat(24)}.${2 ** 22 + 7}-0123456789ab.track`;
  writeFileSync(join(folder, gone), 'half');
  await obtain('b');
  expect(files()).not.toContain(gone);
});

it('is shown and cleared part by part, with what lies among temporary files', async () => {
  const before = { ...process.env };
  Object.assign(process.env, { PCTALK_CACHE: root, TMPDIR: join(root, 'tmp') });
  try {
    mkdirSync(join(root, 'tmp'));
    await obtain('a');
    mkdirSync(join(root, 'graphs'));
    writeFileSync(join(root, 'graphs', `.x.${2 ** 22 + 7}-0123456789ab.onnx`), 'half');
    const killed = join(root, 'tmp', `pctalk-run-${2 ** 22 + 7}-aBc123`);
    mkdirSync(killed);
    writeFileSync(join(killed, 'audio'), 'sound');
    await using used = await makeTemporaryFolder();
    const size = statSync(join(folder, files()[0]!)).size;
    expect(await cacheStatus()).toEqual([
      { part: 'tracks', folder, files: 1, bytes: size },
      { part: 'graphs', folder: join(root, 'graphs'), files: 0, bytes: 0 },
      { part: 'leftovers', folder: undefined, files: 2, bytes: 9 },
    ]);
    await clearCache(['leftovers']);
    expect(existsSync(killed)).toBe(false);
    expect(existsSync(used.path)).toBe(true);
    expect((await cacheStatus()).map(({ files }) => files)).toEqual([1, 0, 0]);
    await clearCache();
    expect((await cacheStatus()).map(({ files }) => files)).toEqual([0, 0, 0]);
  } finally {
    process.env = before;
  }
});
