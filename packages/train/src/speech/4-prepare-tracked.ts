/**
 * Step 4: one real speaker's clips: voice, tracked lips, and phones where they are known.
 *
 *     npx tsx --conditions=source packages/train/src/speech/4-prepare-tracked.ts --data FOLDER --videos FOLDER \
 *       [--channels FOLDER] [--phones phones.json] [--set grid]
 *
 * `--videos` holds ID.mp4; `--channels` holds ID.f32, `[frames × 14]` channels fitted to the tracked face (step 5 writes them);
 * `--phones` maps ID to `{ phones: [[start, end, ARPAbet], …] }`, seconds. Clips with neither are left out. The shipped models
 * had GRID s1 (CC BY 4.0, Cooke, Barker, Cunningham, Shao 2006) here.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ClipWriter } from './clip-store.ts';
import { type PhoneSpan, spansOf } from './phone-tables.ts';
import { readAudio } from './read-audio.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    videos: { type: 'string' },
    channels: { type: 'string' },
    phones: { type: 'string' },
    set: { type: 'string', default: 'grid' },
  },
});
if (values.data === undefined || values.videos === undefined) throw new Error('--data and --videos are needed');

interface AlignedClip {
  readonly phones: readonly (readonly [number, number, string])[];
}
const aligned = (values.phones === undefined ? {} : JSON.parse(readFileSync(values.phones, 'utf8'))) as Record<
  string,
  AlignedClip
>;
const writer = new ClipWriter(values.data, values.set);
let tracked = 0;
for (const name of readdirSync(values.videos).sort()) {
  if (!name.endsWith('.mp4')) continue;
  const id = name.replace('.mp4', '');
  const phones = aligned[id]?.phones;
  const path = values.channels === undefined ? undefined : join(values.channels, `${id}.f32`);
  const channels = path !== undefined && existsSync(path) ? floats(path) : undefined;
  if (phones === undefined && channels === undefined) continue;
  if (channels !== undefined) tracked++;
  const samples = readAudio(join(values.videos, name));
  const duration = samples.length / 16000;
  writer.write({
    id,
    samples,
    ...(phones && { spans: withSilence(spansOf(phones, 'english'), duration) }),
    ...(channels && { channels }),
  });
}
console.log(`${tracked} clips with tracked lips`);

/** The alignment covers the speech and a little silence; the rest of the clip is silence too. */
function withSilence(spans: PhoneSpan[], duration: number): PhoneSpan[] {
  const upper = spans.map((span) => ({ ...span }));
  const first = upper[0];
  const last = upper.at(-1);
  if (first === undefined || last === undefined) return upper;
  if (first.start > 0) upper.unshift({ start: 0, end: first.start, phone: 'SIL' });
  if (last.end < duration) upper.push({ start: last.end, end: duration, phone: 'SIL' });
  return upper;
}

function floats(path: string): Float32Array {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
