import { expect, test } from 'vitest';
import { emitInference } from './emit.ts';
import { linear } from './modules.ts';
import { ParameterScope } from './parameters.ts';
import { readModelWeights } from './read-weights.ts';
import { GraphError, input } from './value.ts';

test('gives back the parameters a model was written with', () => {
  const outputs = { y: linear(input('x', [1, 2]), 3, new ParameterScope().scope('layer')) };
  const weights = new Map([
    ['layer.weight', { dims: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
    ['layer.bias', { dims: [3], data: Float32Array.of(-1, 0.5, 0) }],
  ]);
  const bytes = emitInference({ name: 'net', outputs }, weights);
  // A file comes as a Buffer, whose slices are views.
  for (const model of [bytes, Buffer.from(bytes)]) {
    const read = readModelWeights(model);
    for (const [name, tensor] of weights) expect(read.get(name)).toEqual(tensor);
  }
});

test('refuses what is no model', () => {
  expect(() => readModelWeights(Uint8Array.of(1, 2, 3))).toThrow(GraphError);
  expect(() => readModelWeights(new Uint8Array())).toThrow(GraphError);
});
