/**
 * Cost of hearing and of speaking: the speech driver over the bundled sentence, mel spectrogram included, then LAC on it; and
 * the same with the full ear (`pctalk models pull moonshine-ear` first).
 *
 *   npx tsx --conditions=source benchmarks/speech.ts
 *
 * CPU time of the process a frame (all threads; one thread computes) and wall time, the least of `RUNS`: on a shared
 * machine wall time counts the waiting for other programs. Prints one line each, and their sum.
 */
import {
  createFullEarDriver,
  createLipDriver,
  createSpeechDriver,
  type SpeechDriver,
  type SpeechFrame,
  STYLES,
} from '@pctalk/core';
import { createNodeRuntime, decodeAudio, readEar, readTalkerAssets, sampleFiles } from '@pctalk/node';

const RUNS = 8;
const assets = await readTalkerAssets();
const runtime = createNodeRuntime({ threads: 1 });
const driver = await createSpeechDriver(runtime, assets.speech);
const fullEar = await createFullEarDriver(runtime, assets.speech, await readEar());
const lips = await createLipDriver(runtime, assets.lips);
const pieces: Float32Array[] = [];
for await (const piece of decodeAudio(sampleFiles().audio)) pieces.push(piece);

interface Cost {
  readonly cpu: number;
  readonly wall: number;
}

/** The least of several runs of `work`, which says how many frames it gave; ms a frame. */
async function leastOf(work: () => Promise<number>): Promise<Cost> {
  let [cpu, wall] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let run = 0; run < RUNS; run++) {
    const before = process.cpuUsage();
    const start = performance.now();
    const frames = await work();
    const used = process.cpuUsage(before);
    cpu = Math.min(cpu, (used.user + used.system) / 1000 / frames);
    wall = Math.min(wall, (performance.now() - start) / frames);
  }
  return { cpu, wall };
}

let heard: SpeechFrame[] = [];
const hearWith = (ear: SpeechDriver) =>
  leastOf(async () => {
    const stream = ear.createStream();
    heard = [];
    for (const piece of pieces) heard.push(...(await stream.push(piece)));
    heard.push(...(await stream.end()));
    return heard.length;
  });
const hearingFully = await hearWith(fullEar);
const hearing = await hearWith(driver);
const style = lips.styles.get(STYLES[0])!;
const speaking = await leastOf(async () => {
  const stream = lips.createStream();
  for (const frame of heard) await stream.next(frame, style);
  return heard.length;
});
const print = (what: string, { cpu, wall }: Cost) =>
  console.log(`${what}: ${cpu.toFixed(2)} ms CPU a frame, ${wall.toFixed(2)} ms wall a frame`);
print('speech driver', hearing);
print('the same with the full ear', hearingFully);
print('LAC', speaking);
print('speech driver and LAC', { cpu: hearing.cpu + speaking.cpu, wall: hearing.wall + speaking.wall });
await driver.dispose();
await fullEar.dispose();
await lips.dispose();
