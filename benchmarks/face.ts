/**
 * Cost of face analysis on the bundled portrait.
 *
 *   npx tsc -b && node --import tsx --conditions=source benchmarks/face.ts
 *
 * CPU time of the process (user + system, all threads) and wall time, medians of `RUNS`; figures of one run compare with
 * each other, not with those of another machine. Prints a table.
 */
import {
  createFaceAnalyser,
  cropImage,
  faceCropRegion,
  inspectFace,
  type RgbaImage,
  surveyLandmarks,
} from '@pctalk/core';
import { createNodeRuntime, decodeImage, loadFaceAssets, sampleFiles } from '@pctalk/node';

const RUNS = 15;

await measure('load and convert', 3, async () => {
  const once = await createFaceAnalyser(createNodeRuntime(), await loadFaceAssets());
  await once.dispose();
});
const analyser = await createFaceAnalyser(createNodeRuntime(), await loadFaceAssets());
const image = await decodeImage(sampleFiles().source);
const [face] = await analyser.detect(image);
const { points } = await analyser.landmarks(image, face!.region);
let previous = await analyser.track(image, undefined);
await measure('detect', RUNS, () => analyser.detect(fresh(image)));
await measure('landmarks, one look', RUNS, () => analyser.landmarks(image, face!.region, { iterations: 1 }));
await measure('track, a frame', RUNS, async () => {
  previous = await analyser.track(image, previous);
});
await measure('survey, nine views', RUNS, () => surveyLandmarks(analyser, image, face!.region));
await measure('inspect', RUNS, () => inspectFace(analyser, fresh(image)));
await measure('crop 512', RUNS, async () => cropImage(image, faceCropRegion(points), 512));
await analyser.dispose();

/** The same pixels as a picture that the analyser has not seen. */
function fresh(picture: RgbaImage): RgbaImage {
  return { ...picture };
}

async function measure(name: string, runs: number, work: () => Promise<unknown>): Promise<void> {
  const wall: number[] = [];
  const cpu: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    const used = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(used);
    wall.push(performance.now() - start);
    cpu.push((user + system) / 1000);
  }
  console.log(
    `${name.padEnd(20)} ${median(cpu).toFixed(1).padStart(7)} ms CPU ${median(wall).toFixed(1).padStart(7)} ms`,
  );
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}
