import { describe, expect, it } from 'vitest';
import { createNodeRuntime } from '../../../../node/src/onnx-runtime.ts';
import { fill, formulaState } from '../../../test/helpers/formula.ts';
import { maxDifference } from '../../../test/helpers/run-network.ts';
import { readShared, sharedPath } from '../../../test/helpers/shared.ts';
import { readSafetensors } from '../../formats/safetensors.ts';
import { readTorchCheckpoint } from '../../formats/torch-checkpoint.ts';
import { buildNetwork } from '../released/build-network.ts';
import { readStitchingCheckpoint } from './checkpoints.ts';
import { type FinishOptions, finishKeypoints } from './finish-keypoints.ts';
import { faceOpenness, normaliseLips, retargetEyes, retargetLips, steadyEyeTarget, stitch } from './retargeting.ts';
import { type StitchingNetwork, stitchingNetwork } from './stitching.ts';

const source = fill('test/x_s', [63], -1, 1);
const driven = fill('test/x_d', [63], -1, 1);

async function session(kind: StitchingNetwork) {
  const network = stitchingNetwork(kind);
  const state = formulaState(network.name, network.scope.entries());
  return createNodeRuntime().load(buildNetwork(network, state, { where: kind }));
}

describe('stitch', () => {
  it('adds the offsets, then the shift in x and y', async () => {
    const network = await session('stitching');
    const data = Float32Array.of(...source, ...driven);
    const { output } = await network.run({ input: { dims: [1, 126], data } });
    const change = output!.data as Float32Array;
    const expected = driven.map((value, i) => value + change[i]! + (i % 3 === 2 ? 0 : change[63 + (i % 3)]!));
    expect(maxDifference(await stitch(source, driven, network), expected)).toBeLessThan(1e-6);
    expect(change[63]).not.toBe(0);
    expect(maxDifference(await stitch(driven, source, network), expected)).toBeGreaterThan(0.1);
  });
});

describe('finishKeypoints', () => {
  it('follows the order of the release', async () => {
    const networks = {
      stitching: await session('stitching'),
      eyes: await session('eyes'),
      lips: await session('lips'),
    };
    const finish = (options: Partial<FinishOptions>) =>
      finishKeypoints(source, driven, (kind) => networks[kind], options);
    const plus = (...terms: readonly Float32Array[]) =>
      terms[0]!.map((_, i) => terms.reduce((sum, term) => sum + term[i]!, 0));
    const near = (x: Float32Array, expected: Float32Array) => expect(maxDifference(x, expected)).toBeLessThan(1e-6);
    const [lipOffsets, eyeOffsets] = [fill('test/lip', [63], -0.1, 0.1), fill('test/eye', [63], -0.1, 0.1)];
    const stitched = await stitch(source, driven, networks.stitching);
    near(await finish({}), stitched);
    near(await finish({ stitching: false }), driven);
    near(await finish({ lipOffsets, eyeOffsets }), plus(stitched, lipOffsets, eyeOffsets));
    near(await finish({ lipOffsets, stitching: false }), plus(driven, lipOffsets));
    near(
      await finish({ multiplier: 0.5 }),
      stitched.map((value, i) => (value + source[i]!) / 2),
    );
    const [eyes, lips] = [
      { source: [0.3, 0.4] as const, target: 0.1 },
      { source: 0.2, target: 0.05 },
    ];
    const eyeChange = await retargetEyes(source, eyes.source, 0.1, networks.eyes);
    const lipChange = await retargetLips(source, 0.2, 0.05, networks.lips);
    near(await finish({ eyes, lips, stitching: false }), plus(driven, eyeChange, lipChange));
    near(await finish({ eyes, lipOffsets }), await stitch(source, plus(driven, eyeChange), networks.stitching));
    near(await finish({ lips, relative: true }), await stitch(source, plus(source, lipChange), networks.stitching));
  });

  it('holds the eyes of a video as in its first frame, unless they are closed there', () => {
    expect(steadyEyeTarget([0.2, 0.3])).toBeCloseTo(0.25, 12);
    expect(steadyEyeTarget([0.1, 0.2])).toBe(0.39);
    expect(steadyEyeTarget([0.18, 0.18])).toBe(0.18);
  });
});

describe('retargeting', () => {
  it('feeds keypoints, then ratios, then the target', async () => {
    const [eyes, lips] = [await session('eyes'), await session('lips')];
    const { output } = await eyes.run({ input: { dims: [1, 66], data: Float32Array.of(...source, 0.3, 0.4, 0.1) } });
    expect(await retargetEyes(source, [0.3, 0.4], 0.1, eyes)).toEqual(output!.data);
    const { output: lip } = await lips.run({ input: { dims: [1, 65], data: Float32Array.of(...source, 0.2, 0) } });
    expect(await retargetLips(source, 0.2, 0, lips)).toEqual(lip!.data);
    expect(await normaliseLips(source, 0.2, lips)).toEqual(lip!.data);
    expect(await normaliseLips(source, 0.029, lips)).toBeUndefined();
  });

  it('measures openness on both landmark sets', () => {
    const release = new Float32Array(203 * 2);
    const set = (index: number, x: number, y: number) => release.set([x, y], index * 2);
    set(12, 10, 0);
    set(18, 5, 3);
    set(6, 5, 0);
    set(36, 10, 0);
    set(30, 5, 1);
    set(66, 20, 0);
    set(102, 10, 4);
    set(90, 10, 0);
    expect(faceOpenness(release)).toEqual({
      eyes: [expect.closeTo(0.3, 5), expect.closeTo(Math.hypot(5, 1) / 10, 5)],
      lips: expect.closeTo(0.2, 5),
    });
    const mesh = new Float32Array(478 * 3);
    mesh.set([5, 2, 9], 159 * 3);
    mesh.set([5, 0, 1], 145 * 3);
    mesh.set([10, 0, 5], 133 * 3);
    expect(faceOpenness(mesh).eyes[0]).toBeCloseTo(0.2, 5);
  });
});

describe.skipIf(sharedPath('parity/checkpoints') === undefined)('stitching files', () => {
  it('are the same as .pth and as flattened safetensors', () => {
    const name = 'stitching_retargeting_module.pth';
    const released = readStitchingCheckpoint(readTorchCheckpoint(readShared(`parity/checkpoints/${name}`), name), name);
    expect([...released.eyes.keys()]).toEqual([...stitchingNetwork('eyes').scope.entries().keys()]);
    const flat = readSafetensors(readShared('parity/checkpoints/stitching_flattened.safetensors')).tensors;
    expect(() => readStitchingCheckpoint(flat, 'flat')).toThrow(/retarget_mouth, which the file lacks/);
    const prefix = 'retarget_shoulder_module.';
    for (const [key, tensor] of released.stitching) {
      expect(Buffer.from(flat.get(prefix + key)!.data).equals(tensor.data), key).toBe(true);
    }
  });
});
