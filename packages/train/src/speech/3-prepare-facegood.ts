/**
 * Step 3: FACEGOOD-Audio2Face (MIT): one voice with solved blendshapes, 30 → 25 frames a second.
 *
 *     npx tsx --conditions=source packages/train/src/speech/3-prepare-facegood.ts --data FOLDER --facegood FOLDER
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SPEECH_CHANNEL_INDEX, SPEECH_CHANNELS } from '@pctalk/core';
import { ClipWriter } from './clip-store.ts';
import { FACEGOOD_COLUMNS, FACEGOOD_RATE, FACEGOOD_WIDTH } from './facegood-map.ts';
import { readAudio } from './read-audio.ts';

const PIECE_SECONDS = 8;
const { values } = parseArgs({ options: { data: { type: 'string' }, facegood: { type: 'string' } } });
if (values.data === undefined || values.facegood === undefined) throw new Error('--data and --facegood are needed');

const writer = new ClipWriter(values.data, 'facegood');
for (const name of readdirSync(values.facegood).filter((file) => file.endsWith('.wav'))) {
  const id = name.replace('.wav', '');
  const samples = readAudio(join(values.facegood, name));
  const table = readTable(join(values.facegood, `bs_value_${id}.npy`));
  const rows = table.length / FACEGOOD_WIDTH;
  const frames = Math.floor(Math.min(samples.length / 640, (rows - 1) * (25 / FACEGOOD_RATE)));
  const channels = new Float32Array(frames * SPEECH_CHANNELS.length);
  for (let frame = 0; frame < frames; frame++) {
    const place = (frame * FACEGOOD_RATE) / 25;
    const row = Math.floor(place);
    for (const [column, channel, gain] of FACEGOOD_COLUMNS) {
      const before = table[row * FACEGOOD_WIDTH + column] as number;
      const after = table[(row + 1) * FACEGOOD_WIDTH + column] as number;
      const at = frame * SPEECH_CHANNELS.length + SPEECH_CHANNEL_INDEX[channel];
      channels[at] = (channels[at] as number) + gain * (before + (after - before) * (place - row));
    }
  }
  const step = PIECE_SECONDS * 25;
  for (let start = 0; start + step <= frames; start += step) {
    writer.write({
      id: `${id}-${String(start).padStart(5, '0')}`,
      samples: samples.slice(start * 640, (start + step) * 640),
      channels: channels.slice(start * SPEECH_CHANNELS.length, (start + step) * SPEECH_CHANNELS.length),
    });
  }
}

/** The float32 rows of a version 1 .npy file, row-major. */
function readTable(path: string): Float32Array {
  const bytes = readFileSync(path);
  const headerLength = bytes.readUInt16LE(8);
  const header = bytes.subarray(10, 10 + headerLength).toString('latin1');
  if (!header.includes("'<f4'") || header.includes("'fortran_order': True")) throw new Error(`${path}: ${header}`);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset + 10 + headerLength, bytes.byteOffset + bytes.length));
}
