import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { gradients } from './gradient.ts';
import { interpret } from './interpret.ts';
import { batchNorm, linear } from './modules.ts';
import { tanh } from './ops/activation.ts';
import { square, sub } from './ops/arithmetic.ts';
import { batchNormaliseByBatch } from './ops/normalisation.ts';
import { mean } from './ops/reduction.ts';
import { ParameterScope } from './parameters.ts';
import { ADAMW_DEFAULTS, emitTrainStep } from './train-step.ts';
import { input, type Shape, sizeOf } from './value.ts';

const numbers = (size: number, tag: number) =>
  Array.from({ length: size }, (_, i) => (((i + 1) * Math.SQRT2 + tag * 0.7548776662) % 1) - 0.5);

function regression() {
  const scope = new ParameterScope();
  const y = linear(tanh(linear(input('x', [4, 3]), 5, scope.scope('0'))), 2, scope.scope('1'));
  const loss = mean(square(sub(y, input('target', [4, 2]))));
  return { scope, loss, metrics: { first: mean(y) } };
}

test('three steps equal AdamW with clipping written out in float64', async () => {
  const { scope, loss, metrics } = regression();
  const parameters = scope.parameters();
  const names = [...parameters.keys()];
  const { model, trained } = emitTrainStep({ name: 'step', loss, metrics }, { clipNorm: 0.05, weightDecay: 0.1 });
  expect([...trained.keys()].toSorted()).toEqual(names.toSorted());

  const { beta1, beta2, epsilon } = ADAMW_DEFAULTS;
  const learningRate = 0.02;
  const feeds = new Map<string, number[]>(names.map((name, i) => [name, numbers(sizeOf(trained.get(name)!), i)]));
  feeds.set('x', numbers(12, 20)).set('target', numbers(8, 30));
  const moments = new Map(names.map((name) => [name, feeds.get(name)!.map(() => [0, 0] as [number, number])]));
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  let fed: Record<string, Tensor> = {};
  const tensor = (values: readonly number[], shape: Shape) => new Tensor('float32', Float32Array.from(values), shape);
  for (const [name, shape] of trained) {
    fed[name] = tensor(feeds.get(name)!, shape);
    for (const moment of ['moment1', 'moment2']) fed[`${moment}/${name}`] = tensor(Array(sizeOf(shape)).fill(0), shape);
  }

  for (let t = 1; t <= 3; t++) {
    const slopes = interpret(gradients(loss, [...parameters.values()]), feeds);
    const [expectedLoss] = interpret([loss], feeds)[0]!;
    const norm = Math.hypot(...slopes.flat());
    const clip = Math.min(1, 0.05 / (norm + 1e-6));
    expect(clip).toBeLessThan(1);
    const result = await session.run({
      ...fed,
      x: tensor(feeds.get('x')!, [4, 3]),
      target: tensor(feeds.get('target')!, [4, 2]),
      learning_rate: tensor([learningRate], []),
      step: tensor([t], []),
    });
    expect(result['loss']!.data[0]).toBeCloseTo(expectedLoss!, 5);
    expect(result['gradient_norm']!.data[0]).toBeCloseTo(norm, 5);
    fed = {};
    names.forEach((name, i) => {
      const decay = trained.get(name)!.length >= 2 ? 1 - learningRate * 0.1 : 1;
      const next = feeds.get(name)!.map((p, j) => {
        const slope = slopes[i]![j]! * clip;
        const moment = moments.get(name)![j]!;
        moment[0] = beta1 * moment[0] + (1 - beta1) * slope;
        moment[1] = beta2 * moment[1] + (1 - beta2) * slope ** 2;
        const step = moment[0] / (1 - beta1 ** t) / (Math.sqrt(moment[1] / (1 - beta2 ** t)) + epsilon);
        return p * decay - learningRate * step;
      });
      feeds.set(name, next);
      const got = result[`next/${name}`]!;
      next.forEach((value, j) => {
        expect(Number(got.data[j]), `${name}[${j}] after step ${t}`).toBeCloseTo(value, 5);
      });
      fed[name] = got as Tensor;
      for (const moment of ['moment1', 'moment2'])
        fed[`${moment}/${name}`] = result[`next/${moment}/${name}`] as Tensor;
    });
  }
  await session.release();
});

test('running moments are updated beside the trained parameters, and frozen ones only read', () => {
  const scope = new ParameterScope();
  const x = input('x', [2, 3, 4]);
  batchNorm(x, scope.scope('norm'));
  const [scale, bias, running] = ['norm.weight', 'norm.bias', 'norm.running_mean'].map(
    (n) => scope.parameters().get(n)!,
  );
  const { y, mean: average } = batchNormaliseByBatch(x, scale!, bias!);
  const updates = { 'norm.running_mean': mean(square(sub(running!, average)), [], {}) };
  const step = emitTrainStep({ name: 'step', loss: mean(square(y)), updates });
  expect([...step.trained.keys()]).toEqual(['norm.weight', 'norm.bias']);
  expect([...step.untrained.keys()]).toEqual(['norm.running_mean']);
  expect(step.updated).toEqual(['norm.running_mean']);
});

test('a loss without trainable parameters is refused', () => {
  expect(() => emitTrainStep({ name: 'none', loss: mean(input('x', [2])) })).toThrow(
    'none: expected trainable parameters, got none',
  );
});
