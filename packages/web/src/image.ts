import { checkImageSize, PcTalkError, type RgbaImage } from '@pctalk/core';

/**
 * Decodes a JPEG, PNG or WebP picture with the browser's own decoders: upright (EXIF), in sRGB (embedded profile
 * applied), transparency on white. Runs in pages and workers.
 * @throws image-unreadable for other formats and for damaged or truncated files, image-too-small, image-too-large
 */
export async function decodeImage(file: Blob, name = 'picture'): Promise<RgbaImage> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const format = formatOf(bytes);
  if (format === undefined) throw unreadable(name, bytes.length === 0 ? 'got an empty file' : 'got something else');
  if (!isWhole(bytes, format)) throw unreadable(name, 'got a truncated file');
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(new Blob([bytes], { type: `image/${format}` }), {
      imageOrientation: 'from-image',
    });
  } catch (cause) {
    throw unreadable(name, 'got a damaged file', cause);
  }
  try {
    checkImageSize(name, bitmap.width, bitmap.height);
    return readOnWhite(bitmap);
  } finally {
    bitmap.close();
  }
}

function readOnWhite(bitmap: ImageBitmap): RgbaImage {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' });
  if (context === null)
    throw new PcTalkError(
      'image-too-large',
      `picture: this browser has no canvas of ${width} × ${height}, try a reduced copy`,
    );
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}

type Format = 'jpeg' | 'png' | 'webp';

function formatOf(bytes: Uint8Array): Format | undefined {
  const starts = (text: string, at = 0) => [...text].every((c, i) => bytes[at + i] === c.charCodeAt(0));
  if (starts('\xff\xd8\xff')) return 'jpeg';
  if (starts('\x89PNG\r\n\x1a\n')) return 'png';
  if (starts('RIFF') && starts('WEBP', 8)) return 'webp';
  return undefined;
}

/** Whether the file ends as its format says; browsers draw what they have of a cut one. */
function isWhole(bytes: Uint8Array, format: Format): boolean {
  if (format === 'webp') return bytes.length >= 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  const end = format === 'jpeg' ? [0xff, 0xd9] : [...'IEND'].map((c) => c.charCodeAt(0));
  // Cameras append data of their own after the end marker.
  for (let at = bytes.length - end.length; at >= 0; at--)
    if (end.every((byte, i) => bytes[at + i] === byte)) return true;
  return false;
}

function unreadable(name: string, got: string, cause?: unknown): PcTalkError {
  const message = `${name}: expected a whole JPEG, PNG or WebP picture, ${got}, try saving it again as PNG`;
  return new PcTalkError('image-unreadable', message, { cause });
}
