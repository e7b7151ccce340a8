import { cropImage } from '../face/crop-image.ts';
import type { FaceRegion } from '../face/face-region.ts';
import type { RgbaImage } from '../image.ts';
import { FRAME_SIZE } from './renderer.ts';
import type { PixelRect } from './texture-patch.ts';

/** Difference of a channel from which a pixel of a reduced window counts as moved. */
const MOVED = 24;

/** Whether the window lies on the picture's own pixels. */
export function isNative(window: FaceRegion): boolean {
  return window.size === FRAME_SIZE && window.rotation === 0;
}

/** Copies the window out of the picture, reduced where it is larger; beyond the picture its edge goes on. @param out `[512 × 512 × 4]`. */
export function cutWindow(picture: RgbaImage, window: FaceRegion, out: Uint8ClampedArray): void {
  if (!isNative(window)) {
    out.set(cropImage(picture, window, FRAME_SIZE).data);
    return;
  }
  const { width, height, data } = picture;
  const left = window.centerX - FRAME_SIZE / 2;
  const top = window.centerY - FRAME_SIZE / 2;
  const from = Math.min(FRAME_SIZE, Math.max(0, -left));
  const to = Math.max(from, Math.min(FRAME_SIZE, width - left));
  for (let y = 0; y < FRAME_SIZE; y++) {
    const row = Math.min(height - 1, Math.max(0, top + y)) * width;
    const at = y * FRAME_SIZE;
    if (to > from) out.set(data.subarray((row + left + from) * 4, (row + left + to) * 4), (at + from) * 4);
    for (let x = 0; x < FRAME_SIZE; x++) {
      if (x >= from && x < to) {
        x = to - 1;
        continue;
      }
      const p = (row + Math.min(width - 1, Math.max(0, left + x))) * 4;
      out.set(data.subarray(p, p + 4), (at + x) * 4);
    }
  }
}

/**
 * Puts a rectangle of the drawn window back. On the picture's own pixels they are copied; a reduced window's change is
 * carried over instead, as `createPasteBack` does, so that what does not move keeps the picture's detail.
 * @param before what `cutWindow` gave. @param drawn the same after drawing, both `[512 × 512 × 4]`.
 */
export function pasteWindow(
  picture: RgbaImage,
  window: FaceRegion,
  before: Uint8ClampedArray,
  drawn: Uint8ClampedArray,
  rect: PixelRect,
): void {
  if (isNative(window)) pasteCopy(picture, window, drawn, rect);
  else pasteChange(picture, window, before, drawn, rect);
}

function pasteCopy(picture: RgbaImage, window: FaceRegion, drawn: Uint8ClampedArray, rect: PixelRect): void {
  const { width, height, data } = picture;
  const left = window.centerX - FRAME_SIZE / 2;
  const top = window.centerY - FRAME_SIZE / 2;
  const x0 = Math.max(rect.left, -left);
  const x1 = Math.min(rect.right, width - left);
  if (x1 <= x0) return;
  for (let y = Math.max(rect.top, -top); y < Math.min(rect.bottom, height - top); y++) {
    const from = (y * FRAME_SIZE + x0) * 4;
    data.set(drawn.subarray(from, from + (x1 - x0) * 4), ((top + y) * width + left + x0) * 4);
  }
}

/** P + (F − C) − m (P − C), F and C sampled bilinearly, m = min(1, |F − C| / 24). */
function pasteChange(
  picture: RgbaImage,
  window: FaceRegion,
  before: Uint8ClampedArray,
  drawn: Uint8ClampedArray,
  rect: PixelRect,
): void {
  const { width, height, data } = picture;
  const k = FRAME_SIZE / window.size;
  const left = window.centerX - window.size / 2;
  const top = window.centerY - window.size / 2;
  const x1 = Math.min(width, Math.ceil(left + rect.right / k));
  const y1 = Math.min(height, Math.ceil(top + rect.bottom / k));
  const f = [0, 0, 0];
  const c = [0, 0, 0];
  for (let y = Math.max(0, Math.floor(top + rect.top / k)); y < y1; y++) {
    const v = Math.min(FRAME_SIZE - 1.001, Math.max(0, (y + 0.5 - top) * k - 0.5));
    for (let x = Math.max(0, Math.floor(left + rect.left / k)); x < x1; x++) {
      const u = Math.min(FRAME_SIZE - 1.001, Math.max(0, (x + 0.5 - left) * k - 0.5));
      const p = (Math.floor(v) * FRAME_SIZE + Math.floor(u)) * 4;
      const fx = u - Math.floor(u);
      const fy = v - Math.floor(v);
      const at = (y * width + x) * 4;
      let most = 0;
      for (let i = 0; i < 3; i++) {
        f[i] = sample(drawn, p + i, fx, fy);
        c[i] = sample(before, p + i, fx, fy);
        most = Math.max(most, Math.abs(f[i]! - c[i]!));
      }
      const moved = Math.min(1, most / MOVED);
      for (let i = 0; i < 3; i++) data[at + i] = data[at + i]! + f[i]! - c[i]! - moved * (data[at + i]! - c[i]!);
    }
  }
}

function sample(image: Uint8ClampedArray, p: number, fx: number, fy: number): number {
  const q = p + FRAME_SIZE * 4;
  const upper = image[p]! + fx * (image[p + 4]! - image[p]!);
  const lower = image[q]! + fx * (image[q + 4]! - image[q]!);
  return upper + fy * (lower - upper);
}
