import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PHONE_CLASSES, PHONE_INDEX } from '@pctalk/core';
import { readClips, type SpeechClip } from '../clip-store.ts';
import type { PhoneSpan } from '../phone-tables.ts';
import { RECOGNISER_CENTRE, RECOGNISER_HOP, RECOGNISER_WIDTH } from './recogniser.ts';

/** A clip and what the recogniser made of it. */
export interface HeardClip extends SpeechClip {
  /** `[rows × 288]` */
  readonly heard: Float32Array;
}

/** Clips of a set that step 2 has heard. */
export function readHeardClips(data: string, set: string): HeardClip[] {
  return readClips(data, set).flatMap((clip) => {
    const path = join(data, set, `${clip.id}.heard`);
    if (!existsSync(path)) return [];
    const bytes = readFileSync(path);
    return [
      { ...clip, heard: new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)) },
    ];
  });
}

/** Rows beside the one in question that the classifier sees, and all of them together. */
const REACH = 3;
/** Length of a row with its neighbours, as the teacher hears it. */
export const WINDOW_WIDTH = (2 * REACH + 1) * RECOGNISER_WIDTH;

/** Copies the rows around `row` to `out`; before and after the clip its first and last row go on. */
export function copyWindow(heard: Float32Array, row: number, out: Float32Array): void {
  const rows = heard.length / RECOGNISER_WIDTH;
  for (let d = -REACH; d <= REACH; d++) {
    const from = Math.min(rows - 1, Math.max(0, row + d)) * RECOGNISER_WIDTH;
    out.set(heard.subarray(from, from + RECOGNISER_WIDTH), (d + REACH) * RECOGNISER_WIDTH);
  }
}

/** Where row k begins and ends, seconds. */
export function rowTimes(row: number): readonly [start: number, end: number] {
  const centre = RECOGNISER_CENTRE + row * RECOGNISER_HOP;
  return [(centre - RECOGNISER_HOP / 2) / 16000, (centre + RECOGNISER_HOP / 2) / 16000];
}

/** Share of each class in each row `[rows × 26]`; time that no sound covers is silence. */
export function rowLabels(spans: readonly PhoneSpan[], rows: number): Float32Array {
  const width = PHONE_CLASSES.length;
  const labels = new Float32Array(rows * width);
  const seconds = RECOGNISER_HOP / 16000;
  for (const { start, end, phone } of spans) {
    const first = Math.max(0, Math.floor((start * 16000 - RECOGNISER_CENTRE) / RECOGNISER_HOP));
    for (let row = first; row < rows; row++) {
      const [from, to] = rowTimes(row);
      if (from >= end) break;
      labels[row * width + PHONE_INDEX[phone]]! += Math.max(0, Math.min(end, to) - Math.max(start, from)) / seconds;
    }
  }
  for (let row = 0; row < rows; row++) {
    const said = labels.subarray(row * width, (row + 1) * width).reduce((sum, x) => sum + x, 0);
    labels[row * width + PHONE_INDEX.SIL]! += Math.max(0, 1 - said);
  }
  return labels;
}
