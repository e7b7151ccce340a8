import { expect, test } from 'vitest';
import { DEFAULT_PERFORMANCE, type Performance } from '../formats/performance.ts';
import { MESH_LAC } from '../models/lac/mesh-lac.ts';
import { compileStyle } from './style-curve.ts';

const embedding = (value: number) => new Float32Array(MESH_LAC.width).fill(value);
const TABLE = {
  model: 'lips',
  styles: new Map([
    ['natural', embedding(0)],
    ['clear', embedding(1)],
    ['wide', embedding(3)],
  ]),
};
const styleAt = (style: Performance['style'], time: number) =>
  compileStyle({ ...DEFAULT_PERFORMANCE, style }, TABLE).at(time)[0];

test('without a style it is the default', () => {
  expect(styleAt(undefined, 1)).toBe(0);
});

test('a clip eases in and out, and holds while it lasts', () => {
  const style = [{ preset: 'clear', start: 1, end: 2, ease: 0.4 }];
  expect([0.5, 1, 1.9, 2.5].map((time) => styleAt(style, time))).toEqual([0, 1, 1, 0]);
  expect(styleAt(style, 0.8)).toBeCloseTo(0.5, 6);
});

test('a mix is the mean by weights, which may change over time', () => {
  const weight = [
    { time: 0, value: 0, easing: 'linear' as const },
    { time: 2, value: 1 },
  ];
  const mix = [
    { preset: 'clear', weight: 1 },
    { preset: 'wide', weight },
  ];
  expect(styleAt([{ mix }], 0)).toBeCloseTo(1, 6);
  expect(styleAt([{ mix }], 1)).toBeCloseTo(5 / 3, 5);
  expect(styleAt([{ mix }], 3)).toBeCloseTo(2, 6);
});

test('an embedding counts only for the lip network it was read for', () => {
  const read = (model: string) => [{ embedding: { space: 'mesh' as const, model, values: [...embedding(7)] } }];
  expect(styleAt(read('lips'), 1)).toBe(7);
  expect(() => styleAt(read('older'), 1)).toThrow(/--style-reference/);
});
