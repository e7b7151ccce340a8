import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ColourMatrix, toRgba } from '@pctalk/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findFfmpeg } from './ffmpeg.ts';
import { decodeI420, decodeVideo } from './video-decode.ts';

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

for (const [name, tags, matrix] of [
  ['BT.709', ['-vf', 'scale=out_color_matrix=bt709,format=yuv420p', '-colorspace', 'bt709']],
  ['BT.601, said to be', ['-vf', 'format=yuv420p'], 'bt601'],
  ['no colour tag', ['-vf', 'format=yuv420p']],
  ['full range', ['-vf', 'format=yuvj420p']],
  ['4:4:4', ['-vf', 'format=yuv444p']],
] satisfies [string, string[], ColourMatrix?][]) {
  it(`gives planes that show what RGBA shows: ${name}`, async () => {
    const coloured = join(folder, 'coloured.mp4');
    const source = 'testsrc2=s=96x64:r=25:d=0.2,gblur=sigma=6';
    const codec = ['-c:v', 'libx264', '-crf', '1'];
    execFileSync(findFfmpeg(), ['-v', 'error', '-y', '-f', 'lavfi', '-i', source, ...tags, ...codec, coloured]);
    const rgba = await collect(decodeVideo(coloured));
    const planar = await collect(decodeI420(coloured, { matrix }));
    expect(planar.length).toBe(rgba.length);
    for (const [f, image] of planar.entries()) {
      const shown = toRgba(image).data;
      let sum = 0;
      for (let i = 0; i < shown.length; i++) sum += Math.abs(shown[i]! - rgba[f]!.data[i]!);
      expect(sum / shown.length).toBeLessThan(1.5);
    }
  });
}

it('gives the planes of a stored clip byte for byte, and drops an odd column and row', async () => {
  const odd = join(folder, 'odd.mkv');
  const stored = ['-vf', 'scale=out_color_matrix=bt709,format=yuv420p', '-colorspace', 'bt709', '-c:v', 'ffv1'];
  execFileSync(findFfmpeg(), ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=s=65x47:r=25:d=0.12', ...stored, odd]);
  const raw = execFileSync(findFfmpeg(), ['-v', 'error', '-i', odd, '-f', 'rawvideo', '-pix_fmt', 'yuv420p', 'pipe:1']);
  const frames = await collect(decodeI420(odd));
  expect(frames.map(({ width, height }) => [width, height])).toEqual([
    [64, 46],
    [64, 46],
    [64, 46],
  ]);
  const [chromaWidth, length] = [33, 65 * 47 + 2 * 33 * 24];
  for (const [f, { data }] of frames.entries()) {
    for (let y = 0; y < 46; y++) {
      const from = f * length + y * 65;
      expect(Buffer.compare(data.subarray(y * 64, y * 64 + 64), raw.subarray(from, from + 64))).toBe(0);
    }
    for (let y = 0; y < 23; y++) {
      const from = f * length + 65 * 47 + y * chromaWidth;
      expect(
        Buffer.compare(data.subarray(64 * 46 + y * 32, 64 * 46 + y * 32 + 32), raw.subarray(from, from + 32)),
      ).toBe(0);
    }
  }
});

for (const rate of ['30', '30000/1001', '24']) {
  it(`gives the same frames from the middle as from the beginning: ${rate} a second`, async () => {
    const long = join(folder, `rate-${rate.replace('/', '-')}.mp4`);
    const source = `testsrc=s=64x48:r=${rate}:d=2.4`;
    execFileSync(findFfmpeg(), ['-v', 'error', '-f', 'lavfi', '-i', source, '-c:v', 'libx264', '-g', '17', long]);
    const all = await collect(decodeI420(long));
    expect(all.length).toBe(60);
    for (const from of [20, 33, 34, 40, 57, 59]) {
      const [frame] = await collect(decodeI420(long, { from, count: 1 }));
      expect(Buffer.compare(frame!.data, all[from]!.data), `frame ${from}`).toBe(0);
    }
  });
}

it('uses memory again that is given back, and reduces pictures', async () => {
  const seen = new Set<Uint8Array>();
  const spare = [new Uint8Array(7)];
  for await (const { width, height, data } of decodeI420(clip, { spare, maxSide: 33 })) {
    expect([width, height, data.length]).toEqual([32, 24, 32 * 24 * 1.5]);
    seen.add(data);
    spare.push(data);
  }
  expect(seen.size).toBe(1);
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
