import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LipCurves } from '@pctalk/core';

/** A clip whose lips are known frame by frame. */
export interface TracedClip {
  readonly id: string;
  /** 16 kHz mono, −1 … 1. */
  readonly samples: Float32Array;
  /** `[frames × 9]`: opening, width, protrusion as the face's measures, then the six linear measures of the mouth, U. */
  readonly rows: Float32Array;
}

/** Numbers a row of a trace has, and where the linear measures begin. */
export const TRACE_WIDTH = 9;
/** Column of a trace from which the six linear measures stand. */
export const TRACE_MEASURES = 3;

/** A trace from curves and measures of the same frames. @param measures `[frames × 6]` */
export function traceOf(curves: LipCurves, measures: Float32Array): Float32Array {
  const frames = Math.min(curves.opening.length, measures.length / 6);
  const rows = new Float32Array(frames * TRACE_WIDTH);
  for (let t = 0; t < frames; t++) {
    rows.set([curves.opening[t]!, curves.width[t]!, curves.protrusion[t]!], t * TRACE_WIDTH);
    rows.set(measures.subarray(t * 6, t * 6 + 6), t * TRACE_WIDTH + TRACE_MEASURES);
  }
  return rows;
}

/** Writes a trace `[frames × 9]`, little-endian float32; folders are made. */
export function writeTrace(path: string, rows: Float32Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, rows);
}

/** The trace of a clip as step 1 wrote it; undefined where there is none. */
export function readTrace(folder: string, set: string, id: string): Float32Array | undefined {
  const path = join(folder, set, `${id}.f32`);
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
