import type { RgbaImage } from '@pctalk/core';

/** The picture itself, or reduced so that its longer side is `maxSide` pixels; new memory then. */
export async function limitImage(image: RgbaImage, maxSide: number): Promise<RgbaImage> {
  const { width, height, data } = image;
  if (Math.max(width, height) <= maxSide) return image;
  const { default: sharp } = await import('sharp');
  const reduced = await sharp(data, { raw: { width, height, channels: 4 } })
    .resize(maxSide, maxSide, { fit: 'inside' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const pixels = new Uint8ClampedArray(
    reduced.data.buffer as ArrayBuffer,
    reduced.data.byteOffset,
    reduced.data.length,
  );
  return { width: reduced.info.width, height: reduced.info.height, data: pixels };
}
