import type { FaceRegion } from '../../face/face-region.ts';
import { DETECTOR_SIZE } from './network.ts';

/** A face as the detector sees it, pixels of the picture. */
export interface RawDetection {
  /** Left, top, right, bottom of the upright box, then x, y of six points: right eye, left eye, nose, mouth, ears. */
  readonly values: Float32Array;
  /** 0–1. */
  readonly score: number;
}

/** Numbers per detection: 2 corners and 6 key points. */
const VALUES = 16;
const LOGIT_LIMIT = 100;
const ANCHORS = anchors();

/** Centres of the 896 anchors `[896 × 2]`, 0–1: 2 per cell of 16 × 16, 6 per cell of 8 × 8. */
function anchors(): Float32Array {
  const centres: number[] = [];
  for (const [cells, perCell] of [
    [16, 2],
    [8, 6],
  ] as const) {
    for (let i = 0; i < cells * cells * perCell; i++) {
      const cell = Math.floor(i / perCell);
      centres.push(((cell % cells) + 0.5) / cells, (Math.floor(cell / cells) + 0.5) / cells);
    }
  }
  return Float32Array.from(centres);
}

/**
 * Reads the detections out of the network's answer and carries them into the picture.
 * @param boxes `[896 × 16]` · @param logits `[896]` · @param region the part of the picture that the network saw.
 * @source google-ai-edge/mediapipe face_detection_short_range_common.pbtxt
 */
export function decodeDetections(
  boxes: Float32Array,
  logits: Float32Array,
  region: FaceRegion,
  minScore: number,
): RawDetection[] {
  const found: RawDetection[] = [];
  for (let i = 0; i < logits.length; i++) {
    const logit = Math.max(-LOGIT_LIMIT, Math.min(LOGIT_LIMIT, logits[i]!));
    const score = 1 / (1 + Math.exp(-logit));
    if (score < minScore) continue;
    found.push({ values: decodeOne(boxes.subarray(i * VALUES, (i + 1) * VALUES), i, region), score });
  }
  return found;
}

function decodeOne(raw: Float32Array, anchor: number, region: FaceRegion): Float32Array {
  const anchorX = ANCHORS[anchor * 2]!;
  const anchorY = ANCHORS[anchor * 2 + 1]!;
  const cos = Math.cos(region.rotation) * region.size;
  const sin = Math.sin(region.rotation) * region.size;
  const values = new Float32Array(VALUES);
  for (let k = 0; k < VALUES; k += 2) {
    if (k === 2) continue;
    const u = raw[k]! / DETECTOR_SIZE + anchorX - 0.5;
    const v = raw[k + 1]! / DETECTOR_SIZE + anchorY - 0.5;
    values[k] = region.centerX + cos * u - sin * v;
    values[k + 1] = region.centerY + sin * u + cos * v;
  }
  const halfWidth = ((raw[2]! / DETECTOR_SIZE) * region.size) / 2;
  const halfHeight = ((raw[3]! / DETECTOR_SIZE) * region.size) / 2;
  const [x, y] = values as unknown as [number, number];
  values.set([x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight]);
  return values;
}

/**
 * Merges detections of the same face: each group that overlaps its best by more than `minOverlap` becomes its mean,
 * weighted by score. Best first.
 */
export function mergeDetections(detections: readonly RawDetection[], minOverlap = 0.3): RawDetection[] {
  let rest = [...detections].sort((a, b) => b.score - a.score);
  const merged: RawDetection[] = [];
  while (rest.length > 0) {
    const best = rest[0]!;
    const group = rest.filter((other) => other === best || overlap(best.values, other.values) > minOverlap);
    rest = rest.filter((other) => !group.includes(other));
    const total = group.reduce((sum, one) => sum + one.score, 0);
    const values = new Float32Array(VALUES);
    for (const one of group) for (let k = 0; k < VALUES; k++) values[k]! += (one.values[k]! * one.score) / total;
    merged.push({ values, score: best.score });
  }
  return merged;
}

/** Intersection over union of two boxes. */
function overlap(a: Float32Array, b: Float32Array): number {
  const width = Math.min(a[2]!, b[2]!) - Math.max(a[0]!, b[0]!);
  const height = Math.min(a[3]!, b[3]!) - Math.max(a[1]!, b[1]!);
  if (width <= 0 || height <= 0) return 0;
  const both = width * height;
  return both / ((a[2]! - a[0]!) * (a[3]! - a[1]!) + (b[2]! - b[0]!) * (b[3]! - b[1]!) - both);
}
