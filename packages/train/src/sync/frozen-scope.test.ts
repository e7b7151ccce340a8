import { lipEmbedding, SYNC_SHAPE } from '@pctalk/core';
import { emitTrainStep, input, ParameterScope } from '@pctalk/graph';
import { expect, test } from 'vitest';
import { firstWeights } from '../first-weights.ts';
import { Trainer } from '../trainer.ts';
import { FrozenScope } from './frozen-scope.ts';
import { taughtSyncLoss } from './sync-teacher.ts';

const [batch, frames] = [2, 9];

test('lips learn from a frozen expert, which stays as it is', async () => {
  const expert = new ParameterScope();
  lipEmbedding(input('windows', [1, 30]), expert);
  const weights = firstWeights(expert.parameters(), 3);

  const scope = new ParameterScope();
  const lips = scope.parameter('lips', [batch, frames, SYNC_SHAPE.measures], { kind: 'normal', deviation: 0.1 });
  const heard = input('heard', [batch, frames - 4, SYNC_SHAPE.width]);
  const loss = taughtSyncLoss(lips, heard, weights, input('shares', [batch, 1]));
  const objective = { name: 'test', loss };
  expect([...emitTrainStep(objective).trained.keys()]).toEqual(['lips']);

  const trainer = await Trainer.create(objective, firstWeights(scope.parameters(), 4), {
    threads: 1,
    optimizer: { weightDecay: 0 },
  });
  const size = SYNC_SHAPE.width;
  const rows = new Float32Array(batch * (frames - 4) * size);
  for (let i = 0; i < rows.length; i++) rows[i] = Math.sin(i % size) * Math.sqrt(2 / size);
  const feed = {
    heard: { dims: [batch, frames - 4, size], data: rows },
    shares: { dims: [batch, 1], data: new Float32Array(batch).fill(1) },
  };
  const first = await trainer.step(feed, 0.01, 1);
  let last = first;
  for (let step = 2; step <= 40; step++) last = await trainer.step(feed, 0.01, step);
  await trainer.dispose();
  expect(last['loss']).toBeLessThan(first['loss']! - 0.1);
});

test('weights that are missing are named', () => {
  expect(() => lipEmbedding(input('windows', [1, 30]), new FrozenScope(new Map()))).toThrow('lips.first.weight');
});
