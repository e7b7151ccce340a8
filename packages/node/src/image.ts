import { checkImageSize, IMAGE_LIMITS, PcTalkError, type RgbaImage } from '@pctalk/core';
import type { Metadata, Sharp } from 'sharp';
import { isVideoFile } from './is-video-file.ts';
import { plainFileSize, readInput } from './read-input.ts';
import { type TidyJpeg, tidyJpeg } from './tidy-jpeg.ts';

/** What the decoder remarks on and every viewer overlooks: no pixel depends on it. */
const OVERLOOKED = /extraneous bytes before marker|inconsistent progression|exif|icc|profile/i;

/**
 * Decodes a JPEG, PNG or WebP picture, upright (EXIF), in sRGB (embedded profile applied), transparency on white. A JPEG
 * may have flaws that touch no pixel (see `tidyJpeg`).
 * @param source bytes of the file, or its path. @param name of bytes, in messages.
 * @throws `image-unreadable` for other formats and for damaged or truncated files, `image-too-small`, `image-too-large`.
 */
export async function decodeImage(
  source: Uint8Array | string,
  name = typeof source === 'string' ? source : 'picture',
): Promise<RgbaImage> {
  const bytes = typeof source === 'string' ? await readImageFile(source) : source;
  try {
    return await decodeWhole(name, bytes, 'warning');
  } catch (error) {
    const tidied = isUnreadable(error) ? tidyJpeg(bytes) : undefined;
    const image = tidied && (await decodeTidied(name, tidied).catch(() => undefined));
    if (image === undefined) throw error;
    return image;
  }
}

/** Decodes a JPEG whose harmless flaws are mended; undefined if a part of its last scan is missing. */
async function decodeTidied(name: string, { bytes, probe }: TidyJpeg): Promise<RgbaImage | undefined> {
  const image = await decodeWhole(name, bytes, 'warning').catch((error) => {
    if (OVERLOOKED.test(String(error.cause?.message))) return decodeWhole(name, bytes, 'error');
    throw error;
  });
  if (probe === undefined) return image;
  const { data } = await decodeWhole(name, probe, 'error');
  return data.every((value, i) => value === image.data[i]) ? image : undefined;
}

/** Decodes a picture that has at most the flaws that are let through. */
async function decodeWhole(name: string, bytes: Uint8Array, failOn: 'warning' | 'error'): Promise<RgbaImage> {
  const picture = await open(name, bytes, failOn);
  try {
    const { data, info } = await picture
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const pixels = new Uint8ClampedArray(data.buffer as ArrayBuffer, data.byteOffset, data.length);
    return { width: info.width, height: info.height, data: pixels };
  } catch (cause) {
    throw unreadable(name, 'got a damaged or truncated file', cause);
  }
}

function isUnreadable(error: unknown): error is PcTalkError {
  return error instanceof PcTalkError && error.code === 'image-unreadable';
}

/**
 * Reads a picture's file, undecoded.
 * @param forClips what to do with a clip instead
 * @throws `image-unreadable`
 */
export async function readImageFile(path: string, forClips = 'save one of its frames as PNG'): Promise<Uint8Array> {
  const fail = (got: string, cause?: unknown) => unreadable(path, got, cause);
  await plainFileSize(path, fail);
  if (await isVideoFile(path)) {
    const message = `${path}: expected a JPEG, PNG or WebP picture, got a clip; ${forClips}`;
    throw new PcTalkError('image-unreadable', message);
  }
  return readInput(path, fail);
}

/** Encodes a picture as PNG. */
export async function encodePng(image: RgbaImage): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  const { width, height, data } = image;
  return sharp(data, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer();
}

/** Reads the header and checks it. */
async function open(name: string, bytes: Uint8Array, failOn: 'warning' | 'error'): Promise<Sharp> {
  const { default: sharp } = await import('sharp');
  let picture: Sharp;
  let header: Metadata;
  try {
    // The number of pixels is checked against the header, with a message of our own.
    picture = sharp(bytes, { failOn, limitInputPixels: false });
    header = await picture.metadata();
  } catch (cause) {
    throw unreadable(name, 'got something else or an empty file', cause);
  }
  checkHeader(name, header);
  // The profile of 16 bits is only applied on the way to a named one.
  return header.space === 'rgb16' && header.hasProfile ? picture.withIccProfile('srgb') : picture;
}

function checkHeader(name: string, { format, width = 0, height = 0 }: Metadata): void {
  if (!IMAGE_LIMITS.formats.includes(format ?? '')) throw unreadable(name, `got ${format ?? 'something else'}`);
  checkImageSize(name, width, height);
}

function unreadable(name: string, got: string, cause?: unknown): PcTalkError {
  const message = `${name}: expected a whole JPEG, PNG or WebP picture, ${got}, try saving it again as PNG`;
  return new PcTalkError('image-unreadable', message, { cause });
}
