/**
 * Teacher step 6: what keeps our lips from the real ones: the hearing, the model of coarticulation, or clips whose sound
 * and picture are apart. Opening and width against tracked lips, from the shipped model; from the phones that the strong
 * ear hears and the model of coarticulation; and from the strong ear by ridge regression on real lips (GRID s1 and
 * FACEGOOD) and on those of the model of coarticulation.
 *
 *     npx tsx --conditions=source packages/train/src/speech/teacher/6-error-budget.ts --data FOLDER --recogniser encoder_model.onnx \
 *       --teacher teacher.onnx --videos eval/talking --tracks tracks/eval-talking [--model speech-lips.onnx]
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  COEFFICIENT_COUNT,
  createSpeechDriver,
  curvesOfLips,
  curvesOfTrack,
  expandChannels,
  KEYPOINT_COUNT,
  type LipCurves,
  readMeshBasis,
  SPEECH_CHANNELS,
} from '@pctalk/core';
import { createNodeRuntime } from '@pctalk/node';
import { coarticulate } from '../coarticulation.ts';
import { readAudio } from '../read-audio.ts';
import { decodePhones } from './align.ts';
import { fitHeardLips } from './heard-lips.ts';
import { Recogniser } from './recogniser.ts';
import { Teacher } from './teacher.ts';

const LAGS = [-3, -2, -1, 0, 1, 2, 3] as const;
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    recogniser: { type: 'string' },
    teacher: { type: 'string' },
    videos: { type: 'string' },
    tracks: { type: 'string' },
    model: { type: 'string' },
  },
});
const { data, videos, tracks } = values;
if (!data || !values.recogniser || !values.teacher || !videos || !tracks) {
  throw new Error('--data, --recogniser, --teacher, --videos and --tracks are needed');
}
const asset = (name: string) => fileURLToPath(import.meta.resolve(`@pctalk/core/assets/${name}`));
const mesh = readMeshBasis(readFileSync(asset('mesh-basis.bin')));
const runtime = createNodeRuntime();
const recogniser = await Recogniser.create(runtime, readFileSync(values.recogniser));
const teacher = await Teacher.create(runtime, values.teacher);
const driver = await createSpeechDriver(runtime, readFileSync(values.model ?? asset('speech-lips.onnx')));
const toRealLips = fitHeardLips(data, ['grid', 'facegood'], ({ channels }) => channels);
const toModelLips = fitHeardLips(data, ['flite', 'festival', 'prompts'], ({ spans, samples }) =>
  spans === undefined ? undefined : coarticulate(spans, Math.floor(samples.length / 640)),
);

interface Row {
  readonly frames: number;
  readonly real: LipCurves;
  readonly ours: Readonly<Record<string, LipCurves>>;
}
const groups: Record<string, Row[]> = { 'other GRID speakers': [], 'free speech': [] };
for (const name of readdirSync(tracks)
  .filter((file) => file.endsWith('.json'))
  .sort()) {
  const id = name.slice(0, -5);
  const bytes = readFileSync(join(tracks, `${id}.f32`));
  const landmarks = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const frames = landmarks.length / KEYPOINT_COUNT / 3;
  const { lost } = JSON.parse(readFileSync(join(tracks, name), 'utf8')) as { readonly lost: readonly number[] };
  if (frames < 72 || lost.length > 0.05 * frames) continue;
  const ours = await answers(readAudio(join(videos, `${id}.mp4`)), frames);
  const group = groups[id.startsWith('grid') ? 'other GRID speakers' : 'free speech']!;
  group.push({ frames, real: curvesOfTrack(mesh, landmarks), ours });
}
for (const [group, rows] of Object.entries(groups)) {
  console.log(
    `\n| ${group} (${rows.length} clips) | opening, one lag | opening, each clip at its own | another's lips, own lag | width, own lag |`,
  );
  console.log('|---|---|---|---|---|');
  for (const model of Object.keys(rows[0]!.ours)) {
    const at = (row: Row, lag: number, other = row) => correlation(row.real.opening, other.ours[model]!.opening, lag);
    const best = (row: Row, other = row) =>
      LAGS.reduce<number>((a, b) => (at(row, b, other) > at(row, a, other) ? b : a), 0);
    const cells = [
      Math.max(...LAGS.map((lag) => mean(rows, (row) => at(row, lag)))),
      mean(rows, (row) => at(row, best(row))),
      mean(rows, (row, i) => at(row, best(row, rows[(i + 1) % rows.length]!), rows[(i + 1) % rows.length]!)),
      mean(rows, (row) => correlation(row.real.width, row.ours[model]!.width, best(row))),
    ];
    console.log(`| ${model} | ${cells.map((cell) => cell.toFixed(3)).join(' | ')} |`);
  }
}
await Promise.all([recogniser.dispose(), teacher.dispose(), driver.dispose()]);

async function answers(samples: Float32Array, frames: number): Promise<Record<string, LipCurves>> {
  const stream = driver.createStream();
  const heardByUs = [...(await stream.push(samples)), ...(await stream.end())];
  const heard = await recogniser.hear(samples);
  const { spans } = decodePhones(await teacher.classify(heard));
  return {
    'shipped model': curvesOfLips(
      mesh,
      heardByUs.map(({ lips }) => lips),
    ),
    'strong ear, phones, model of coarticulation': lipsOf(coarticulate(spans, frames)),
    'strong ear to lips learnt from real ones': lipsOf(toRealLips(heard, frames)),
    'strong ear to lips learnt from the model of coarticulation': lipsOf(toModelLips(heard, frames)),
  };
}

function lipsOf(channels: Float32Array): LipCurves {
  const width = SPEECH_CHANNELS.length;
  const rows = Array.from({ length: channels.length / width }, (_, i) => {
    const lips = new Float32Array(COEFFICIENT_COUNT);
    expandChannels(
      channels.subarray(i * width, (i + 1) * width).map((x) => Math.max(0, x)),
      lips,
    );
    return lips;
  });
  return curvesOfLips(mesh, rows);
}

function mean(rows: readonly Row[], of: (row: Row, i: number) => number): number {
  const total = rows.reduce((sum, { frames }) => sum + frames, 0);
  return rows.reduce((sum, row, i) => sum + of(row, i) * row.frames, 0) / total;
}

/** Pearson's r of real[n] and ours[n − lag]. */
function correlation(real: Float32Array, ours: Float32Array, lag: number): number {
  const pairs: [number, number][] = [];
  for (let n = Math.max(0, lag); n < Math.min(real.length, ours.length + lag); n++)
    pairs.push([real[n]!, ours[n - lag]!]);
  const [a, b] = [0, 1].map((side) => pairs.reduce((sum, pair) => sum + pair[side as 0 | 1] / pairs.length, 0)) as [
    number,
    number,
  ];
  let [aa, bb, ab] = [1e-12, 1e-12, 0];
  for (const [x, y] of pairs) {
    aa += (x - a) ** 2;
    bb += (y - b) ** 2;
    ab += (x - a) * (y - b);
  }
  return ab / Math.sqrt(aa * bb);
}
