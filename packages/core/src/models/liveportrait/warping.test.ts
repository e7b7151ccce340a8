/** W at reduced width against the slow, obvious computation with nothing folded. Full size: test/parity. */
import { beforeAll, describe, expect, it } from 'vitest';
import { fill, formulaState } from '../../../test/helpers/formula.ts';
import {
  at,
  build,
  concatChannels,
  double,
  halve,
  leakyRelu,
  map,
  NaiveLayers,
  relu,
  sample,
  sigmoid,
  softmaxChannels,
  type Volume,
  volume,
  zip,
} from '../../../test/helpers/naive-network.ts';
import { maxDifference, relativeRms, runNetwork, withValues } from '../../../test/helpers/run-network.ts';
import type { StateDict } from '../released/build-network.ts';
import { warping } from './warping.ts';

const SIZES = {
  keypoints: 3,
  channels: 4,
  depth: 4,
  side: 8,
  compressed: 2,
  width: 4,
  maxWidth: 12,
  levels: 2,
  feature: 6,
};
const { keypoints, channels, depth, side, compressed } = SIZES;
const COUNT = keypoints + 1;

const feature = fill('test/feature', [channels, depth, side, side], -1, 1);
const source = fill('test/source', [keypoints, 3], -0.8, 0.8);
const driving = source.map((value, i) => value + fill('test/delta', [keypoints * 3], -0.3, 0.3)[i]!);
const state = formulaState('warping_test', warping('5d', SIZES).scope.entries());

function run(form: '5d' | '2d', weights: StateDict = state, kpDriving = driving, kpSource = source) {
  const points = (data: Float32Array) => ({ dims: [1, keypoints, 3], data });
  return runNetwork(warping(form, SIZES), weights, {
    feature_3d: { dims: [1, channels, depth, side, side], data: feature },
    kp_driving: points(kpDriving),
    kp_source: points(kpSource),
  });
}

function naive(): { out: Float64Array; occlusion_map: Float64Array; deformation: number[] } {
  const layers = new NaiveLayers(state);
  const inner = 'dense_motion_network';
  const input = volume([channels, depth, side, side], feature);
  const small = relu(layers.batchNorm(layers.conv(input, `${inner}.compress`), `${inner}.norm`));
  const coordinate = (index: number, size: number) => (2 * index) / (size - 1) - 1;
  const place = (z: number, y: number, x: number) => [coordinate(x, side), coordinate(y, side), coordinate(z, depth)];
  const motion = (k: number, z: number, y: number, x: number) =>
    place(z, y, x).map((value, axis) =>
      k === 0 ? value : value - driving[(k - 1) * 3 + axis]! + source[(k - 1) * 3 + axis]!,
    );
  const gaussian = (points: Float32Array, k: number, z: number, y: number, x: number) =>
    Math.exp(
      (-0.5 * place(z, y, x).reduce((sum, value, axis) => sum + (value - points[(k - 1) * 3 + axis]!) ** 2, 0)) / 0.01,
    );
  const evidence = build([COUNT * (1 + compressed), depth, side, side], (c, z, y, x) => {
    const k = Math.floor(c / (1 + compressed));
    const part = c % (1 + compressed);
    if (part === 0) return k === 0 ? 0 : gaussian(driving, k, z, y, x) - gaussian(source, k, z, y, x);
    const [sx, sy, sz] = motion(k, z, y, x);
    return sample(small, part - 1, sx!, sy!, sz!);
  });
  const block = (x: Volume, key: string) => relu(layers.batchNorm(layers.conv(x, `${key}.conv`), `${key}.norm`));
  const hourglass = `${inner}.hourglass`;
  const down0 = halve(block(evidence, `${hourglass}.encoder.down_blocks.0`));
  const down1 = halve(block(down0, `${hourglass}.encoder.down_blocks.1`));
  const up0 = concatChannels(block(double(down1), `${hourglass}.decoder.up_blocks.0`), down0);
  const up1 = concatChannels(block(double(up0), `${hourglass}.decoder.up_blocks.1`), evidence);
  const prediction = block(up1, `${hourglass}.decoder`);
  const shares = softmaxChannels(layers.conv(prediction, `${inner}.mask`));
  const deformation: number[] = [];
  build([1, depth, side, side], (_, z, y, x) => {
    for (const axis of [0, 1, 2]) {
      let sum = 0;
      for (let k = 0; k < COUNT; k++) sum += at(shares, k, z, y, x) * motion(k, z, y, x)[axis]!;
      deformation.push(sum);
    }
    return 0;
  });
  const flat = volume([prediction.dims[0] * depth, 1, side, side], prediction.data);
  const occlusion = sigmoid(layers.conv(flat, `${inner}.occlusion`));
  const warped = build([channels, depth, side, side], (c, z, y, x) => {
    const i = ((z * side + y) * side + x) * 3;
    return sample(input, c, deformation[i]!, deformation[i + 1]!, deformation[i + 2]!);
  });
  const plane = volume([channels * depth, 1, side, side], warped.data);
  const third = leakyRelu(layers.batchNorm(layers.conv(plane, 'third.conv'), 'third.norm'), 0.01);
  const out = zip(layers.conv(third, 'fourth'), occlusion, (a, b) => a * b);
  return { out: map(out, (v) => v).data, occlusion_map: occlusion.data, deformation };
}

describe('warping at reduced width', () => {
  let expected: ReturnType<typeof naive>;
  beforeAll(() => {
    expected = naive();
  });

  it.each(['5d', '2d'] as const)('computes in its %s form what the layers say one by one', async (form) => {
    const outputs = await run(form);
    expect(maxDifference(outputs['deformation']!, expected.deformation)).toBeLessThan(2e-6);
    expect(maxDifference(outputs['occlusion_map']!, expected.occlusion_map)).toBeLessThan(2e-6);
    expect(maxDifference(outputs['out']!, expected.out)).toBeLessThan(5e-6);
  });

  it.each(['5d', '2d'] as const)('stays close in half precision, %s form', async (form) => {
    const points = (data: Float32Array) => ({ dims: [1, keypoints, 3], data });
    const inputs = {
      feature_3d: { dims: [1, channels, depth, side, side], data: feature },
      kp_driving: points(driving),
      kp_source: points(source),
    };
    const outputs = await runNetwork(warping(form, SIZES), state, inputs, 'float16');
    expect(maxDifference(outputs['deformation']!, expected.deformation)).toBeLessThan(1e-2);
    expect(relativeRms(outputs['out']!, expected.out)).toBeLessThan(1e-2);
  });

  it('tells driving keypoints from source keypoints', async () => {
    const { out } = await run('5d', state, source, driving);
    expect(relativeRms(out!, expected.out)).toBeGreaterThan(0.1);
  });

  it.each(['third', 'dense_motion_network', 'dense_motion_network.hourglass.decoder'])(
    'needs the batch normalisation of %s folded',
    async (key) => {
      const plain = (value: number) => (data: Float32Array) => data.fill(value);
      const norm = { weight: 1, bias: 0, running_mean: 0, running_var: 1 };
      const changes = Object.entries(norm).map(([name, value]) => [`${key}.norm.${name}`, plain(value)]);
      const { out } = await run('5d', withValues(state, Object.fromEntries(changes)));
      expect(relativeRms(out!, expected.out)).toBeGreaterThan(0.01);
    },
  );
});
