/**
 * What each articulation does to composed lips, and how well they keep to the sound (docs/evaluation/controls.md):
 *
 *     npx tsx --conditions=source scripts/measure-articulation.ts PORTRAIT SPEECH [SPEECH ...]
 */
import {
  ARTICULATIONS,
  KEYPOINT_COUNT,
  measureFace,
  type Performance,
  TalkerCore,
  writeHeadFrame,
  writePoseMatrix,
} from '@pctalk/core';
import { createSyncJudge, deviation, percentile, soundOf } from '@pctalk/eval';
import { createNodeRuntime, decodeImage, readTalkerAssets } from '@pctalk/node';

const SCALES = [0, 0.25, 0.5, 0.75, 1.25, 1.5, 2];
const SECONDS = 5;
const COLUMNS = ['gap', 'height', 'width', 'protrusion'] as const;

const [portrait, ...speeches] = process.argv.slice(2);
if (portrait === undefined || speeches.length === 0) throw new Error('usage: measure-articulation.ts PORTRAIT SPEECH');
const runtime = createNodeRuntime({ threads: 1 });
const core = await TalkerCore.create(runtime, await readTalkerAssets());
const source = await core.prepare(await decodeImage(portrait), { where: portrait });
const judge = await createSyncJudge(runtime);
const sounds = await Promise.all(speeches.map(async (file) => (await soundOf(file)).subarray(0, SECONDS * 16000)));
const plain = await speak({});
console.log(`unedited: narrowest ${percentileOf(plain, 0.02)}, widest ${percentileOf(plain, 0.98)} U`);
console.log(
  '| edit | judge | gap | lip height | width | protrusion | narrowest, U | widest, U |\n|---|---|---|---|---|---|---|---|',
);
for (const movement of ARTICULATIONS) {
  for (const scale of SCALES) {
    const edited = await speak({ articulation: [{ movement, scale }] });
    const judged = sum(edited.map(({ confidence }) => confidence)) / sum(plain.map(({ confidence }) => confidence));
    const spreads = COLUMNS.map((name) => {
      const ratios = edited.map((take, i) => deviation(take[name]) / deviation(plain[i]![name]));
      return (sum(ratios) / ratios.length).toFixed(2);
    });
    const ends = [percentileOf(edited, 0.02), percentileOf(edited, 0.98)];
    console.log(`| ${[`${movement} ${scale}`, judged.toFixed(2), ...spreads, ...ends].join(' | ')} |`);
  }
}
await judge.dispose();
await core.dispose();

type Take = Readonly<Record<(typeof COLUMNS)[number], Float32Array>> & { readonly confidence: number };

async function speak(performance: Omit<Performance, 'version'>): Promise<Take[]> {
  const takes: Take[] = [];
  for (const sound of sounds) {
    const rows = await composed({ version: 1, seed: 4, ...performance }, sound);
    const column = (value: (row: (typeof rows)[number]) => number) => Float32Array.from(rows, value);
    const curves = {
      opening: column((row) => row.lipGapPerWidth),
      outer: column((row) => row.outerLipOpening / row.mouthWidth),
      width: column((row) => row.mouthWidth),
      protrusion: column((row) => row.lipProtrusion),
    };
    const gap = column((row) => row.lipGap);
    const height = column((row) => row.outerLipOpening - row.lipGap);
    takes.push({ ...curves, gap, height, confidence: (await judge.offsets(sound, curves)).confidence });
  }
  return takes;
}

async function composed(performance: Performance, sound: Float32Array) {
  const head = new Float32Array(KEYPOINT_COUNT * 3);
  const matrix = new Float64Array(9);
  const rows = [];
  for await (const { driven } of core.perform(source, [sound], core.createDirector(performance))) {
    writePoseMatrix(driven.pose, matrix);
    writeHeadFrame(driven.keypoints, driven.pose, matrix, head);
    rows.push({ ...measureFace(head) });
  }
  return rows;
}

function percentileOf(takes: readonly Take[], share: number): string {
  return (sum(takes.map(({ width }) => percentile(width, share))) / takes.length).toFixed(3);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
