/**
 * Whether the styles trained on span how tracked people speak: the spread of traits over 4 s, of drawn styles as a tracker
 * would read them and of the tracked speakers.
 *
 *     npx tsx --conditions=source packages/train/src/lac/5-compare-styles.ts --data FOLDER --heard FOLDER
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { LIP_MEASURES, lipMeasureBasis, MESH_STYLE_ENCODER, readMeshBasis, SPEECH_CHANNELS } from '@pctalk/core';
import { readClips } from '../speech/clip-store.ts';
import { seededRandom } from '../speech/seeded-random.ts';
import { readHeardExamples } from './heard-examples.ts';
import { measureLips } from './style-lips.ts';
import { drawStyle } from './style-parameters.ts';
import { showStyle } from './style-references.ts';
import { evenTrackerReading, readThrough } from './tracker-noise.ts';

const { values } = parseArgs({ options: { data: { type: 'string' }, heard: { type: 'string' } } });
const { data, heard: heardFolder } = values;
if (data === undefined || heardFolder === undefined) throw new Error('--data and --heard are needed');
const WIDTH = LIP_MEASURES.length;
const FRAMES = MESH_STYLE_ENCODER.period;
const DRAWN = 400;
const basis = lipMeasureBasis(
  readMeshBasis(readFileSync(fileURLToPath(import.meta.resolve('@pctalk/core/assets/mesh-basis.bin')))),
);

const sources = { heard: readHeardExamples(heardFolder), people: new Map(), basis };
const random = seededRandom('compare styles');
const drawn = Array.from({ length: DRAWN }, () => {
  const rows = new Float32Array(FRAMES * WIDTH);
  showStyle(sources, drawStyle(random).z, random, rows);
  readThrough(evenTrackerReading('drawn', FRAMES), rows);
  return traitsOf(rows);
});
print('drawn styles', drawn);
for (const person of ['grid', 'facegood']) {
  const clips = readClips(data, person).flatMap(({ channels }) => (channels === undefined ? [] : [channels]));
  const windows = clips.flatMap((channels) => {
    const rows = new Float32Array((channels.length / SPEECH_CHANNELS.length) * WIDTH);
    measureLips(channels, basis, rows);
    const length = Math.min(FRAMES, rows.length / WIDTH) * WIDTH;
    return Array.from({ length: Math.floor(rows.length / length) }, (_, n) =>
      traitsOf(rows.subarray(n * length, (n + 1) * length)),
    );
  });
  print(person, windows);
}

/** Traits of a stretch of measures `[T × 9]`, that do not depend on the neutral face. */
function traitsOf(rows: Float32Array): Readonly<Record<string, number>> {
  const column = (name: (typeof LIP_MEASURES)[number]) =>
    rows.filter((_, i) => i % WIDTH === LIP_MEASURES.indexOf(name));
  const gap = column('innerGap');
  const opening = deviation(gap);
  let change = 0;
  for (let t = 1; t < gap.length; t++) change += Math.abs(gap[t]! - gap[t - 1]!) / (gap.length - 1);
  return {
    'spread of the gap, U': opening,
    'width ÷ gap': deviation(column('width')) / opening,
    'protrusion ÷ gap': deviation(column('upperProtrusion')) / opening,
    'chin ÷ gap': deviation(column('chin')) / opening,
    'change a frame ÷ spread': change / opening,
  };
}

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
}

function print(who: string, all: readonly Readonly<Record<string, number>>[]): void {
  console.log(`${who}, ${all.length} stretches: 5 %, 50 %, 95 %`);
  for (const name of Object.keys(all[0]!)) {
    const sorted = all.map((traits) => traits[name]!).sort((a, b) => a - b);
    const at = [0.05, 0.5, 0.95].map((share) => sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(3));
    console.log(`  ${name}: ${at.join(', ')}`);
  }
}
