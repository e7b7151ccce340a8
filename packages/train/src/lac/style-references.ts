/** References a style is read off: 4 s of other speech in the same style. */
import { LIP_MEASURES, MESH_STYLE_ENCODER, SPEECH_CHANNELS } from '@pctalk/core';
import type { PhoneSpan } from '../speech/phone-tables.ts';
import type { Random } from '../speech/sentences.ts';
import { lipsOf, measureGains, measureLips, sharpen } from './style-lips.ts';
import type { StyleSources } from './style-sources.ts';
import type { Window } from './style-windows.ts';

const CHANNELS = SPEECH_CHANNELS.length;
const MEASURES = LIP_MEASURES.length;
const REFERENCE = MESH_STYLE_ENCODER.period;

/** 4 s of other speech in the same style. @param out `[100 × 9]` */
export function showStyle({ heard, basis }: StyleSources, z: Float32Array, random: Random, out: Float32Array): void {
  for (let attempt = 0; ; attempt++) {
    const spans = heard.spans[Math.floor(random() * heard.spans.length)]!;
    const start = Math.floor(random() * (heard.frames - REFERENCE));
    if (attempt < 50 && spokenFrames(spans, start) < 0.6 * REFERENCE) continue;
    measureLips(lipsOf(spans, start, REFERENCE, z), basis, out);
    return;
  }
}

function spokenFrames(spans: readonly PhoneSpan[], start: number): number {
  let sum = 0;
  for (const { start: from, end, phone } of spans) {
    if (phone !== 'SIL') sum += Math.max(0, Math.min(end * 25, start + REFERENCE) - Math.max(from * 25, start));
  }
  return sum;
}

/** 4 s of the same person in other clips, enlarged as the window is. @param out `[100 × 9]` */
export function showPerson(
  { heard, people, basis }: StyleSources,
  { index }: Window,
  z: Float32Array,
  random: Random,
  out: Float32Array,
): void {
  const { clips, size } = people.get(heard.sets[index]!)!;
  const gains = measureGains(z);
  let filled = 0;
  while (filled < REFERENCE) {
    const channels = clips[Math.floor(random() * clips.length)]!;
    const rows = channels.length / CHANNELS;
    const from = Math.floor(random() * Math.max(1, rows - REFERENCE));
    const count = Math.min(REFERENCE - filled, rows - from);
    measureLips(
      channels.subarray(from * CHANNELS, (from + count) * CHANNELS),
      basis,
      out.subarray(filled * MEASURES, (filled + count) * MEASURES),
    );
    filled += count;
  }
  for (let i = 0; i < out.length; i++) out[i]! *= gains[i % MEASURES]! * size;
  sharpen(out, MEASURES, z);
}
