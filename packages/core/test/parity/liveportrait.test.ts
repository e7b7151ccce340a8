/** LivePortrait's networks at released sizes against PyTorch (test/golden/liveportrait). W, G and the chain are slow. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { appearanceExtractor } from '../../src/models/liveportrait/appearance-extractor.ts';
import { generator } from '../../src/models/liveportrait/generator.ts';
import { motionExtractor } from '../../src/models/liveportrait/motion-extractor.ts';
import {
  STITCHING_NETWORKS,
  type StitchingNetwork,
  stitchingNetwork,
} from '../../src/models/liveportrait/stitching.ts';
import { warping } from '../../src/models/liveportrait/warping.ts';
import type { ReleasedNetwork } from '../../src/models/released/build-network.ts';
import type { Tensor } from '../../src/tensor-runtime.ts';
import { fill, formulaState } from '../helpers/formula.ts';
import { maxDifference, relativeRms, runNetwork, withValues } from '../helpers/run-network.ts';

interface Reference {
  readonly shape: readonly number[];
  readonly sum: number;
  readonly samples: readonly number[];
}
const { networks } = JSON.parse(
  readFileSync(new URL('../golden/liveportrait/expected.json', import.meta.url), 'utf8'),
) as { networks: Record<string, Record<string, Reference>> };
const SLOW = process.env['PCTALK_SLOW'] === '1';
if (!SLOW) console.log('skipped: W, G and their chain at full size need PCTALK_SLOW=1 (minutes, 2.5 GB)');

const tensor = (name: string, dims: readonly number[], lo: number, hi: number): Tensor => ({
  dims,
  data: fill(name, dims, lo, hi),
});
const image = tensor('input/image', [1, 3, 256, 256], 0, 1);
const kpSource = tensor('input/kp_source', [1, 21, 3], -0.8, 0.8);
const delta = fill('input/kp_delta', [63], -0.15, 0.15);
const kpDriving: Tensor = {
  dims: [1, 21, 3],
  data: (kpSource.data as Float32Array).map((value, i) => value + delta[i]!),
};

const runFormula = (network: ReleasedNetwork, inputs: Record<string, Tensor>) =>
  runNetwork(network, formulaState(network.name, network.scope.entries()), inputs);

/** Elements floor(k·n / 200) as the reference lists them; all of them when there are no more than 200. */
function samplesOf(data: Float32Array): number[] {
  if (data.length <= 200) return [...data];
  return Array.from({ length: 200 }, (_, k) => data[Math.floor((k * data.length) / 200)]!);
}

function expectWithin(data: Float32Array, reference: Reference, tolerance: number): void {
  expect(data.length).toBe(reference.shape.reduce((product, size) => product * size, 1));
  expect(maxDifference(samplesOf(data), reference.samples)).toBeLessThan(tolerance);
  expect(Math.abs(data.reduce((sum, value) => sum + value, 0) - reference.sum) / data.length).toBeLessThan(tolerance);
}

describe('small networks', () => {
  it.each(Object.keys(STITCHING_NETWORKS) as StitchingNetwork[])('%s', async (kind) => {
    const { released, widths } = STITCHING_NETWORKS[kind];
    const { output } = await runFormula(stitchingNetwork(kind), {
      input: tensor(`input/${released}`, [1, widths[0]], -1, 1),
    });
    expectWithin(output!, Object.values(networks[released]!)[0]!, 1e-5);
  });

  it('motion extractor, and a transposed head fails', async () => {
    const network = motionExtractor();
    const state = formulaState(network.name, network.scope.entries());
    const outputs = await runNetwork(network, state, { image });
    for (const [name, reference] of Object.entries(networks['motion_extractor']!))
      expectWithin(outputs[name]!, reference, 2e-5);
    const transposed = withValues(state, {
      'detector.fc_exp.weight': (w) => w.map((_, i) => w[(i % 63) * 768 + Math.floor(i / 63)]!),
    });
    const wrong = await runNetwork(motionExtractor(), transposed, { image });
    expect(relativeRms(wrong['exp']!, outputs['exp']!)).toBeGreaterThan(0.5);
    expect(maxDifference(wrong['t']!, outputs['t']!)).toBe(0);
  });

  it('appearance extractor, and a missing fold fails', async () => {
    const network = appearanceExtractor();
    const state = formulaState(network.name, network.scope.entries());
    const reference = networks['appearance_feature_extractor']!['feature_3d']!;
    expectWithin((await runNetwork(network, state, { image }))['feature_3d']!, reference, 3e-4);
    const unfolded = withValues(state, { 'resblocks_3d.3dr0.norm2.running_var': (v) => v.fill(1) });
    const wrong = await runNetwork(appearanceExtractor(), unfolded, { image });
    expect(maxDifference(samplesOf(wrong['feature_3d']!), reference.samples)).toBeGreaterThan(3e-2);
  });
});

describe.runIf(SLOW)('large networks', { timeout: 600_000 }, () => {
  const feature3d = () => tensor('input/feature_3d', [1, 32, 16, 64, 64], -1, 1);
  it.each([
    ['5d', { out: 1e-4, occlusion_map: 3e-5, deformation: 1e-5 }],
    ['2d', { out: 3e-4, occlusion_map: 6e-5, deformation: 1e-5 }],
  ] as const)('warping, %s form', async (form, tolerances) => {
    const outputs = await runFormula(warping(form), {
      feature_3d: feature3d(),
      kp_driving: kpDriving,
      kp_source: kpSource,
    });
    for (const [name, reference] of Object.entries(networks['warping_module']!)) {
      expectWithin(outputs[name]!, reference, tolerances[name as keyof typeof tolerances]);
    }
  });

  it('swapped keypoints fail', async () => {
    const { out } = await runFormula(warping('5d'), {
      feature_3d: feature3d(),
      kp_driving: kpSource,
      kp_source: kpDriving,
    });
    expect(relativeRms(samplesOf(out!), networks['warping_module']!['out']!.samples)).toBeGreaterThan(0.5);
  });

  it('generator', async () => {
    const { image: picture } = await runFormula(generator(), {
      feature: tensor('input/gen_feature', [1, 256, 64, 64], -1, 1),
    });
    expectWithin(picture!, networks['spade_generator']!['image']!, 2e-5);
  });

  it.each(['5d', '2d'] as const)('from picture to picture, %s form', async (form) => {
    const { feature_3d } = await runFormula(appearanceExtractor(), { image });
    const volume = { dims: [1, 32, 16, 64, 64], data: feature_3d! };
    const { out } = await runFormula(warping(form), { feature_3d: volume, kp_driving: kpDriving, kp_source: kpSource });
    const { image: picture } = await runFormula(generator(), { feature: { dims: [1, 256, 64, 64], data: out! } });
    expectWithin(picture!, networks['chain_F_W_G']!['image']!, 1e-3);
  });
});
