/** G at reduced width against the slow, obvious computation with nothing folded. Full size: test/parity. */
import { beforeAll, describe, expect, it } from 'vitest';
import { fill, formulaState } from '../../../test/helpers/formula.ts';
import {
  at,
  build,
  double,
  instanceNorm,
  leakyRelu,
  NaiveLayers,
  relu,
  sigmoid,
  type Volume,
  volume,
  zip,
} from '../../../test/helpers/naive-network.ts';
import { maxDifference, relativeRms, runNetwork, withValues } from '../../../test/helpers/run-network.ts';
import { generator } from './generator.ts';

const SIZES = { side: 6, feature: 5, widths: [8, 6, 4] as const, hidden: 3, middleBlocks: 2 };
const feature = fill('test/feature', [SIZES.feature, SIZES.side, SIZES.side], -1, 1);
const state = formulaState('generator_test', generator(SIZES).scope.entries());

async function run(weights = state, precision: 'float32' | 'float16' = 'float32'): Promise<Float32Array> {
  const dims = [1, SIZES.feature, SIZES.side, SIZES.side];
  return (await runNetwork(generator(SIZES), weights, { feature: { dims, data: feature } }, precision))['image']!;
}

function naive(): Float64Array {
  const layers = new NaiveLayers(state);
  let guide = volume([SIZES.feature, 1, SIZES.side, SIZES.side], feature);
  const spade = (x: Volume, key: string) => {
    const response = relu(layers.conv(guide, `${key}.mlp_shared.0`));
    const gamma = layers.conv(response, `${key}.mlp_gamma`);
    const scaled = zip(instanceNorm(x), gamma, (v, g) => v * (1 + g));
    return zip(scaled, layers.conv(response, `${key}.mlp_beta`), (v, b) => v + b);
  };
  const block = (x: Volume, key: string, learned: boolean) => {
    const shortcut = learned ? layers.conv(spade(x, `${key}.norm_s`), `${key}.conv_s`) : x;
    const inner = layers.conv(leakyRelu(spade(x, `${key}.norm_0`), 0.2), `${key}.conv_0`);
    return zip(shortcut, layers.conv(leakyRelu(spade(inner, `${key}.norm_1`), 0.2), `${key}.conv_1`), (a, b) => a + b);
  };
  let x = layers.conv(guide, 'fc');
  for (let i = 0; i < SIZES.middleBlocks; i++) x = block(x, `G_middle_${i}`, false);
  for (const i of [0, 1]) {
    x = double(x);
    guide = double(guide);
    x = block(x, `up_${i}`, true);
  }
  const packed = layers.conv(leakyRelu(x, 0.2), 'conv_img.0');
  const size = packed.dims[2] * 2;
  return sigmoid(
    build([3, 1, size, size], (c, _, y, px) => at(packed, c * 4 + (y % 2) * 2 + (px % 2), 0, y >> 1, px >> 1)),
  ).data;
}

describe('generator at reduced width', () => {
  let expected: Float64Array;
  beforeAll(() => {
    expected = naive();
  });

  it('computes what the layers say one by one', async () => {
    expect(maxDifference(await run(), expected)).toBeLessThan(2e-6);
  });

  it('stays within a grey level in half precision', async () => {
    expect(maxDifference(await run(state, 'float16'), expected)).toBeLessThan(1 / 255);
  });

  it('needs 1 + γ and the spectral norm folded', async () => {
    const minusOne = withValues(state, { 'G_middle_0.norm_0.mlp_gamma.bias': (bias) => bias.map((b) => b - 1) });
    expect(relativeRms(await run(minusOne), expected)).toBeGreaterThan(1e-3);
    const half = withValues(state, { 'G_middle_1.conv_1.weight_u': (u) => u.map((value) => value / 2) });
    expect(relativeRms(await run(half), expected)).toBeGreaterThan(1e-3);
  });
});
