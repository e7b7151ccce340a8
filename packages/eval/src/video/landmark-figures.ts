import { LIP_ROWS, PLACES } from '@pctalk/core';
import type { Box } from './picture-distance.ts';

const LIPS = [...new Set([...LIP_ROWS.upper, ...LIP_ROWS.lower].flat())];
/** Places that speech does not move: eye corners, bridge and base of the nose, forehead. */
export const STATIC_PLACES: readonly number[] = [33, 133, 263, 362, 6, 168, 197, 195, 2, 98, 327, 10, 151];
/** Room around the lips and chin, U. */
const BOX_ROOM = 0.35;

/** Distance of the outer eye corners, pixels. */
export function unitOf(points: Float32Array): number {
  return Math.hypot(
    points[33 * 3]! - points[263 * 3]!,
    points[33 * 3 + 1]! - points[263 * 3 + 1]!,
    points[33 * 3 + 2]! - points[263 * 3 + 2]!,
  );
}

/** Mean distance of the lip landmarks of two tracks of one frame, in the picture plane, U. */
export function lipDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (const v of LIPS) sum += Math.hypot(a[v * 3]! - b[v * 3]!, a[v * 3 + 1]! - b[v * 3 + 1]!);
  return sum / LIPS.length / unitOf(a);
}

/** Gap between the inner lips, U. */
export function lipGap(points: Float32Array): number {
  const [a, b] = [PLACES.upperLipInner * 3, PLACES.lowerLipInner * 3];
  return Math.hypot(points[a]! - points[b]!, points[a + 1]! - points[b + 1]!) / unitOf(points);
}

/** Box around lips and chin, with the skin they pull along. */
export function mouthBox(points: Float32Array, width: number, height: number): Box {
  let [left, right, top, bottom] = [Number.POSITIVE_INFINITY, -Infinity, Number.POSITIVE_INFINITY, -Infinity];
  for (const v of [...LIPS, PLACES.chin]) {
    left = Math.min(left, points[v * 3]!);
    right = Math.max(right, points[v * 3]!);
    top = Math.min(top, points[v * 3 + 1]!);
    bottom = Math.max(bottom, points[v * 3 + 1]!);
  }
  const room = BOX_ROOM * unitOf(points);
  return {
    left: Math.max(0, Math.floor(left - room)),
    right: Math.min(width, Math.ceil(right + room)),
    top: Math.max(0, Math.floor(top - room)),
    bottom: Math.min(height, Math.ceil(bottom + room)),
  };
}

/** Trembling of places that speech does not move: root mean square of second differences over time, pixels. */
export function staticJitter(frames: readonly (Float32Array | undefined)[]): number {
  let sum = 0;
  let count = 0;
  for (let f = 1; f + 1 < frames.length; f++) {
    const [a, b, c] = [frames[f - 1], frames[f], frames[f + 1]];
    if (!a || !b || !c) continue;
    for (const v of STATIC_PLACES) {
      for (let i = v * 3; i < v * 3 + 2; i++) {
        sum += (a[i]! - 2 * b[i]! + c[i]!) ** 2;
        count++;
      }
    }
  }
  return Math.sqrt(sum / count);
}

/** Standard deviation. */
export function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
