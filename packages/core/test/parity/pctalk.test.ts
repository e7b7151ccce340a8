/** PC-Talk from audio to driven keypoints against the released code run in PyTorch (test/golden/pctalk). */
import { readFileSync } from 'node:fs';
import type { Shape } from '@pctalk/graph';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeRuntime } from '../../../node/src/onnx-runtime.ts';
import { audioEncoder, audioFrameCount, audioWindowStart } from '../../src/models/pctalk/audio-encoder.ts';
import { describeEmc, Emc } from '../../src/models/pctalk/emc.ts';
import { describeLac, Lac, type PredictLipsOptions } from '../../src/models/pctalk/lac.ts';
import { type DriveOptions, PC_TALK_PROFILE, PcTalkMotion } from '../../src/models/pctalk/pctalk-motion.ts';
import { encodeStyle, styleEncoder, styleFrame } from '../../src/models/pctalk/style-encoder.ts';
import { planWindows } from '../../src/models/pctalk/windows.ts';
import { buildNetwork, type StateDict } from '../../src/models/released/build-network.ts';
import { ARTICULATIONS, type Emotion } from '../../src/motion/emotions.ts';
import type { ArticulationEdit } from '../../src/motion/implicit/articulation-edit.ts';
import { controlLips, lipReference, pointMajorLips } from '../../src/motion/implicit/drive-expression.ts';
import {
  FixedLagSmoother,
  LIP_KALMAN,
  smoothRandomWalk,
  VIDEO_KALMAN,
  VIDEO_KALMAN_GPU,
} from '../../src/motion/implicit/kalman-smoother.ts';
import { transformKeypoints } from '../../src/motion/implicit/transform.ts';
import { fill } from '../helpers/formula.ts';
import { formulaTemplate, pcTalkState, REFINEMENT_SHAPES, referenceWaveform } from '../helpers/pctalk-formula.ts';
import { maxDifference, runNetwork } from '../helpers/run-network.ts';

