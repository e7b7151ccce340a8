/**
 * Cost of hearing: the speech driver over the bundled sentence, mel spectrogram included.
 *
 *   npx tsx --conditions=source benchmarks/speech.ts
 *
 * CPU time of the process a frame (all threads; one thread computes) and wall time, the least of `RUNS`: on a shared
 * machine wall time counts the waiting for other programs. Prints one line.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createSpeechDriver } from '@pctalk/core';
import { createNodeRuntime, decodeAudio, sampleFiles } from '@pctalk/node';

const RUNS = 8;
const model = fileURLToPath(import.meta.resolve('@pctalk/core/assets/speech-lips.onnx'));
const driver = await createSpeechDriver(createNodeRuntime({ threads: 1 }), readFileSync(model));
const pieces: Float32Array[] = [];
for await (const piece of decodeAudio(sampleFiles().audio)) pieces.push(piece);
let cpu = Number.POSITIVE_INFINITY;
let wall = Number.POSITIVE_INFINITY;
for (let run = 0; run < RUNS; run++) {
  const before = process.cpuUsage();
  const start = performance.now();
  const stream = driver.createStream();
  let frames = 0;
  for (const piece of pieces) frames += (await stream.push(piece)).length;
  frames += (await stream.end()).length;
  const used = process.cpuUsage(before);
  cpu = Math.min(cpu, (used.user + used.system) / 1000 / frames);
  wall = Math.min(wall, (performance.now() - start) / frames);
}
console.log(`speech driver: ${cpu.toFixed(2)} ms CPU a frame, ${wall.toFixed(2)} ms wall a frame`);
await driver.dispose();
