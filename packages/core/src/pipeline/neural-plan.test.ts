import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeRuntime } from '../../../node/src/onnx-runtime.ts';
import {
  formulaTemplate,
  pcTalkState,
  REFINEMENT_SHAPES,
  referenceWaveform,
} from '../../test/helpers/pctalk-formula.ts';
import { maxDifference } from '../../test/helpers/run-network.ts';
import type { MotionTemplate } from '../formats/motion-template.ts';
import { DEFAULT_PERFORMANCE, type Performance } from '../formats/performance.ts';
import { audioEncoder } from '../models/pctalk/audio-encoder.ts';
import { describeLac } from '../models/pctalk/lac.ts';
import { PcTalkMotion } from '../models/pctalk/pctalk-motion.ts';
import { motionFactor, relativeMotion } from '../motion/implicit/transfer-motion.ts';
import { transformKeypoints } from '../motion/implicit/transform.ts';
import { type NeuralSourceFrame, type NeuralTake, planNeuralFrames } from './neural-plan.ts';

const FACTS = { period: 25, persons: 210 };
const clip = formulaTemplate('tpl', 30);
const region = { centerX: 0, centerY: 0, size: 1, rotation: 0 };
const frameOf = (n: number): NeuralSourceFrame => ({ region, canonical: clip.canonical, motion: clip.frames[n]! });
const still = [frameOf(0)];
const waveform = referenceWaveform().subarray(0, 32_000);
const LIPS = [6, 12, 14, 17, 19, 20];

let motion: PcTalkMotion;
beforeAll(async () => {
  const lac = {
    ...FACTS,
    model: pcTalkState('pctalk_lac', describeLac(FACTS).step.scope.entries()),
    refinement: pcTalkState('pctalk_lac_ft', REFINEMENT_SHAPES),
  };
  const audio = pcTalkState('pctalk_audio', audioEncoder(1).scope.entries());
  motion = await PcTalkMotion.load({ audioEncoder: audio, lac }, createNodeRuntime({ threads: 2 }));
});
afterAll(() => motion.dispose());

function plan(
  source: readonly NeuralSourceFrame[],
  take: Partial<NeuralTake> = {},
  performance: Partial<Performance> = {},
) {
  return planNeuralFrames(motion, source, waveform, {
    performance: { ...DEFAULT_PERFORMANCE, ...performance } as Performance,
    profile: 'pc-talk',
    style: { kind: 'person', person: 192 },
    ...take,
  });
}
const lipsOf = (keypoints: Float32Array) => LIPS.flatMap((k) => [...keypoints.subarray(k * 3, k * 3 + 3)]);
const restOf = (keypoints: Float32Array) => [...keypoints].filter((_, i) => !LIPS.includes(Math.floor(i / 3)));

it('refuses movements that are made of mesh coefficients', async () => {
  const articulations = [{ name: 'teeth', vector: { mouthUpperUpLeft: 1 } }];
  await expect(plan(still, {}, { articulations })).rejects.toMatchObject({ code: 'usage' });
});

describe('the profiles', () => {
  it('pc-talk loses the tail and holds a still as it is; default mends both', async () => {
    const release = await plan(still);
    const mended = await plan(still, { profile: 'default' });
    expect([release.length, mended.length]).toEqual([45, 50]);
    for (const { keypoints } of release) expect(restOf(keypoints)).toEqual(restOf(release[0]!.keypoints));
    expect(maxDifference(restOf(mended[40]!.keypoints), restOf(mended[0]!.keypoints))).toBeGreaterThan(1e-3);
  });

  it('default holds the head still and the eyes open when it is told to', async () => {
    const frames = await plan(still, { profile: 'default' }, { headMotion: 0, blink: 0 });
    for (const { keypoints } of frames) {
      expect(maxDifference(restOf(keypoints), restOf(frames[0]!.keypoints))).toBeLessThan(1e-6);
    }
  });

  it('default scales lips about their rest, pc-talk about zero', async () => {
    const calm = { headMotion: 0, blink: 0, lipScale: 0 } as const;
    const mended = await plan(still, { profile: 'default' }, calm);
    const release = await plan(still, {}, calm);
    expect(maxDifference(lipsOf(mended[5]!.keypoints), lipsOf(mended[30]!.keypoints))).toBeLessThan(1e-6);
    expect(maxDifference(lipsOf(mended[5]!.keypoints), lipsOf(release[5]!.keypoints))).toBeGreaterThan(1e-3);
  });

  it('default refuses what pc-talk takes', async () => {
    await expect(plan(still, { profile: 'default' }, { lipScale: 5 })).rejects.toMatchObject({
      code: 'value-out-of-range',
    });
    expect((await plan(still, {}, { lipScale: 5 })).length).toBe(45);
  });
});