interface Reference {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
const golden = JSON.parse(readFileSync(new URL('../golden/pctalk/expected.json', import.meta.url), 'utf8'));
const runtime = createNodeRuntime({ threads: 2 });

function differenceFrom(reference: Reference, frames: readonly Float32Array[]): number {
  const flat = frames.flatMap((frame) => [...frame]);
  expect(flat.length).toBe(reference.shape.reduce((product, size) => product * size, 1));
  const count = reference.values.length;
  return maxDifference(
    Array.from({ length: count }, (_, k) => flat[Math.floor((k * flat.length) / count)]!),
    reference.values,
  );
}

const subtract = (frames: readonly Float32Array[], from: readonly Float32Array[]) =>
  frames.map((frame, n) => frame.map((value, i) => value - from[n]![i]!));

const audioState = pcTalkState('pctalk_audio', audioEncoder(1).scope.entries());
function lacWeights(period: number) {
  const facts = { period, persons: 210 };
  const model = pcTalkState('pctalk_lac', describeLac(facts).memory.scope.entries());
  return { ...facts, model, refinement: pcTalkState('pctalk_lac_ft', REFINEMENT_SHAPES) };
}
function emcWeights(period: number) {
  const facts = { period, persons: 40, personBias: true };
  return { ...facts, model: pcTalkState('pctalk_emc', describeEmc(facts, 1).motion.networks.step.scope.entries()) };
}

const features = fill('input/pctalk_audio_features', [95, 512], 0, 2);
const formulaFeatures = Array.from({ length: 95 }, (_, n) => features.slice(n * 512, (n + 1) * 512));
const template = formulaTemplate('tpl', 95);
const reference = template.frames.map((motion) => lipReference(template.canonical, motion));
const person = (index: number) => ({ kind: 'person', person: index }) as const;

describe('what the files hold', () => {
  const entriesOf = (entries: ReadonlyMap<string, Shape>) =>
    Object.fromEntries([...entries].map(([k, v]) => [k, [...v]]));
  const shapes = (file: string) =>
    Object.fromEntries(
      Object.entries(golden.state_dict_shapes[file]).filter(([key]) => !key.endsWith('num_batches_tracked')),
    );

  it('is known key by key and shape by shape', () => {
    const lac = describeLac({ period: 25, persons: 210 }).step.scope.entries();
    const emc = describeEmc({ period: 25, persons: 40, personBias: true }, 2).feeling.networks.step.scope.entries();
    expect(entriesOf(audioEncoder(1).scope.entries())).toEqual(shapes('audio_encoder.pth'));
    expect(entriesOf(lac)).toEqual(shapes('lac.pth/model (T=25, person_num=210)'));
    expect(entriesOf(REFINEMENT_SHAPES)).toEqual(shapes('lac.pth/model_ft'));
    expect(entriesOf(emc)).toEqual(shapes('emc.pth/model (type 3, T=25, person_num=40)'));
    const style = styleEncoder(210).scope.entries();
    expect(entriesOf(style)).toEqual(shapes('style_encoder.pth (after stripping obj_vector.)'));
  });
});

describe('time', () => {
  it('counts frames as the release does', () => {
    for (const [samples, counts] of Object.entries<Record<string, number>>(golden.frame_counts_by_samples_at_16khz)) {
      expect(audioFrameCount(1 + Math.floor(Number(samples) / 200)), samples).toBe(counts['video_frames']);
    }
    expect([0, 1, 2, 3, 4, 5, 6, 94].map(audioWindowStart)).toEqual([0, 3, 6, 9, 12, 16, 19, 300]);
  });

  it('plans windows as the release does', () => {
    for (const [key, plan] of Object.entries(golden.window_plans_start_end_warm)) {
      const [total, length] = key.split('_T').map(Number) as [number, number];
      expect(
        planWindows(total, length).map(({ start, end, warm }) => [start, end, warm]),
        key,
      ).toEqual(plan);
    }
  });
});

describe('smoothing', () => {
  const frames = golden.kalman_1d.input.map((value: number) => Float32Array.of(value)) as Float32Array[];
  it('is the random-walk smoother', () => {
    const first = smoothRandomWalk(frames, LIP_KALMAN).map(([value]) => value!);
    const second = smoothRandomWalk(frames, VIDEO_KALMAN).map(([value]) => value!);
    expect(maxDifference(first, golden.kalman_1d['smoothed_q1e-5_r1e-6'])).toBeLessThan(1e-7);
    expect(maxDifference(second, golden.kalman_1d['smoothed_q1e-5_r3e-7_second_stage'])).toBeLessThan(1e-7);
  });

  it('leaves clips of two frames alone', () => {
    expect(smoothRandomWalk(frames.slice(3, 5), LIP_KALMAN)).toEqual(frames.slice(3, 5));
  });

  it('needs no more than two frames ahead', () => {
    const noisy = Array.from({ length: 60 }, (_, n) => fill(`test/lips_${n}`, [18], -0.15, 0.15));
    const whole = smoothRandomWalk(noisy, LIP_KALMAN).flatMap((frame) => [...frame]);
    const difference = (lag: number) => {
      const smoother = new FixedLagSmoother(lag);
      const out = noisy.map((frame) => smoother.push(frame)).filter((frame) => frame !== undefined);
      return maxDifference(
        [...out, ...smoother.end()].flatMap((frame) => [...frame]),
        whole,
      );
    };
    expect(difference(60)).toBeLessThan(1e-7);
    expect(difference(2)).toBeLessThan(2e-4);
    expect(difference(0)).toBeGreaterThan(1e-3);
  });
});

describe('audio encoder', () => {
  const mel = (dims: Shape, data: Float32Array) => ({ mel: { dims, data } });
  it('matches on formula mels and on silence', async () => {
    const formula = fill('input/pctalk_mel', [8, 1, 80, 16], -4, 4);
    const outputs = await runNetwork(audioEncoder(8), audioState, mel([8, 1, 80, 16], formula));
    expect(differenceFrom(golden.audio.audio_encoder_on_formula_mel, [outputs['feature']!])).toBeLessThan(5e-5);
    const silence = new Float32Array(80 * 16).fill(-4);
    const quiet = await runNetwork(audioEncoder(1), audioState, mel([1, 1, 80, 16], silence));
    expect(differenceFrom(golden.audio.audio_encoder_on_silence_mel_all_minus_4, [quiet['feature']!])).toBeLessThan(
      5e-5,
    );
  });
});

describe.each([25, 50])('LAC with windows of %i', (period) => {
  let lac: Lac;
  beforeAll(async () => {
    lac = await Lac.load(lacWeights(period), runtime, { where: 'lac.pth' });
  });
  afterAll(() => lac.dispose());
  const predict = (frames = 95, options: Partial<PredictLipsOptions> = {}) =>
    lac.predict(formulaFeatures.slice(0, frames), { style: person(192), reference, ...options });

  it('matches before and after refinement', async () => {
    const expected = golden.lac[`formula_features_T${period}`];
    expect(differenceFrom(expected.raw, await predict(95, { refine: false }))).toBeLessThan(1e-6);
    expect(differenceFrom(expected.refined, await predict())).toBeLessThan(1e-6);
  });

  it.runIf(period === 25)('matches on clips shorter and just longer than a window', async () => {
    for (const frames of [1, 2, 26]) {
      const expected = golden.lac[`formula_features_first_${frames}_frames_T25_refined`];
      expect(differenceFrom(expected, await predict(frames)), `${frames} frames`).toBeLessThan(1e-6);
    }
  });
});

describe('style encoder', () => {
  it('matches its embedding, its logits and short references', async () => {
    const network = styleEncoder(210);
    const state = pcTalkState('pctalk_style', network.scope.entries());
    const session = await runtime.load(buildNetwork(network, state, { where: 'style_encoder.pth' }));
    const clip = formulaTemplate('style', 100);
    const frames = clip.frames.map((motion) => styleFrame(clip.canonical, motion));
    const expected = golden.style_encoder;
    expect(differenceFrom(expected.input_1x100x3x6, frames)).toBeLessThan(3e-7);
    expect(differenceFrom(expected.embedding, [await encodeStyle(frames, session)])).toBeLessThan(2e-5);
    const short = await encodeStyle(frames.slice(0, 60), session);
    expect(differenceFrom(expected.embedding_60_frames_ping_pong, [short])).toBeLessThan(2e-5);
    const data = Float32Array.from(frames.flatMap((frame) => [...frame]));
    const { logits } = await session.run({ lips: { dims: [1, 100, 18], data } });
    expect(differenceFrom(expected.logits, [logits!.data as Float32Array])).toBeLessThan(2e-5);
    await session.dispose();
  });
});

describe('from sound to driven keypoints', () => {
  let motion: PcTalkMotion;
  let audio: Float32Array[];
  const whole = {
    canonical: Array<Float32Array>(95).fill(template.canonical),
    reference: template.frames,
  };
  const base: DriveOptions = {
    style: person(192),
    profile: PC_TALK_PROFILE,
    controls: () => ({ lipScale: 0.6, articulation: [] }),
    ...whole,
  };
  const twoEmotions = [
    { emotion: 'happy', region: 'lips', intensity: 0.5 },
    { emotion: 'sad', region: 'upper_face', intensity: 0.3 },
  ] as const;

  beforeAll(async () => {
    const weights = { audioEncoder: audioState, lac: lacWeights(25), emc: emcWeights(25) };
    motion = await PcTalkMotion.load(weights, runtime);
    audio = await motion.hear(referenceWaveform(), PC_TALK_PROFILE);
  });
  afterAll(() => motion.dispose());
  const lips = (options: Partial<PredictLipsOptions> = {}) =>
    motion.lac.predict(audio, { style: person(192), reference, ...options });

  it('hears', () => {
    expect(differenceFrom(golden.audio.audio_features, audio)).toBeLessThan(5e-5);
  });

  it('moves the lips: persons, overlaps, references, styles', async () => {
    const zero = reference.map(() => new Float32Array(18));
    const embedding = Float32Array.from(golden.style_encoder.embedding.values as number[]);
    const rows: readonly (readonly [Reference, Float32Array[]])[] = [
      [golden.lac.waveform_T25.raw, await lips({ refine: false })],
      [golden.lac.waveform_T25.refined, await lips()],
      [golden.lac.waveform_T25_person0_refined, await lips({ style: person(0) })],
      [golden.lac.waveform_T25_overlap0_refined, await lips({ overlap: 0 })],
      [golden.lac.waveform_T25_zero_reference_refined, await lips({ reference: zero })],
      [
        golden.style_encoder.lac_T25_waveform_refined_with_embedding,
        await lips({ style: { kind: 'embedding', values: embedding } }),
      ],
    ];
    // From the waveform on, rounding of the mel spectrogram adds up: 5e-6 is the outer limit.
    for (const [expected, frames] of rows) expect(differenceFrom(expected, frames)).toBeLessThan(1e-6);
  });

  it('mixes styles linearly in their embeddings', async () => {
    const parts = [
      { style: person(192), weight: 0.25 },
      { style: person(0), weight: 0.75 },
    ];
    const mixed = motion.lac.persons.embed({ kind: 'mix', parts });
    const [a, b] = [motion.lac.persons.embed(person(192)), motion.lac.persons.embed(person(0))];
    expect(
      maxDifference(
        mixed,
        a.map((value, i) => 0.25 * value + 0.75 * b[i]!),
      ),
    ).toBeLessThan(1e-6);
    const alone = { kind: 'mix', parts: [{ style: person(192), weight: 1 }] } as const;
    expect(differenceFrom(golden.lac.waveform_T25.refined, await lips({ style: alone }))).toBeLessThan(1e-6);
  });

  it('smooths, scales and edits the lips', async () => {
    const smoothed = smoothRandomWalk((await lips()).map(pointMajorLips), LIP_KALMAN);
    expect(differenceFrom(golden.lac.waveform_T25.kalman_95x6x3, smoothed)).toBeLessThan(1e-6);
    const scaled = smoothed.map((frame) => controlLips(frame, { lipScale: 0.6, articulation: [] }));
    for (const [text, expected] of Object.entries<Reference>(golden.lac.waveform_T25.articulation_on_scaled)) {
      const articulation = text.split(',').map((edit): ArticulationEdit => {
        const [name, scale] = edit.split(':');
        return { articulation: ARTICULATIONS.find((known) => known === name)!, scale: Number(scale) };
      });
      const edited = scaled.map((frame) => controlLips(frame, { lipScale: 1, articulation }));
      expect(differenceFrom(expected, edited), text).toBeLessThan(1e-6);
    }
  });

  it('feels: each emotion and what it adds to neutral', async () => {
    const emotions: Emotion[] = ['neutral', 'happy', 'sad'];
    const emc = await Emc.load(emcWeights(25), emotions, runtime, { where: 'emc.pth' });
    const [neutral, happy, sad] = await emc.predict(audio);
    await emc.dispose();
    const expected = golden.emc.waveform_T25;
    expect(differenceFrom(expected.prediction_neutral_95x21x3, neutral!)).toBeLessThan(1e-6);
    expect(differenceFrom(expected.prediction_happy_95x21x3, happy!)).toBeLessThan(1e-6);
    expect(differenceFrom(expected.prediction_sad_95x21x3, sad!)).toBeLessThan(1e-6);
    expect(differenceFrom(expected.D_e_happy, subtract(happy!, neutral!))).toBeLessThan(1e-6);
    expect(differenceFrom(expected.D_e_sad, subtract(sad!, neutral!))).toBeLessThan(1e-6);
  });

  it('drives a moving reference with a compound emotion, up to K_d and the second smoothing', async () => {
    const expected = golden.final_expression.video_like_template_T25;
    expect(differenceFrom(expected.expression_after_lac, await motion.drive(audio, base))).toBeLessThan(1e-6);
    const final = await motion.drive(audio, { ...base, emotions: twoEmotions });
    expect(differenceFrom(expected.expression_final, final)).toBeLessThan(1e-6);
    const driven = final.map((expression, n) =>
      transformKeypoints(template.canonical, { ...template.frames[n]!, expression }),
    );
    expect(differenceFrom(expected.keypoints_x_d_final, driven)).toBeLessThan(1e-6);
    const happy = await motion.drive(audio, {
      ...base,
      emotions: [{ emotion: 'happy', region: 'all', intensity: 0.5 }],
    });
    expect(differenceFrom(expected.expression_happy_all_0_5, happy)).toBeLessThan(1e-6);
    const smooth = (name: string, frames: Float32Array[]) =>
      expect(differenceFrom(expected[name], frames), name).toBeLessThan(1e-6);
    smooth('video_source_expression_second_smoothing_cpu', smoothRandomWalk(final, VIDEO_KALMAN));
    smooth('video_source_expression_second_smoothing_gpu_variant', smoothRandomWalk(final, VIDEO_KALMAN_GPU));
    const rotations = template.frames.map(({ rotation }) => rotation);
    smooth('video_source_rotation_second_smoothing_cpu', smoothRandomWalk(rotations, VIDEO_KALMAN));
  });

  it('drives a still', async () => {
    const expected = golden.final_expression.static_template_T25;
    const still = Array<(typeof template.frames)[number]>(95).fill(template.frames[0]!);
    const final = await motion.drive(audio, { ...base, reference: still, emotions: twoEmotions });
    expect(differenceFrom(expected.expression_final, final)).toBeLessThan(1e-6);
  });
});

describe('what must fail', () => {
  it('a transposed head', async () => {
    const weights = lacWeights(25);
    const head = weights.model.get('vertice_map_r.weight')!;
    const values = new Float32Array(head.data.slice().buffer);
    const turned = values.map((_, i) => values[(i % 18) * 512 + Math.floor(i / 18)]!);
    const model: StateDict = new Map([
      ...weights.model,
      ['vertice_map_r.weight', { ...head, data: new Uint8Array(turned.buffer) }],
    ]);
    const lac = await Lac.load({ ...weights, model }, runtime, { where: 'lac.pth' });
    const frames = await lac.predict(formulaFeatures, { style: person(192), reference, refine: false });
    await lac.dispose();
    expect(differenceFrom(golden.lac.formula_features_T25.raw, frames)).toBeGreaterThan(1e-2);
  });

  it('a missing batch-norm fold', async () => {
    const key = 'audio_encoder.5.conv_block.1.running_mean';
    const entry = audioState.get(key)!;
    const state = new Map([...audioState, [key, { ...entry, data: new Uint8Array(entry.data.length) }]]);
    const data = fill('input/pctalk_mel', [8, 1, 80, 16], -4, 4);
    const outputs = await runNetwork(audioEncoder(8), state, { mel: { dims: [8, 1, 80, 16], data } });
    expect(differenceFrom(golden.audio.audio_encoder_on_formula_mel, [outputs['feature']!])).toBeGreaterThan(1e-3);
  });
});
