import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  buildEar,
  createEar,
  createFullEarDriver,
  createSpeechDriver,
  cutEncoder,
  EAR_FEATURE_WIDTH,
  EAR_GRID,
  EAR_STEP,
  EAR_WIDTH,
  type Ear,
  EarMemory,
  readSafetensors,
  SPEECH_TIMING,
  type SpeechDriver,
  type SpeechFrame,
  toFloat32,
} from '@pctalk/core';
import { createNodeRuntime, decodeAudio, readEar } from '@pctalk/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { madeEncoder, madeScale } from '../../../core/test/helpers/made-ear.ts';
import { hasEar } from '../../../node/test/has-ear.ts';
import { hearWhole } from './hear-whole.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const golden = <T>(name: string) => JSON.parse(readFileSync(here(`../../test/golden/${name}`), 'utf8')) as T;
/** An ear of the same layout whose numbers are made up: whatever does not turn on what is heard is tried on it. */
const made = { encoder: madeEncoder(), scale: madeScale() };

async function sampleSpeech(): Promise<Float32Array> {
  const pieces: Float32Array[] = [];
  for await (const piece of decodeAudio(here('../../../core/assets/sample/speech.wav'))) pieces.push(piece);
  return Float32Array.from(pieces.flatMap((piece) => [...piece]));
}

/** The sound the golden rows were made of. */
function goldenSound(): Float32Array {
  const w = (2 * Math.PI) / 16_000;
  const tone = (n: number) => Math.sin(150 * w * n) + 0.5 * Math.sin(730 * w * n) + 0.3 * Math.sin(2100 * w * n);
  return Float32Array.from({ length: 3583 }, (_, n) => 0.2 * tone(n) * (0.6 + 0.4 * Math.sin(4 * w * n)));
}

describe('the full ear, whatever its weights', () => {
  let ear: Ear;
  let speech: Float32Array;
  beforeAll(async () => {
    speech = (await sampleSpeech()).subarray(0, 2 * 16_000 + 321);
    ear = await createEar(createNodeRuntime({ threads: 1 }), made);
  });
  afterAll(() => ear.dispose());

  async function hear(piece: number): Promise<Float32Array[]> {
    const stream = ear.createStream();
    const frames: Float32Array[] = [];
    for (let at = 0; at < speech.length; at += piece)
      frames.push(...(await stream.push(speech.subarray(at, at + piece))));
    return frames;
  }

  it.each([333, 2440, 16_000])('gives the same frames for pieces of %i samples', async (piece) => {
    expect(await hear(piece)).toEqual(await hear(speech.length));
  });

  it('gives a frame as soon as its sound is there, no later than the speech model', async () => {
    const stream = ear.createStream();
    expect(await stream.push(speech.subarray(0, SPEECH_TIMING.lagSamples - 1))).toEqual([]);
    const [first] = await stream.push(speech.subarray(SPEECH_TIMING.lagSamples - 1, SPEECH_TIMING.lagSamples));
    expect(first).toHaveLength(EAR_FEATURE_WIDTH);
  });

  it('hears nothing of what comes later', async () => {
    const cut = speech.slice();
    cut.fill(0.5, 640 * 20 + SPEECH_TIMING.lagSamples);
    const [whole, changed] = [await hearWhole(ear, speech), await hearWhole(ear, cut)];
    const known = 21 * EAR_FEATURE_WIDTH;
    expect(changed.subarray(0, known)).toEqual(whole.subarray(0, known));
    expect(changed.subarray(known)).not.toEqual(whole.subarray(known));
  });
});

