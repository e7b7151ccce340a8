import { PcTalkError } from './errors.ts';

/** What a source picture may be. */
export const IMAGE_LIMITS = Object.freeze({
  formats: ['jpeg', 'png', 'webp'] as readonly string[],
  /** Shorter side, pixels. */
  minSide: 64,
  /** Width × height. */
  maxPixels: 50_000_000,
});

/**
 * Refuses pictures that are too small to hold a face or too large to hold in memory.
 * @param name the file's name, for the message
 * @throws image-too-small, image-too-large
 */
export function checkImageSize(name: string, width: number, height: number): void {
  const details = { width, height };
  if (Math.min(width, height) < IMAGE_LIMITS.minSide) {
    const message = `${name}: expected at least ${IMAGE_LIMITS.minSide} pixels a side, got ${width} × ${height}, try a larger picture`;
    throw new PcTalkError('image-too-small', message, { details });
  }
  if (width * height > IMAGE_LIMITS.maxPixels) {
    const message = `${name}: expected at most ${IMAGE_LIMITS.maxPixels / 1e6} megapixels, got ${width} × ${height}, try a reduced copy`;
    throw new PcTalkError('image-too-large', message, { details });
  }
}
