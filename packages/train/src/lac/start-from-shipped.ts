import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStyleTable, STYLES } from '@pctalk/core';
import { readModelWeights, type Weights } from '@pctalk/graph';
import { Matrix, solve } from 'ml-matrix';
import { STYLE_PARAMETERS, stylePoint } from './style-parameters.ts';

/** Keeps directions that no preset shows small. */
const RIDGE = 1e-3;

/**
 * Weights of a shipped LAC to go on from: lac.onnx, style-encoder.onnx, and the map from a style's point to its embedding
 * that fits lac-styles.safetensors, E = W z + b (least squares over the presets).
 * @param folder holds the three files.
 */
export function readShippedLac(folder: string): Weights {
  const read = (name: string) => readFileSync(join(folder, name));
  const { styles } = readStyleTable(read('lac-styles.safetensors'));
  const points = new Matrix(STYLES.map((name) => [...stylePoint(name), 1]));
  const embeddings = new Matrix(STYLES.map((name) => [...styles.get(name)!]));
  const normal = points.transpose().mmul(points).add(Matrix.eye(points.columns).mul(RIDGE));
  const map = solve(normal, points.transpose().mmul(embeddings));
  const inputs = STYLE_PARAMETERS.length;
  const bias = Float32Array.from(map.getRow(inputs));
  const weight = Float32Array.from(
    map
      .subMatrix(0, inputs - 1, 0, map.columns - 1)
      .transpose()
      .to1DArray(),
  );
  return new Map([
    ...readModelWeights(read('lac.onnx')),
    ...readModelWeights(read('style-encoder.onnx')),
    ['obj_vector.weight', { dims: [map.columns, inputs], data: weight }],
    ['obj_vector.bias', { dims: [map.columns], data: bias }],
  ]);
}
