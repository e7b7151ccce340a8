import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FRAME_SIZE, type RgbaImage } from '@pctalk/core';
import sharp from 'sharp';
import { afterAll, expect, it } from 'vitest';
import { readBackground, unpremultiply } from './background.ts';

const folder = mkdtempSync(join(tmpdir(), 'pctalk-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['#1e90ff', [30, 144, 255, 255]],
  ['#F00', [255, 0, 0, 255]],
  ['white', [255, 255, 255, 255]],
])('reads %s as a colour', async (text, pixel) => {
  const { backdrop, sha256 } = await readBackground(text);
  expect(sha256).toBeUndefined();
  expect([...(backdrop as RgbaImage).data.subarray(-4)]).toEqual(pixel);
});

it('fills the frame with the middle of a picture', async () => {
  const path = join(folder, 'wide.png');
  const stripes = Buffer.alloc(1200 * 400 * 3, 10);
  for (let i = 0; i < stripes.length; i += 3) if (Math.abs(((i / 3) % 1200) - 600) < 190) stripes.fill(200, i, i + 3);
  await sharp(stripes, { raw: { width: 1200, height: 400, channels: 3 } })
    .png()
    .toFile(path);
  const { backdrop, sha256 } = await readBackground(path);
  const { width, height, data } = backdrop as RgbaImage;
  expect([width, height, data.length]).toEqual([FRAME_SIZE, FRAME_SIZE, FRAME_SIZE * FRAME_SIZE * 4]);
  expect([data[0], data[FRAME_SIZE * 2], data.at(-1)]).toEqual([10, 200, 255]);
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
});

it('refuses what is neither', async () => {
  await expect(readBackground('#12345')).rejects.toMatchObject({ code: 'image-unreadable' });
});

it('divides colour by alpha', () => {
  const frame = Uint8ClampedArray.of(0, 0, 0, 0, 100, 50, 25, 128, 9, 8, 7, 255);
  unpremultiply(frame, frame);
  expect([...frame]).toEqual([0, 0, 0, 0, 199, 100, 50, 128, 9, 8, 7, 255]);
});