describe('controls over time', () => {
  it('edits the lips of one stretch alone', async () => {
    const plain = await plan(still);
    const edit = { movement: 'opening', scale: 2, start: 0.4, end: 0.8, ease: 0 };
    const edited = await plan(still, {}, { articulation: [edit] });
    const changed = plain.map(({ keypoints }, n) => maxDifference(keypoints, edited[n]!.keypoints) > 1e-6);
    expect(changed.indexOf(true)).toBe(10);
    expect(changed.lastIndexOf(true)).toBe(19);
  });

  it('asks for EMC where emotions are wanted', async () => {
    await expect(plan(still, {}, { emotion: [{ emotion: 'happy', intensity: 0.5 }] })).rejects.toMatchObject({
      code: 'model-missing',
    });
  });
});

describe('video sources and references', () => {
  it('plays a short video forth and back', async () => {
    const video = Array.from({ length: 4 }, (_, n) => frameOf(n));
    const release = (await plan(video)).map(({ sourceIndex }) => sourceIndex);
    const mended = (await plan(video, { profile: 'default' })).map(({ sourceIndex }) => sourceIndex);
    expect(release.slice(0, 10)).toEqual([0, 1, 2, 3, 3, 2, 1, 0, 0, 1]);
    expect(mended.slice(0, 10)).toEqual([0, 1, 2, 3, 2, 1, 0, 1, 2, 3]);
  });

  it('lays what a reference changes on the source', async () => {
    const calm = { headMotion: 0, blink: 0 } as const;
    const reference: MotionTemplate = {
      fps: 25,
      frames: clip.frames.slice(10),
      eyeRatios: clip.frames.slice(10).map((_, n) => [n / 100, 1] as const),
      lipRatios: clip.frames.slice(10).map((_, n) => n / 50),
    };
    const still3 = [frameOf(3)];
    const moved = await plan(still3, { reference, relative: true }, calm);
    const own = transformKeypoints(clip.canonical, clip.frames[3]!);
    expect(maxDifference(restOf(moved[0]!.keypoints), restOf(own))).toBeLessThan(1e-6);
    const expected = transformKeypoints(
      clip.canonical,
      relativeMotion(clip.frames[3]!, clip.frames[14]!, clip.frames[10]!),
    );
    expect(maxDifference(restOf(moved[4]!.keypoints), restOf(expected))).toBeLessThan(1e-6);
    expect([moved[4]!.eyeOpenness, moved[4]!.lipOpenness]).toEqual([0.04, 0.08]);
    const friendly = await plan(still3, { reference, relative: true, drivingOption: 'expression-friendly' }, calm);
    expect(maxDifference(friendly[0]!.keypoints, own)).toBeLessThan(1e-6);
    const factor = motionFactor(own, moved[0]!.keypoints);
    const change = moved[4]!.keypoints.map((value, i) => own[i]! + (value - moved[0]!.keypoints[i]!) * factor);
    expect(maxDifference(friendly[4]!.keypoints, change)).toBeLessThan(1e-6);
  });

  it('takes pose from a reference and scale from the source', async () => {
    const reference: MotionTemplate = { fps: 12.5, frames: clip.frames };
    const frames = await plan(still, { reference });
    const { rotation, expression, translation } = clip.frames[7]!;
    const expected = expression.slice(0, 3).map((value, axis) => {
      const [x, y, z] = clip.canonical;
      const turned = x! * rotation[axis]! + y! * rotation[3 + axis]! + z! * rotation[6 + axis]!;
      return still[0]!.motion.scale * (turned + value) + (axis === 2 ? 0 : translation[axis]!);
    });
    expect(maxDifference(frames[7]!.keypoints.subarray(0, 3), expected)).toBeLessThan(1e-6);
    // Mended, a template of 12.5 frames a second plays at its own speed.
    const slow = await plan(still, { reference, profile: 'default' });
    expect(maxDifference(slow[14]!.keypoints.subarray(0, 3), expected)).toBeLessThan(1e-6);
  });
});
