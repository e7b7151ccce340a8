import {
  emitInference,
  gradients,
  initialWeights,
  input,
  mean,
  type Network,
  ParameterScope,
  square,
  sub,
} from '@pctalk/graph';
import { createNodeRuntime } from '@pctalk/node';
import { expect, test } from 'vitest';
import { normalAt, uniformAt } from '../../math/random.ts';
import type { Tensor } from '../../tensor-runtime.ts';
import { LacDecoder } from './lac-decoder.ts';
import { type LacConfig, lacForced, lacRollout, lacStepNetwork, personStyle, refineMotion } from './network.ts';

const CONFIG: LacConfig = { width: 32, heads: 4, layers: 2, hidden: 48, period: 8, audioWidth: 20, motionWidth: 5 };
/** More than a period, so that the ring of caches turns over. */
const FRAMES = 11;
const runtime = createNodeRuntime({ threads: 1 });

const random = (stream: number, dims: readonly number[]): Tensor & { data: Float32Array } => ({
  dims,
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => normalAt(3, stream, i)),
});

/** Random weights, also where training would start from zero. */
function weightsOf(scope: ParameterScope) {
  const streams = [...scope.parameters().keys()];
  const weights = initialWeights(scope.parameters(), (name, i) => uniformAt(5, streams.indexOf(name), i));
  for (const [name, { dims, data }] of weights) {
    if (data.every((v) => v === 0))
      weights.set(name, { dims, data: random(streams.indexOf(name), dims).data.map((v) => v * 0.1) });
  }
  return weights;
}

async function run(network: Network, scope: ParameterScope, feeds: Record<string, Tensor>) {
  const session = await runtime.load(emitInference(network, weightsOf(scope)));
  const outputs = await session.run(feeds);
  await session.dispose();
  return outputs;
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
}

/** The rollout of FRAMES frames, with the first `warm` given. */
async function rollout(scope: ParameterScope, warm: number) {
  const shapes = {
    audio: [1, FRAMES, CONFIG.audioWidth],
    style: [1, CONFIG.width],
    warm: [1, warm, CONFIG.motionWidth],
  };
  const conditions = { audio: input('audio', shapes.audio), style: input('style', shapes.style) };
  const given = warm > 0 ? input('warm', shapes.warm) : undefined;
  const motion = lacRollout(conditions, CONFIG, scope, given);
  const feeds = { audio: random(1, shapes.audio), style: random(2, shapes.style), warm: random(4, shapes.warm) };
  const { warm: fedWarm, ...rest } = feeds;
  const fed = warm > 0 ? { ...rest, warm: fedWarm } : rest;
  const outputs = await run({ name: 'rollout', outputs: { frames: motion } }, scope, fed);
  return { motion: outputs['frames']!.data as Float32Array, ...feeds };
}

test('frame by frame with caches equals the rollout in one graph', async () => {
  const scope = new ParameterScope();
  const expected = await rollout(scope, 0);
  const session = await runtime.load(emitInference(lacStepNetwork(CONFIG, scope), weightsOf(scope)));
  const decoder = new LacDecoder(session, CONFIG, expected.style.data);
  for (const attempt of ['first window', 'second window']) {
    decoder.start();
    const motion: number[] = [];
    let before: Float32Array = new Float32Array(CONFIG.motionWidth).fill(attempt === 'first window' ? 0 : 99);
    for (let i = 0; i < FRAMES; i++) {
      const { audioWidth } = CONFIG;
      before = await decoder.next(expected.audio.data.slice(i * audioWidth, (i + 1) * audioWidth), before);
      motion.push(...before);
    }
    expect(decoder.position).toBe(FRAMES);
    expect(largestDifference(motion, expected.motion), attempt).toBeLessThan(1e-5);
  }
  await session.dispose();
});

test('teacher forcing with the rollout as teacher gives the rollout again', async () => {
  const scope = new ParameterScope();
  const { motion: teacher, audio, style } = await rollout(scope, 0);
  const shape = [1, FRAMES, CONFIG.motionWidth];
  const conditions = { audio: input('audio', audio.dims), style: input('style', style.dims) };
  const motion = lacForced(conditions, input('motion', shape), CONFIG, scope);
  const outputs = await run({ name: 'forced', outputs: { frames: motion } }, scope, {
    audio,
    style,
    motion: { dims: shape, data: teacher },
  });
  expect(largestDifference(outputs['frames']!.data as Float32Array, teacher)).toBeLessThan(1e-5);
});

test('a warm start feeds back the given frames and only those', async () => {
  const warm = await rollout(new ParameterScope(), 2);
  const cold = await rollout(new ParameterScope(), 0);
  const { motionWidth } = CONFIG;
  expect(largestDifference(warm.motion.slice(0, motionWidth), cold.motion.slice(0, motionWidth))).toBeLessThan(1e-5);
  expect(largestDifference(warm.motion.slice(motionWidth), cold.motion.slice(motionWidth))).toBeGreaterThan(1e-3);
});

test('later audio never changes earlier frames', async () => {
  const scope = new ParameterScope();
  const audio = random(1, [1, FRAMES, CONFIG.audioWidth]);
  const conditions = { audio: input('audio', audio.dims), style: input('style', [1, CONFIG.width]) };
  const motion = lacForced(conditions, input('motion', [1, FRAMES, CONFIG.motionWidth]), CONFIG, scope);
  const feeds = { style: random(2, [1, CONFIG.width]), motion: random(3, [1, FRAMES, CONFIG.motionWidth]) };
  const changed = { dims: audio.dims, data: audio.data.map((v, i) => (i < 4 * CONFIG.audioWidth ? v : v + 1)) };
  const network = { name: 'forced', outputs: { frames: motion } };
  const [a, b] = await Promise.all([audio, changed].map((audio) => run(network, scope, { ...feeds, audio })));
  const frames = (outputs: Record<string, Tensor>) => outputs['frames']!.data as Float32Array;
  const heard = 4 * CONFIG.motionWidth;
  expect(frames(a!).slice(0, heard)).toEqual(frames(b!).slice(0, heard));
  expect(largestDifference(frames(a!).slice(heard), frames(b!).slice(heard))).toBeGreaterThan(1e-3);
});

test('both training forms, the person table and the refinement can be differentiated', () => {
  const scope = new ParameterScope();
  const audio = input('audio', [2, FRAMES, CONFIG.audioWidth]);
  const style = personStyle(input('person', [2], 'int64'), 6, CONFIG, scope);
  const truth = input('motion', [2, FRAMES, CONFIG.motionWidth]);
  for (const motion of [
    lacForced({ audio, style }, truth, CONFIG, scope),
    lacRollout({ audio, style }, CONFIG, scope),
  ]) {
    const reference = input('reference', [2, 1, CONFIG.motionWidth]);
    const loss = mean(square(sub(refineMotion(motion, reference, audio, scope), truth)));
    const parameters = [...scope.parameters().values()];
    gradients(loss, parameters).forEach((slope, i) => {
      expect(slope.shape).toEqual(parameters[i]!.shape);
    });
  }
});
