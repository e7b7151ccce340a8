import type { FaceRegion } from './face-region.ts';

/**
 * Carries points of the picture into a crop.
 * @param points `[K × 3]`, pixels of the picture. @param size side of the crop, pixels. @param out `[K × 3]`, pixels of the
 * crop, depth in the same unit; may be `points`.
 */
export function pictureToCrop(points: Float32Array, region: FaceRegion, size: number, out: Float32Array): void {
  const k = size / region.size;
  const cos = Math.cos(region.rotation) * k;
  const sin = Math.sin(region.rotation) * k;
  for (let i = 0; i < points.length; i += 3) {
    const x = points[i]! - region.centerX;
    const y = points[i + 1]! - region.centerY;
    out[i] = size / 2 + cos * x + sin * y;
    out[i + 1] = size / 2 + cos * y - sin * x;
    out[i + 2] = k * points[i + 2]!;
  }
}

/** The inverse of `pictureToCrop`. */
export function cropToPicture(points: Float32Array, region: FaceRegion, size: number, out: Float32Array): void {
  const k = region.size / size;
  const cos = Math.cos(region.rotation) * k;
  const sin = Math.sin(region.rotation) * k;
  for (let i = 0; i < points.length; i += 3) {
    const u = points[i]! - size / 2;
    const v = points[i + 1]! - size / 2;
    out[i] = region.centerX + cos * u - sin * v;
    out[i + 1] = region.centerY + sin * u + cos * v;
    out[i + 2] = k * points[i + 2]!;
  }
}
