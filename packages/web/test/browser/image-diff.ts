import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

/** Where pictures of failures go; git ignores it. */
const FOLDER = fileURLToPath(new URL('../../../../out/browser/', import.meta.url));
const GAIN = 16;

/**
 * Writes two pictures and their difference, 16 times as strong, side by side.
 * @param a RGBA `[side × side × 4]`
 * @returns the file's path
 */
export async function writeImageDiff(name: string, a: Uint8Array, b: Uint8Array, side: number): Promise<string> {
  const difference = Buffer.alloc(a.length);
  for (let i = 0; i < a.length; i++) difference[i] = i % 4 === 3 ? 255 : Math.min(255, GAIN * Math.abs(a[i]! - b[i]!));
  const raw = { width: side, height: side, channels: 4 } as const;
  await mkdir(FOLDER, { recursive: true });
  const path = join(FOLDER, `${name}.png`);
  await sharp({ create: { width: 3 * side, height: side, channels: 4, background: 'black' } })
    .composite([a, b, difference].map((input, k) => ({ input: Buffer.from(input), raw, left: k * side, top: 0 })))
    .png()
    .toFile(path);
  return path;
}
