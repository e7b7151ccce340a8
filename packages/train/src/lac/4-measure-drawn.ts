/**
 * How a tracker reads lips off drawn portraits: the figures of `tracker-noise.ts`, by measure.
 *
 *     npx tsx --conditions=source packages/train/src/lac/4-measure-drawn.ts --portrait A.jpg --portrait B.jpg --speech C.flac
 *
 * Every portrait speaks the next 5 s in every preset and is tracked. What is read is compared with what was asked, both from
 * where the lips are closed most; least squares of each measure on itself and on the opening.
 */
import { parseArgs } from 'node:util';
import {
  FRAME_SIZE,
  foldChannels,
  KEYPOINT_COUNT,
  LIP_MEASURES,
  lipMeasureBasis,
  readLipMeasures,
  SPEECH_CHANNELS,
  STYLES,
  type StillSource,
  TalkerCore,
} from '@pctalk/core';
import { createNodeRuntime, decodeImage, readTalkerAssets } from '@pctalk/node';
import { readAudio } from '../speech/read-audio.ts';
import { measureLips } from './style-lips.ts';

const { values } = parseArgs({
  options: { portrait: { type: 'string', multiple: true, default: [] }, speech: { type: 'string' } },
});
const { portrait: portraits, speech } = values;
if (portraits.length === 0 || speech === undefined) throw new Error('--portrait and --speech are needed');
const WIDTH = LIP_MEASURES.length;
const SAMPLES = 5 * 16_000;
const sound = readAudio(speech);
const core = await TalkerCore.create(createNodeRuntime({ threads: 1 }), await readTalkerAssets());
const basis = lipMeasureBasis(core.basis);
const image = { width: FRAME_SIZE, height: FRAME_SIZE, data: new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4) };

interface Reading {
  readonly gains: number[];
  readonly leaks: number[];
  readonly spread: number[];
  readonly memory: number[];
}

const readings: Reading[] = [];
for (const [i, path] of portraits.entries()) {
  const source = await core.prepare(await decodeImage(path), { where: path });
  const from = (i * SAMPLES) % Math.max(1, sound.length - SAMPLES);
  const [asked, read]: [number[], number[]] = [[], []];
  for (const preset of STYLES) {
    const pair = await speak(source, preset, sound.subarray(from, from + SAMPLES));
    asked.push(...fromClosed(pair.asked));
    read.push(...fromClosed(pair.read));
  }
  readings.push(compare(asked, read));
}
for (const [m, name] of LIP_MEASURES.entries()) {
  const figure = (pick: (reading: Reading) => number[]) => {
    const all = readings.map((reading) => pick(reading)[m]!);
    const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
    return `${mean.toFixed(3)} ± ${Math.sqrt(all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length).toFixed(3)}`;
  };
  console.log(
    `${name}: read ${figure(({ gains }) => gains)}, of the opening ${figure(({ leaks }) => leaks)}, left over ` +
      `${figure(({ spread }) => spread)} U, r with itself a frame later ${figure(({ memory }) => memory)}`,
  );
}

/** Lips asked for and read `[T × 9]`. */
async function speak(source: StillSource, preset: string, audio: Float32Array) {
  const renderer = core.createRenderer(source);
  const director = core.createDirector({ version: 1, seed: 4, style: [{ preset }] });
  const channels: number[] = [];
  const points: number[] = [];
  const lips = new Float32Array(SPEECH_CHANNELS.length);
  let face: Awaited<ReturnType<typeof core.analyser.track>>;
  for await (const { driven } of core.perform(source, [audio], director)) {
    foldChannels(driven.coefficients, lips);
    channels.push(...lips);
    renderer.render(driven, image.data);
    face = (await core.analyser.track(image, face)) ?? face;
    points.push(...(face?.points ?? new Float32Array(KEYPOINT_COUNT * 3)));
  }
  renderer[Symbol.dispose]();
  const frameCount = channels.length / lips.length;
  const asked = new Float32Array(frameCount * WIDTH);
  measureLips(Float32Array.from(channels), basis, asked);
  const landmarks = Float32Array.from(points);
  const seen = new Uint8Array(frameCount).fill(1);
  const shots = new Uint16Array(frameCount);
  const track = { fps: 25, width: FRAME_SIZE, height: FRAME_SIZE, frameCount, landmarks, seen, shots, findings: [] };
  return { asked, read: readLipMeasures(track, core.basis) };
}

/** Measures less those of the frames in which the lips are closed most. */
function fromClosed(rows: Float32Array): Float32Array {
  const gaps = [...rows.keys()].filter((i) => i % WIDTH === 0).map((i) => rows[i]!);
  const least = Math.min(...gaps);
  const weights = gaps.map((gap) => Math.exp((least - gap) / 0.01));
  const total = weights.reduce((sum, x) => sum + x, 0);
  return rows.map((x, i) => {
    let closed = 0;
    for (const [t, weight] of weights.entries()) closed += (weight / total) * rows[t * WIDTH + (i % WIDTH)]!;
    return x - closed;
  });
}

function compare(asked: readonly number[], read: readonly number[]): Reading {
  const column = (rows: readonly number[], m: number) => rows.filter((_, i) => i % WIDTH === m);
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const gap = column(asked, 0);
  const reading: Reading = { gains: [], leaks: [], spread: [], memory: [] };
  for (let m = 0; m < WIDTH; m++) {
    const [x, y] = [column(asked, m), column(read, m)];
    const [xx, xg, gg, xy, gy] = [dot(x, x), dot(x, gap), dot(gap, gap), dot(x, y), dot(gap, y)];
    // The opening itself has no leak; of the outer gap and the lips, which follow it, the leak cannot be told apart.
    const apart = m === 0 ? 0 : 1 - xg ** 2 / (xx * gg);
    const leak = apart < 0.2 ? 0 : (gy - (xg * xy) / xx) / (gg * apart);
    const gain = (xy - leak * xg) / xx;
    const left = y.map((value, t) => value - gain * x[t]! - leak * gap[t]!);
    reading.gains.push(gain);
    reading.leaks.push(leak);
    reading.spread.push(Math.sqrt(dot(left, left) / left.length));
    reading.memory.push(dot(left.slice(1), left.slice(0, -1)) / dot(left, left));
  }
  return reading;
}
