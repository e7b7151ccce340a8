import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PcTalkError } from '@pctalk/core';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage, encodePng } from './image.ts';

const GRADIENT = { width: 96, height: 64, data: gradient(96, 64) };

describe('decodeImage', () => {
  it('gives back what encodePng wrote', async () => {
    const image = await decodeImage(await encodePng(GRADIENT));
    expect(image).toEqual(GRADIENT);
  });

  it.each(['jpeg', 'webp'] as const)('reads %s', async (format) => {
    const bytes = await asSharp().toFormat(format, { quality: 100 }).toBuffer();
    const image = await decodeImage(bytes);
    const error = image.data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - GRADIENT.data[i]!)), 0);
    expect(error).toBeLessThan(12);
  });

  it('turns the picture upright as EXIF says', async () => {
    const bytes = await asSharp().withMetadata({ orientation: 6 }).png().toBuffer();
    const image = await decodeImage(bytes);
    expect([image.width, image.height]).toEqual([64, 96]);
    // Orientation 6: the first column of the stored picture, read upwards, is the first row shown.
    expect(image.data[0]).toBe(GRADIENT.data[63 * 96 * 4]);
  });

  it('puts transparency on white and widens grey', async () => {
    const clear = await sharp({ create: { width: 70, height: 70, channels: 4, background: '#10203000' } })
      .png()
      .toBuffer();
    expect([...(await decodeImage(clear)).data.subarray(0, 4)]).toEqual([255, 255, 255, 255]);
    const grey = await asSharp().greyscale().png().toBuffer();
    const { data } = await decodeImage(grey);
    expect(data[40]).toBe(data[41]);
    expect(data).toHaveLength(96 * 64 * 4);
  });

  it.each([
    ['PNG', 'srgb', 'png', 3],
    ['PNG of 16 bits', 'rgb16', 'png', 3],
    ['PNG of 16 bits with transparency', 'rgb16', 'png', 4],
    ['JPEG', 'srgb', 'jpeg', 3],
    ['WebP', 'srgb', 'webp', 4],
  ] as const)('applies the embedded colour profile: %s', async (_, space, format, channels) => {
    const red = { create: { width: 70, height: 70, channels, background: '#c86432' } } as const;
    const wide = await sharp(red).withIccProfile('p3').toColourspace(space).toFormat(format).toBuffer();
    const [r, g, b] = (await decodeImage(wide)).data;
    expect(Math.max(Math.abs(r! - 0xc8), Math.abs(g! - 0x64), Math.abs(b! - 0x32))).toBeLessThan(4); // WebP rounds colours
    const raw = await sharp(wide, { ignoreIcc: true }).raw().toBuffer();
    expect(Math.abs(raw[0]! - 0xc8)).toBeGreaterThan(4);
  });

  it('refuses what is too small, too large, of another format, damaged or absent', async () => {
    const dot = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    await expectCode(decodeImage(dot), 'image-too-small');
    const huge = await sharp({ create: { width: 7100, height: 7100, channels: 3, background: '#fff' } })
      .png({ compressionLevel: 1 })
      .toBuffer();
    await expectCode(decodeImage(huge), 'image-too-large');
    await expectCode(decodeImage(await asSharp().tiff().toBuffer()), 'image-unreadable');
    await expectCode(decodeImage(new TextEncoder().encode('not a picture')), 'image-unreadable');
    await expectCode(decodeImage(new Uint8Array()), 'image-unreadable');
    await expectCode(decodeImage('/nonexistent/face.jpg'), 'image-unreadable');
  });

  it.skipIf(!existsSync('/dev/zero'))('refuses what never ends, unopened', async () => {
    await expectCode(decodeImage('/dev/zero'), 'image-unreadable');
    const folder = mkdtempSync(join(tmpdir(), 'pctalk-test-'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await expectCode(decodeImage(join(folder, 'pipe')), 'image-unreadable');
    rmSync(folder, { recursive: true });
  });

  it.each(['jpeg', 'png', 'webp'] as const)('refuses a truncated %s', async (format) => {
    const bytes = await noise().toFormat(format).toBuffer();
    await expectCode(decodeImage(bytes.subarray(0, bytes.length * 0.6)), 'image-unreadable');
    await expectCode(decodeImage(bytes.subarray(0, bytes.length - 20)), 'image-unreadable');
  });
});

async function expectCode(promise: Promise<unknown>, code: string): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PcTalkError);
  expect((error as PcTalkError).code).toBe(code);
  expect((error as PcTalkError).message).toMatch(/expected .*, try /);
}

function gradient(width: number, height: number): Uint8ClampedArray {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    data.set([2 * x + 20, 3 * y + 10, x + y, 255], i * 4);
  }
  return data;
}

function asSharp(): sharp.Sharp {
  return sharp(GRADIENT.data, { raw: { width: 96, height: 64, channels: 4 } }).removeAlpha();
}

function noise(): sharp.Sharp {
  const data = Uint8Array.from({ length: 200 * 150 * 3 }, (_, i) => (i * 2654435761) >>> 24);
  return sharp(data, { raw: { width: 200, height: 150, channels: 3 } });
}
