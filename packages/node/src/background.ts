import { FRAME_SIZE, type RendererOptions, type RgbaImage } from '@pctalk/core';
import { hashBytes } from './consent.ts';
import { decodeImage, readImageFile } from './image.ts';

/** What lies behind the person, and the file it was read from. */
export interface Background {
  readonly backdrop: NonNullable<RendererOptions['backdrop']>;
  /** SHA-256 of the picture's file, hex. */
  readonly sha256?: string | undefined;
}

const NAMED: Readonly<Record<string, string>> = { black: '#000000', white: '#ffffff' };

/**
 * Reads a background as users name it: 'transparent', a colour (#rgb, #rrggbb, black, white) or a picture's path. A picture
 * fills the frame, its middle in the middle.
 * @throws image-unreadable, image-too-small, image-too-large
 */
export async function readBackground(text: string): Promise<Background> {
  if (text === 'transparent') return { backdrop: 'transparent' };
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(NAMED[text] ?? text)?.[1];
  if (hex !== undefined) return { backdrop: plain(hex) };
  const bytes = await readImageFile(text);
  return { backdrop: await fillFrame(await decodeImage(bytes, text)), sha256: hashBytes(bytes) };
}

function plain(hex: string): RgbaImage {
  const digits = hex.length === 3 ? [...hex].map((digit) => digit + digit) : (hex.match(/../g) ?? []);
  const colour = [...digits.map((pair) => Number.parseInt(pair, 16)), 255];
  const data = Uint8ClampedArray.from({ length: FRAME_SIZE * FRAME_SIZE * 4 }, (_, i) => colour[i % 4]!);
  return { width: FRAME_SIZE, height: FRAME_SIZE, data };
}

async function fillFrame({ width, height, data }: RgbaImage): Promise<RgbaImage> {
  const { default: sharp } = await import('sharp');
  const filled = await sharp(data, { raw: { width, height, channels: 4 } })
    .resize(FRAME_SIZE, FRAME_SIZE, { fit: 'cover' })
    .raw()
    .toBuffer();
  return { width: FRAME_SIZE, height: FRAME_SIZE, data: new Uint8ClampedArray(filled) };
}

/** Colour divided by alpha, as files keep it. @param frame RGBA, premultiplied. @param out may be `frame`. */
export function unpremultiply(frame: Uint8ClampedArray, out: Uint8ClampedArray): void {
  for (let i = 0; i < frame.length; i += 4) {
    const alpha = frame[i + 3]!;
    const gain = alpha === 0 ? 0 : 255 / alpha;
    for (let c = i; c < i + 3; c++) out[c] = frame[c]! * gain;
    out[i + 3] = alpha;
  }
}