describe.skipIf(!hasEar('what the full ear hears'))('what the full ear hears', () => {
  it('gives rows about 0 of deviation about 1', async () => {
    const ear = await createEar(createNodeRuntime({ threads: 1 }), await readEar());
    const rows = await hearWhole(ear, (await sampleSpeech()).subarray(0, 2 * 16_000));
    await ear.dispose();
    const mean = rows.reduce((sum, x) => sum + x, 0) / rows.length;
    const square = rows.reduce((sum, x) => sum + x * x, 0) / rows.length;
    expect(Math.abs(mean)).toBeLessThan(0.2);
    expect(square).toBeGreaterThan(0.4);
    expect(square).toBeLessThan(2);
  });

  // The encoder itself rounds what it multiplies to 8 bits, and knows the level of the whole sound.
  it('hears what the encoder it was cut from hears, while all rows are new', async () => {
    const files = await readEar();
    const session = await createNodeRuntime({ threads: 1 }).load(buildEar(files));
    const sound = goldenSound();
    const memory = new EarMemory();
    let rows: Float32Array = new Float32Array();
    for (const row of [0, 2, 4, 6, 7]) {
      const inputs = memory.begin(row);
      const first = EAR_GRID.rowSamples * row - 3 * EAR_GRID.columnSamples;
      const length = EAR_STEP.groups * EAR_GRID.columnSamples;
      const samples = Float32Array.from({ length }, (_, i) => sound[first + i] ?? 0);
      const dims = [EAR_STEP.groups, EAR_GRID.columnSamples];
      const outputs = await session.run({ ...inputs, samples: { dims, data: samples } });
      memory.keep(outputs);
      rows = outputs['rows']!.data as Float32Array;
    }
    await session.dispose();
    const { tensors } = readSafetensors(files.scale);
    const [centre, spread] = [toFloat32(tensors.get('centre')!), toFloat32(tensors.get('spread')!)];
    const real = golden<{ rows: number[][] }>('ear.json').rows.flatMap((row) =>
      row.map((x, n) => (x - centre[n]!) / spread[n]!),
    );
    expect(real).toHaveLength(EAR_STEP.activeRows * EAR_WIDTH);
    const error = Math.sqrt(real.reduce((sum, x, i) => sum + (x - rows[i]!) ** 2, 0) / real.length);
    const size = Math.sqrt(real.reduce((sum, x) => sum + x * x, 0) / real.length);
    expect(error / size).toBeLessThan(0.1);
  });

  it('hears what it heard when its weights were kept here', async () => {
    const { weightsSha256, frames } = golden<{
      weightsSha256: string;
      frames: { frame: number; features: number[] }[];
    }>('ear-frames.json');
    const { encoder, scale } = await readEar();
    const hash = createHash('sha256');
    for (const [name, { buffer, byteOffset, byteLength }] of cutEncoder(encoder)) {
      hash.update(name).update(new Uint8Array(buffer, byteOffset, byteLength));
    }
    expect(hash.digest('hex')).toBe(weightsSha256);
    const ear = await createEar(createNodeRuntime({ threads: 1 }), { encoder, scale });
    const heard = await ear.createStream().push((await sampleSpeech()).subarray(0, 2 * 16_000));
    await ear.dispose();
    for (const { frame, features } of frames) {
      expect(features).toHaveLength(EAR_FEATURE_WIDTH);
      const worst = Math.max(...features.map((x, i) => Math.abs(x - heard[frame]![i]!)));
      expect(worst).toBeLessThan(1e-3);
    }
  });
});

describe('the speech model with the full ear', () => {
  let driver: SpeechDriver;
  let light: SpeechDriver;
  const asset = (name: string) => readFileSync(here(`../../../core/assets/${name}`));
  beforeAll(async () => {
    const runtime = createNodeRuntime({ threads: 1 });
    driver = await createFullEarDriver(runtime, asset('speech-lips.onnx'), {
      ...made,
      heads: asset('ear-heads.onnx'),
    });
    light = await createSpeechDriver(runtime, asset('speech-lips.onnx'));
  });
  afterAll(async () => {
    await driver.dispose();
    await light.dispose();
  });

  async function drive(by: SpeechDriver, samples: Float32Array, piece: number): Promise<SpeechFrame[]> {
    const stream = by.createStream();
    const frames: SpeechFrame[] = [];
    for (let at = 0; at < samples.length; at += piece)
      frames.push(...(await stream.push(samples.subarray(at, at + piece))));
    return [...frames, ...(await stream.end())];
  }

  it.each([1, 640, 16_001, 20_123])(
    'gives for %i samples as many frames as the light ear, in any pieces',
    async (length) => {
      const speech = (await sampleSpeech()).subarray(3000, 3000 + length);
      const whole = await drive(driver, speech, length);
      expect(whole.length).toBe(Math.ceil(length / 640));
      expect(await drive(driver, speech, Math.ceil(length / 3))).toEqual(whole);
      const lightly = await drive(light, speech, length);
      expect(whole.map(({ phones, levelDb }) => ({ phones, levelDb }))).toEqual(
        lightly.map(({ phones, levelDb }) => ({ phones, levelDb })),
      );
    },
  );

  it('hears lips of its own with the lag of the light ear', async () => {
    expect(driver.lagSeconds).toBe(light.lagSeconds);
    const speech = (await sampleSpeech()).subarray(0, 32_000);
    const [full, lightly] = [await drive(driver, speech, 32_000), await drive(light, speech, 32_000)];
    const apart = full.map(({ channels }, t) => Math.abs(channels[0]! - lightly[t]!.channels[0]!));
    expect(Math.max(...apart)).toBeGreaterThan(0.01);
    for (const { channels } of full) expect(channels.every(Number.isFinite)).toBe(true);
  });
});
