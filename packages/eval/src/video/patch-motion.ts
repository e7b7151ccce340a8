import type { I420Image } from '@pctalk/core';

/** Steps of the search, and the way below which it ends, pixels. */
const STEPS = 6;
const CONVERGED = 0.005;
/** Further than this between two frames a patch is lost, pixels. */
const MOST_WAY = 12;

/**
 * How far the brightness around a place moves from one frame to the next, whatever else changes in the picture: the shift
 * d that minimises Σ (next(x + d) − frame(x))² over a square.
 * @param reach half the square's side, pixels. @returns [right, down], pixels; undefined where it has no hold or is lost
 * @source Lucas, Kanade 1981
 */
export function patchMotion(
  frame: I420Image,
  next: I420Image,
  x: number,
  y: number,
  reach: number,
): readonly [number, number] | undefined {
  const { width, height } = frame;
  const [left, top] = [Math.round(x) - reach, Math.round(y) - reach];
  const side = 2 * reach + 1;
  if (left < 1 || top < 1 || left + side >= width - 1 || top + side >= height - 1) return undefined;
  let [xx, xy, yy] = [0, 0, 0];
  const count = side * side;
  const gx = new Float64Array(count);
  const gy = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const p = (top + Math.floor(k / side)) * width + left + (k % side);
    gx[k] = (frame.data[p + 1]! - frame.data[p - 1]!) / 2;
    gy[k] = (frame.data[p + width]! - frame.data[p - width]!) / 2;
    xx += gx[k]! ** 2;
    xy += gx[k]! * gy[k]!;
    yy += gy[k]! ** 2;
  }
  const determinant = xx * yy - xy * xy;
  if (determinant < count ** 2) return undefined; // Flat, or an edge along which it may slide.
  let [u, v] = [0, 0];
  for (let step = 0; step < STEPS; step++) {
    let [bx, by] = [0, 0];
    for (let k = 0; k < count; k++) {
      const px = left + (k % side);
      const py = top + Math.floor(k / side);
      const change = lumaAt(next, px + u, py + v) - frame.data[py * width + px]!;
      bx -= gx[k]! * change;
      by -= gy[k]! * change;
    }
    const [du, dv] = [(yy * bx - xy * by) / determinant, (xx * by - xy * bx) / determinant];
    u += du;
    v += dv;
    if (!(Math.hypot(u, v) < MOST_WAY)) return undefined;
    if (Math.hypot(du, dv) < CONVERGED) break;
  }
  return [u, v];
}

function lumaAt({ width, height, data }: I420Image, x: number, y: number): number {
  const cx = Math.max(0, Math.min(width - 1.001, x));
  const cy = Math.max(0, Math.min(height - 1.001, y));
  const [x0, y0] = [Math.floor(cx), Math.floor(cy)];
  const p = y0 * width + x0;
  const top = data[p]! + (cx - x0) * (data[p + 1]! - data[p]!);
  const bottom = data[p + width]! + (cx - x0) * (data[p + width + 1]! - data[p + width]!);
  return top + (cy - y0) * (bottom - top);
}

/** Ways of several places from frame to frame; undefined where one was lost. */
export type PatchWays = readonly (readonly [number, number] | undefined)[];

/** Trembling of patches: root mean square change of their ways from frame to frame, pixels, over those known in both takes. */
export function patchTrembling(takes: readonly (readonly PatchWays[])[]): number[] {
  const sums = takes.map(() => 0);
  for (let f = 1; f < Math.min(...takes.map((ways) => ways.length)); f++) {
    for (const place of takes[0]![f]!.keys()) {
      const pairs = takes.map((ways) => [ways[f - 1]![place], ways[f]![place]] as const);
      if (pairs.some(([a, b]) => a === undefined || b === undefined)) continue;
      for (const [t, [a, b]] of pairs.entries()) sums[t]! += (b![0] - a![0]) ** 2 + (b![1] - a![1]) ** 2;
    }
  }
  return sums.map(Math.sqrt);
}
