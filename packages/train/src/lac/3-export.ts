/**
 * Step 3: writes what ships: the lip network, the embeddings of the presets, and the style encoder.
 *
 *     npx tsx --conditions=source packages/train/src/lac/3-export.ts --run FOLDER --out FOLDER [--rough]
 *
 * `--out` gets lac.onnx, lac-styles.safetensors and style-encoder.onnx; `--rough` leaves the refinement out.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  lipProjection,
  MESH_LAC,
  meshLacStepNetwork,
  meshStyleNetwork,
  readMeshBasis,
  STYLES,
  type Tensor,
  writeStyleTable,
} from '@pctalk/core';
import { emitInference, input, ParameterScope } from '@pctalk/graph';
import { createNodeRuntime } from '@pctalk/node';
import { readCheckpoint } from '../checkpoint.ts';
import { exportModel } from '../export-model.ts';
import { readRunWeights } from '../speech/run-weights.ts';
import { pointStyle } from './lac-objective.ts';
import { STYLE_PARAMETERS, stylePoint } from './style-parameters.ts';

const { values } = parseArgs({
  options: { run: { type: 'string' }, out: { type: 'string' }, rough: { type: 'boolean', default: false } },
});
const { run, out } = values;
if (run === undefined || out === undefined) throw new Error('--run and --out are needed');
mkdirSync(out, { recursive: true });

const mesh = readMeshBasis(readFileSync(fileURLToPath(import.meta.resolve('@pctalk/core/assets/mesh-basis.bin'))));
const weights = await readRunWeights(run);
const checkpoint = await readCheckpoint(join(run, 'checkpoint.safetensors'));
const card = {
  licence: 'Apache-2.0',
  data: ['as speech-lips.onnx'],
  training: { steps: checkpoint?.step ?? 0, seed: checkpoint?.seed ?? 0 },
  notes: ['See docs/models/lac.md.'],
};
const network = meshLacStepNetwork(new ParameterScope(), values.rough ? undefined : lipProjection(mesh));
const bytes = await exportModel(join(out, 'lac.onnx'), network, weights, {
  title: 'Lip audio-to-motion (LAC)',
  ...card,
});
const encoder = meshStyleNetwork(new ParameterScope());
await exportModel(join(out, 'style-encoder.onnx'), encoder, weights, { title: 'Speaking style of a clip', ...card });

const model = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
const styles = new Map(await Promise.all(STYLES.map(async (name) => [name, await embed(stylePoint(name))] as const)));
writeFileSync(join(out, 'lac-styles.safetensors'), writeStyleTable({ model, styles }));
console.log(
  `wrote lac.onnx (${(bytes.length / 1e6).toFixed(2)} MB), style-encoder.onnx and ${styles.size} styles to ${out}`,
);

async function embed(point: Float32Array): Promise<Float32Array> {
  const embedding = pointStyle(input('point', [1, STYLE_PARAMETERS.length]), new ParameterScope());
  const session = await createNodeRuntime({ threads: 1 }).load(
    emitInference({ name: 'style-point', outputs: { embedding } }, weights),
  );
  const fed: Tensor = { dims: [1, STYLE_PARAMETERS.length], data: point };
  const given = (await session.run({ point: fed }))['embedding']!.data as Float32Array;
  await session.dispose();
  return given.slice(0, MESH_LAC.width);
}
