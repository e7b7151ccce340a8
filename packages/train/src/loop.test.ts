import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uniformAt } from '@pctalk/core';
import { input, linear, mean, ParameterScope, square, sub, tanh } from '@pctalk/graph';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { exportModel } from './export-model.ts';
import { runTraining, type TrainingOptions, type TrainingProgress, type TrainingTask } from './loop.ts';
import { learningRateAt } from './schedule.ts';
import { Evaluator } from './trainer.ts';

const BATCH = 16;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pctalk-train-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** y = sin(3 x₁) · x₂, learned by a network of two layers. */
function sineTask() {
  const scope = new ParameterScope();
  const network = (size: number) => {
    const y = linear(tanh(linear(input('x', [size, 2]), 24, scope.scope('hidden'))), 1, scope.scope('out'));
    const loss = mean(square(sub(y, input('target', [size, 1]))));
    return { y, objective: { name: 'sine', loss } };
  };
  const { y, objective } = network(BATCH);
  const task: TrainingTask = { objective, parameters: scope.parameters(), batch: (step) => sineBatch(step) };
  return { task, y, validation: network(BATCH).objective };
}

function sineBatch(stream: number) {
  const x = Float32Array.from({ length: 2 * BATCH }, (_, i) => 2 * uniformAt(7, stream, i) - 1);
  const target = Float32Array.from({ length: BATCH }, (_, i) => Math.sin(3 * x[2 * i]!) * x[2 * i + 1]!);
  return { x: { dims: [BATCH, 2], data: x }, target: { dims: [BATCH, 1], data: target } };
}

const options: Partial<TrainingOptions> = { learningRate: 0.02, warmupSteps: 5, threads: 1, reportEvery: 10 };
const bytesOf = (weights: ReadonlyMap<string, { data: Float32Array }>) =>
  [...weights].toSorted().map(([name, { data }]) => [name, Array.from(new Uint32Array(data.slice().buffer))]);

test('a small network learns, and validation sees it', async () => {
  const { task, validation } = sineTask();
  const evaluator = await Evaluator.create(validation, { threads: 1 });
  const held = [1e6, 1e6 + 1, 1e6 + 2].map((stream) => sineBatch(stream));
  const progress: TrainingProgress[] = [];
  const result = await runTraining(
    { ...task, validate: (weights) => evaluator.evaluate(weights, held) },
    { ...options, steps: 600, validateEvery: 100, onProgress: (p) => progress.push(p) },
  );
  await evaluator.dispose();
  const losses = result.history.flatMap(({ validation }) => (validation ? [validation['loss']!] : []));
  expect(losses).toHaveLength(6);
  expect(losses.at(-1)).toBeLessThan(0.01); // the variance of the target is about 0.16
  expect(result.history[0]!.training['gradient_norm']).toBeGreaterThan(0);
  expect(progress.map(({ step }) => step)).toEqual(Array.from({ length: 60 }, (_, i) => 10 * (i + 1)));
  expect(progress.at(-1)!.secondsLeft).toBe(0);
  expect(result).toMatchObject({ end: 'steps', step: 600 });
});

test('a run stopped and resumed ends in the same bits as one that never stopped', async () => {
  const whole = await runTraining(sineTask().task, { ...options, steps: 30 });
  // The schedule must know the same number of steps, so the first session is stopped by its signal.
  const stop = new AbortController();
  const first = await runTraining(sineTask().task, {
    ...options,
    steps: 30,
    folder,
    reportEvery: 7,
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  expect(first).toMatchObject({ end: 'signal' });
  expect(first.step).toBeGreaterThan(0);
  expect(first.step).toBeLessThan(30);
  const resumed = await runTraining(sineTask().task, { ...options, steps: 30, folder });
  expect(resumed.step).toBe(30);
  expect(bytesOf(resumed.weights)).toEqual(bytesOf(whole.weights));
  expect(resumed.history[0]).toEqual(first.history[0]);
});

test('the time limit ends a run with a checkpoint and a picture of the loss', async () => {
  const result = await runTraining(sineTask().task, { ...options, steps: 1e6, secondsLimit: 0.2, folder });
  expect(result.end).toBe('time');
  const checkpoint = await readCheckpoint(join(folder, 'checkpoint.safetensors'));
  expect(checkpoint).toMatchObject({ name: 'sine', step: result.step });
  expect([...checkpoint!.arrays.keys()]).toContain('moment2/hidden.weight');
  expect(await sharp(join(folder, 'loss.png')).metadata()).toMatchObject({ width: 960, height: 540, format: 'png' });
  expect(JSON.parse(await readFile(join(folder, 'history.json'), 'utf8'))).toEqual(result.history);
});

test('a checkpoint of another seed is refused, and a loss that is no number stops the run', async () => {
  await runTraining(sineTask().task, { ...options, steps: 3, folder });
  await expect(runTraining(sineTask().task, { ...options, steps: 3, folder, seed: 2 })).rejects.toThrow(
    'expected sine with seed 2, got sine with seed 1',
  );
  const broken = {
    ...sineTask().task,
    batch: () => ({ ...sineBatch(1), target: { dims: [BATCH, 1], data: new Float32Array(BATCH).fill(Number.NaN) } }),
  };
  await expect(runTraining(broken, { ...options, steps: 3 })).rejects.toThrow('sine step 1: expected a finite loss');
});

test('a broken write leaves the checkpoint before it', async () => {
  const path = join(folder, 'checkpoint.safetensors');
  const arrays = new Map([['a', { dims: [2], data: Float32Array.of(1, 2) }]]);
  const checkpoint = { name: 'n', seed: 1, step: 5, seconds: 1, history: [], arrays };
  await writeCheckpoint(path, checkpoint);
  const wrong = new Map([['a', { dims: [3], data: Float32Array.of(1, 2) }]]);
  await expect(writeCheckpoint(path, { ...checkpoint, step: 6, arrays: wrong })).rejects.toThrow(
    'expected 12 bytes for a',
  );
  expect(await readCheckpoint(path)).toEqual(checkpoint);
});

test('an exported model gives what the network gave, and carries its card', async () => {
  const { task, y } = sineTask();
  const { weights } = await runTraining(task, { ...options, steps: 5 });
  const card = { title: 'sine', licence: 'Apache-2.0', data: [], training: { steps: 5 }, notes: ['a test'] };
  const bytes = await exportModel(join(folder, 'sine.onnx'), { name: 'sine', outputs: { y } }, weights, card);
  expect(Buffer.from(bytes).includes('"title":"sine"')).toBe(true);
  const session = await InferenceSession.create(await readFile(join(folder, 'sine.onnx')));
  const { x, target } = sineBatch(3);
  const result = await session.run({ x: new Tensor('float32', x.data, x.dims) });
  const evaluator = await Evaluator.create(task.objective);
  const { loss } = await evaluator.evaluate(weights, [sineBatch(3)]);
  const error = target.data.reduce((sum, t, i) => sum + (t - Number(result['y']!.data[i])) ** 2, 0) / BATCH;
  expect(error).toBeCloseTo(loss!, 6);
  await session.release();
  await evaluator.dispose();
});

test('the learning rate rises, then falls along half a cosine', () => {
  const schedule = { learningRate: 2, warmupSteps: 10, steps: 110, finalShare: 0.1 };
  expect([1, 10, 60, 110, 200].map((step) => learningRateAt(step, schedule))).toEqual([
    0.2,
    2,
    expect.closeTo(1.1),
    expect.closeTo(0.2),
    expect.closeTo(0.2),
  ]);
});
