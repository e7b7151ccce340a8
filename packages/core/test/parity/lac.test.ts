/** The trainable forms of PC-Talk's networks, in the released sizes, against numbers computed by the release itself. */
import {
  emitInference,
  input,
  type Network,
  ParameterScope,
  reshape,
  type Value,
  type WeightTensor,
} from '@pctalk/graph';
import { describe, expect, test } from 'vitest';
import { createNodeRuntime } from '../../../node/src/onnx-runtime.ts';
import { toFloat32 } from '../../src/formats/stored-tensor.ts';
import { audioFeatures } from '../../src/models/lac/audio-encoder.ts';
import { LacDecoder } from '../../src/models/lac/lac-decoder.ts';
import { lacRollout, lacStepNetwork, personStyle, RELEASED_LAC } from '../../src/models/lac/network.ts';
import { RELEASED_STYLE_ENCODER, styleEmbedding, styleLogits } from '../../src/models/lac/style-encoder.ts';
import type { Tensor } from '../../src/tensor-runtime.ts';
import { fill, formulaState, type Gains } from '../helpers/formula.ts';
import { maxDifference } from '../helpers/run-network.ts';
import { readShared, sharedPath } from '../helpers/shared.ts';

const GAINS: Gains = {
  'pctalk_audio/audio_encoder.12.conv_block.0.weight': 0.02,
  'pctalk_lac/vertice_map_r.weight': 0.02,
  'pctalk_lac/vertice_map.weight': 20,
  'pctalk_lac/obj_vector.weight': 5,
  'pctalk_style/vertice_map.weight': 20,
};
const PERSONS = 210;
const PERSON = 192;
const { period, motionWidth, audioWidth } = RELEASED_LAC;
const present = sharedPath('parity/pctalk.json') !== undefined;
const runtime = createNodeRuntime({ threads: 1 });

function formulaWeights(network: string, scope: ParameterScope): Map<string, WeightTensor> {
  const shapes = new Map([...scope.parameters()].map(([name, { shape }]) => [name, shape]));
  const state = formulaState(network, shapes, GAINS);
  return new Map([...state].map(([name, tensor]) => [name, { dims: tensor.dims, data: toFloat32(tensor) }]));
}

async function load(network: Network, weights: ReadonlyMap<string, WeightTensor>) {
  return runtime.load(emitInference(network, weights));
}

async function run(
  outputs: Record<string, Value>,
  weights: ReadonlyMap<string, WeightTensor>,
  feeds: Record<string, Tensor>,
) {
  const session = await load({ name: 'parity', outputs }, weights);
  const result = await session.run(feeds);
  await session.dispose();
  return (name: string) => result[name]!.data as Float32Array;
}

/** Listed samples stand at flat index floor(k · n / K). */
const sampled = (data: Float32Array, count: number) =>
  Array.from({ length: count }, (_, k) => data[Math.floor((k * data.length) / count)]!);

describe.skipIf(!present)('against the release', () => {
  const reference = present ? JSON.parse(new TextDecoder().decode(readShared('parity/pctalk.json'))) : undefined;

  test('audio features of formula mel', async () => {
    const scope = new ParameterScope();
    const mel = input('mel', [8, 1, 80, 16]);
    const features = audioFeatures(mel, scope);
    const weights = formulaWeights('pctalk_audio', scope);
    const data = fill('input/pctalk_mel', mel.shape, -4, 4);
    const read = await run({ features }, weights, { mel: { dims: mel.shape, data } });
    const { samples } = reference.audio.audio_encoder_on_formula_mel;
    expect(maxDifference(sampled(read('features'), samples.length), samples)).toBeLessThan(5e-5);
  });

  const audio = fill('input/pctalk_audio_features', [95, audioWidth], 0, 2);
  const raw = (from: number, to: number) =>
    reference.lac.formula_features_T25.raw.full.slice(from * motionWidth, to * motionWidth);

  test('lips of the first window, by rollout', async () => {
    const scope = new ParameterScope();
    const shape = [1, period, audioWidth];
    const style = personStyle(input('person', [1], 'int64'), PERSONS, RELEASED_LAC, scope);
    const lips = lacRollout({ audio: input('audio', shape), style }, RELEASED_LAC, scope);
    const feeds = {
      person: { dims: [1], data: BigInt64Array.of(BigInt(PERSON)) },
      audio: { dims: shape, data: audio.slice(0, period * audioWidth) },
    };
    const read = await run({ lips }, formulaWeights('pctalk_lac', scope), feeds);
    expect(maxDifference(read('lips'), raw(0, period))).toBeLessThan(1e-6);
  });

  test('lips of the first window, and of the second after a warm start, frame by frame', async () => {
    const scope = new ParameterScope();
    const network = lacStepNetwork(RELEASED_LAC, scope);
    const table = new ParameterScope();
    const style = personStyle(input('person', [1], 'int64'), PERSONS, RELEASED_LAC, table);
    const person = { dims: [1], data: BigInt64Array.of(BigInt(PERSON)) };
    const read = await run({ style }, formulaWeights('pctalk_lac', table), { person });
    const session = await load(network, formulaWeights('pctalk_lac', scope));
    const decoder = new LacDecoder(session, RELEASED_LAC, read('style'));
    const frame = (i: number) => audio.slice(i * audioWidth, (i + 1) * audioWidth);
    const lips: number[] = [];
    let before: Float32Array = new Float32Array(motionWidth);
    for (let i = 0; i < period; i++) {
      before = await decoder.next(frame(i), before);
      lips.push(...before);
    }
    // Frames 20–24 again, fed back as they were heard the first time: the listed motion is that of a run without
    // refinement, so its windows start from unrefined frames.
    decoder.start();
    for (let i = 20; i < 20 + period; i++) {
      const known = i <= period ? raw(i - 1, i) : lips.slice(-motionWidth);
      const output = await decoder.next(frame(i), Float32Array.from(known));
      if (i >= period) lips.push(...output);
    }
    await session.dispose();
    expect(maxDifference(lips, raw(0, 20 + period))).toBeLessThan(1e-6);
  });

  test('style of a clip, and whose it is', async () => {
    const frames = RELEASED_STYLE_ENCODER.period;
    const scope = new ParameterScope();
    const shape = [1, frames, motionWidth];
    const embedding = styleEmbedding(input('lips', shape), RELEASED_STYLE_ENCODER, scope);
    const logits = styleLogits(embedding, PERSONS, scope);
    const expression = fill('input/style_exp', [frames, 21, 3], -0.05, 0.05);
    const lips = Float32Array.from({ length: frames * motionWidth }, (_, i) => {
      const [frame, value] = [Math.floor(i / motionWidth), i % motionWidth];
      const keypoint = [6, 12, 14, 17, 19, 20][value % 6]!;
      const scale = 1.4 + 0.05 * Math.sin((2 * Math.PI * frame) / 40);
      return scale * expression[(frame * 21 + keypoint) * 3 + Math.floor(value / 6)]!;
    });
    const outputs = { embedding: reshape(embedding, [512]), logits };
    const read = await run(outputs, formulaWeights('pctalk_style', scope), { lips: { dims: shape, data: lips } });
    // Tolerance: the reference took its input as a difference of two float32 keypoints, 1e-7 from this one.
    expect(maxDifference(read('embedding'), reference.style_encoder.embedding.full)).toBeLessThan(1e-4);
    expect(maxDifference(read('logits'), reference.style_encoder.logits.full)).toBeLessThan(1e-4);
  });
});
