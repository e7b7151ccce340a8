import { FRAME_SIZE } from './renderer.ts';

/** Share of each pixel that a polygon covers, over the polygon's box; reused from frame to frame. */
export interface Coverage {
  left: number;
  top: number;
  width: number;
  height: number;
  /** `[height × width]`, 0–1. */
  readonly values: Float32Array;
  readonly accumulated: Float32Array;
}

/** Coverage storage for polygons of up to `maxPixels` pixels of box. */
export function createCoverage(maxPixels: number): Coverage {
  return {
    left: 0,
    top: 0,
    width: 0,
    height: 0,
    values: new Float32Array(maxPixels),
    accumulated: new Float32Array(maxPixels + 2),
  };
}

/**
 * Exact area coverage of a closed polygon by accumulation of signed trapezoids. A polygon (or a part) that turns the
 * other way covers nothing, so that an opening whose rims have crossed is shut.
 * @param points `[count × 2]` pixels, clockwise on screen.
 * @returns whether anything is covered.
 * @source R. Levien, font-rs (accumulation buffer)
 */
export function coverPolygon(points: Float32Array, count: number, out: Coverage): boolean {
  let minX = FRAME_SIZE;
  let minY = FRAME_SIZE;
  let maxX = 0;
  let maxY = 0;
  for (let i = 0; i < count; i++) {
    minX = Math.min(minX, points[i * 2]!);
    maxX = Math.max(maxX, points[i * 2]!);
    minY = Math.min(minY, points[i * 2 + 1]!);
    maxY = Math.max(maxY, points[i * 2 + 1]!);
  }
  out.left = Math.max(0, Math.floor(minX));
  out.top = Math.max(0, Math.floor(minY));
  out.width = Math.min(FRAME_SIZE, Math.ceil(maxX)) - out.left;
  out.height = Math.min(FRAME_SIZE, Math.ceil(maxY)) - out.top;
  const size = out.width * out.height;
  if (out.width <= 0 || out.height <= 0 || size > out.values.length) {
    out.width = 0;
    out.height = 0;
    return false;
  }
  out.accumulated.fill(0, 0, size + 2);
  for (let i = 0; i < count; i++) {
    const j = i + 1 === count ? 0 : i + 1;
    addEdge(
      points[i * 2]! - out.left,
      points[i * 2 + 1]! - out.top,
      points[j * 2]! - out.left,
      points[j * 2 + 1]! - out.top,
      out,
    );
  }
  return integrate(out);
}

function integrate(out: Coverage): boolean {
  let any = false;
  for (let y = 0; y < out.height; y++) {
    let sum = 0;
    for (let i = y * out.width; i < (y + 1) * out.width; i++) {
      sum += out.accumulated[i]!;
      const value = sum < 0 ? 0 : Math.min(sum, 1);
      out.values[i] = value;
      if (value > 0.002) any = true;
    }
  }
  return any;
}

/** Adds one edge: its height in each row goes to the pixel it crosses and the one to the right, by area. */
function addEdge(x0: number, y0: number, x1: number, y1: number, out: Coverage): void {
  if (y0 === y1) return;
  const direction = y0 < y1 ? -1 : 1;
  const topX = y0 < y1 ? x0 : x1;
  const topY = Math.min(y0, y1);
  const bottomY = Math.max(y0, y1);
  const slope = (x1 - x0) / (y1 - y0);
  const a = out.accumulated;
  const lastRow = Math.min(out.height, Math.ceil(bottomY));
  for (let y = Math.max(0, Math.floor(topY)); y < lastRow; y++) {
    const from = Math.max(topY, y);
    const to = Math.min(bottomY, y + 1);
    const dy = (to - from) * direction;
    if (dy === 0) continue;
    const xa = Math.min(out.width, Math.max(0, topX + (from - topY) * slope));
    const xb = Math.min(out.width, Math.max(0, topX + (to - topY) * slope));
    const left = Math.min(xa, xb);
    const right = Math.max(xa, xb);
    const row = y * out.width;
    const first = Math.floor(left);
    const last = Math.ceil(right);
    if (last <= first + 1) {
      const share = (left + right) / 2 - first;
      a[row + first]! += dy * (1 - share);
      if (first + 1 < out.width) a[row + first + 1]! += dy * share;
      continue;
    }
    const inverse = 1 / (right - left);
    let before = 0;
    for (let i = first; i <= last && i < out.width; i++) {
      const upTo = areaLeftOf(i + 1, left, right) * inverse;
      a[row + i]! += dy * (upTo - before);
      before = upTo;
    }
  }
}

/** Mean over pixel [x − 1, x] of the length of [left, right] that has been passed. */
function areaLeftOf(x: number, left: number, right: number): number {
  return passedIntegral(x, left, right) - passedIntegral(x - 1, left, right);
}

function passedIntegral(x: number, left: number, right: number): number {
  if (x <= left) return 0;
  if (x <= right) return ((x - left) * (x - left)) / 2;
  return (right - left) * (x - (left + right) / 2);
}
