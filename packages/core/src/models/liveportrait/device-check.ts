/** A device is trusted only after it has drawn a tiny picture as a trusted one does. */
import { PcTalkError } from '../../errors.ts';
import { ELEMENT_SIZES, elementCount, type StoredTensor } from '../../formats/stored-tensor.ts';
import { uniformAt } from '../../math/random.ts';
import type { Tensor, TensorRuntime } from '../../tensor-runtime.ts';
import { buildNetwork, type ReleasedNetwork } from '../released/build-network.ts';
import { generator } from './generator.ts';
import type { WarpingForm } from './volumes.ts';
import { warping } from './warping.ts';

/** Every kind of operation of W and G, at sizes that take milliseconds. */
const WARPING = {
  keypoints: 3,
  channels: 4,
  depth: 4,
  side: 8,
  compressed: 4,
  width: 4,
  maxWidth: 16,
  levels: 2,
  feature: 8,
};
const GENERATOR = { side: 8, feature: 8, widths: [16, 8, 4] as const, hidden: 4, middleBlocks: 1 };

/** Half-precision devices stay below this on outputs of order 1; a wrong kernel does not. */
const TOLERANCE = 2e-2;

/**
 * Runs tiny warping and generator networks on both runtimes.
 * @returns the largest difference found.
 * @throws `device-missing` if the candidate cannot run them or gives other numbers.
 */
export async function checkDevice(
  candidate: TensorRuntime,
  trusted: TensorRuntime,
  form: WarpingForm,
): Promise<number> {
  let worst = 0;
  for (const network of [warping(form, WARPING), generator(GENERATOR)]) {
    const [ours, theirs] = [await runOnce(network, trusted), await runOnce(network, candidate)];
    ours.forEach((value, i) => {
      const difference = Math.abs(value - theirs[i]!);
      if (!(difference <= worst)) worst = difference;
    });
    if (!(worst <= TOLERANCE)) {
      throw new PcTalkError(
        'device-missing',
        `device ${candidate.device}: expected the numbers of ${trusted.device} from ${network.name}, got a difference of ${worst}; use another device.`,
      );
    }
  }
  return worst;
}

async function runOnce(network: ReleasedNetwork, runtime: TensorRuntime): Promise<Float32Array> {
  const state = new Map([...network.scope.entries()].map(([key, dims], n) => [key, weight(key, dims, n)]));
  try {
    const session = await runtime.load(buildNetwork(network, state, { where: network.name }));
    const outputs = await session.run(network.name === 'spade_generator' ? generatorInputs() : warpingInputs());
    await session.dispose();
    return (outputs['out'] ?? outputs['image'])!.data as Float32Array;
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new PcTalkError(
      'device-missing',
      `device ${runtime.device}: expected it to run ${network.name}, got: ${what}`,
      { cause },
    );
  }
}

function warpingInputs(): Record<string, Tensor> {
  const { channels, depth, side, keypoints } = WARPING;
  return {
    feature_3d: { dims: [1, channels, depth, side, side], data: noise(1000, channels * depth * side * side, 1) },
    kp_driving: { dims: [1, keypoints, 3], data: noise(1001, keypoints * 3, 0.8) },
    kp_source: { dims: [1, keypoints, 3], data: noise(1002, keypoints * 3, 0.8) },
  };
}

function generatorInputs(): Record<string, Tensor> {
  const { feature, side } = GENERATOR;
  return { feature: { dims: [1, feature, side, side], data: noise(1003, feature * side * side, 1) } };
}

/** Weights that keep values of order 1; variances are positive. */
function weight(key: string, dims: readonly number[], stream: number): StoredTensor {
  const fanIn = elementCount(dims.slice(1));
  const bound = dims.length > 1 ? Math.sqrt(3 / fanIn) : 0.2;
  const data = noise(stream, elementCount(dims), bound);
  const one = /running_var$|norm\.weight$/.test(key);
  const shifted = one ? data.map((value) => 1 + value) : data;
  return { type: 'float32', dims, data: new Uint8Array(shifted.buffer, 0, shifted.length * ELEMENT_SIZES.float32) };
}

function noise(stream: number, count: number, bound: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => bound * (2 * uniformAt(0, stream, i) - 1));
}
