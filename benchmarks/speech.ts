/**
 * Cost of hearing and of speaking: the speech driver over the bundled sentence, mel spectrogram included, then LAC on it.
 *
 *   npx tsx --conditions=source benchmarks/speech.ts
 *
 * CPU time of the process a frame (all threads; one thread computes) and wall time, the least of `RUNS`: on a shared
 * machine wall time counts the waiting for other programs. Prints one line each, and their sum.
 */
import { createLipDriver, createSpeechDriver, type SpeechFrame, STYLES } from '@pctalk/core';
import { createNodeRuntime, decodeAudio, readTalkerAssets, sampleFiles } from '@pctalk/node';

const RUNS = 8;
const assets = await readTalkerAssets();
const runtime = createNodeRuntime({ threads: 1 });
const driver = await createSpeechDriver(runtime, assets.speech);
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
const hearing = await leastOf(async () => {
  const stream = driver.createStream();
  heard = [];
  for (const piece of pieces) heard.push(...(await stream.push(piece)));
  heard.push(...(await stream.end()));
  return heard.length;
});
const style = lips.styles.get(STYLES[0])!;
const speaking = await leastOf(async () => {
  const stream = lips.createStream();
  for (const frame of heard) await stream.next(frame, style);
  return heard.length;
});
const print = (what: string, { cpu, wall }: Cost) =>
  console.log(`${what}: ${cpu.toFixed(2)} ms CPU a frame, ${wall.toFixed(2)} ms wall a frame`);
print('speech driver', hearing);
print('LAC', speaking);
print('both', { cpu: hearing.cpu + speaking.cpu, wall: hearing.wall + speaking.wall });
await driver.dispose();
await lips.dispose();
