import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findFfmpeg } from './ffmpeg.ts';
import { decodeVideo } from './video-decode.ts';

const folder = mkdtempSync(join(tmpdir(), 'pctalk-video-decode-'));
const clip = join(folder, 'clip.mp4');
beforeAll(() => {
  // Half a second at 50 frames a second, each frame brighter than the one before.
  const source = 'color=black:s=64x48:r=50:d=0.5,format=gray,geq=lum=40+N*6';
  execFileSync(findFfmpeg(), ['-v', 'error', '-f', 'lavfi', '-i', source, '-c:v', 'mpeg4', '-q:v', '1', clip]);
});
afterAll(() => rmSync(folder, { recursive: true }));

it('gives frames at 25 a second, in order', async () => {
  const reds: number[] = [];
  for await (const frame of decodeVideo(clip)) {
    expect([frame.width, frame.height, frame.data.length]).toEqual([64, 48, 64 * 48 * 4]);
    reds.push(frame.data[0]!);
  }
  expect(Math.abs(reds.length - 12.5)).toBeLessThanOrEqual(0.5);
  expect(reds.every((red, i) => i === 0 || red > reds[i - 1]!)).toBe(true);
});

it('stops reading when the caller does, and when cancelled', async () => {
  for await (const frame of decodeVideo(clip)) {
    expect(frame.width).toBe(64);
    break;
  }
  const controller = new AbortController();
  controller.abort();
  await expect(collect(decodeVideo(clip, { signal: controller.signal }))).rejects.toMatchObject({ code: 'cancelled' });
});

it('refuses what is no video', async () => {
  const text = join(folder, 'text.mp4');
  writeFileSync(text, 'not a video');
  await expect(collect(decodeVideo(text))).rejects.toMatchObject({ code: 'video-unreadable' });
  await expect(collect(decodeVideo(join(folder, 'absent.mp4')))).rejects.toMatchObject({ code: 'video-unreadable' });
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
