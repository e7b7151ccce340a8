/** The released weight files the neural path is made of, and how each is read. */
import type { WarningReporter } from '../errors.ts';
import type { MotionTemplateFrame } from '../formats/motion-template.ts';
import { readSafetensors } from '../formats/safetensors.ts';
import { readTorchCheckpoint } from '../formats/torch-checkpoint.ts';
import { IMPLICIT_KEYPOINT_COUNT } from '../motion/implicit/keypoints.ts';
import type { TensorRuntime } from '../tensor-runtime.ts';
import { EAR_MODEL } from './ear/ears.ts';
import { appearanceExtractor } from './liveportrait/appearance-extractor.ts';
import { readPortraitCheckpoint, readStitchingCheckpoint } from './liveportrait/checkpoints.ts';
import { generator } from './liveportrait/generator.ts';
import type { LivePortraitWeights } from './liveportrait/liveportrait.ts';
import { motionExtractor } from './liveportrait/motion-extractor.ts';
import { type StitchingNetwork, stitchingNetwork } from './liveportrait/stitching.ts';
import { warping } from './liveportrait/warping.ts';
import { audioEncoder } from './pctalk/audio-encoder.ts';
import {
  readAudioEncoderCheckpoint,
  readEmcCheckpoint,
  readLacCheckpoint,
  readStyleEncoderCheckpoint,
} from './pctalk/checkpoints.ts';
import type { PersonStyle } from './pctalk/embedding-table.ts';
import { describeEmc } from './pctalk/emc.ts';
import { describeLac } from './pctalk/lac.ts';
import type { PcTalkWeights } from './pctalk/pctalk-motion.ts';
import { encodeStyle, styleEncoder, styleFrame } from './pctalk/style-encoder.ts';
import { buildNetwork, checkEntries, type ReleasedNetwork, type StateDict } from './released/build-network.ts';
import type { WeightSource } from './released/graph-cache.ts';

/** Each file by the name it goes by here. */
export const NEURAL_MODELS = [
  'liveportrait-appearance',
  'liveportrait-motion',
  'liveportrait-warping',
  'liveportrait-generator',
  'liveportrait-stitching',
  'pctalk-audio',
  'pctalk-lac',
  'pctalk-emc',
  'pctalk-style',
] as const;
export type NeuralModel = (typeof NEURAL_MODELS)[number];

/** All files with weights of others that a user fetches: those of the neural path, and what the full ear is cut from. */
export const RELEASED_MODELS = [...NEURAL_MODELS, EAR_MODEL] as const;
export type ReleasedModel = (typeof RELEASED_MODELS)[number];

/** The object a weight file holds: a PyTorch checkpoint, or safetensors, told apart by how they begin. */
export function readWeightFile(bytes: Uint8Array, where: string): unknown {
  const isSafetensors = bytes[8] === 0x7b && bytes[7] === 0; // the length of a JSON header, then its brace
  return isSafetensors ? readSafetensors(bytes).tensors : readTorchCheckpoint(bytes, where);
}

/**
 * Checks that a file holds the network it is taken for: every entry, in its shape.
 * @throws `model-invalid`, naming what is missing or different; entries beyond the network's are named in a warning.
 */
export function checkNeuralModel(model: NeuralModel, bytes: Uint8Array, where: string, warn?: WarningReporter): void {
  for (const [network, state] of networksIn(model, readWeightFile(bytes, where), where)) {
    checkEntries(network.scope.entries(), state, { where, ...(warn === undefined ? {} : { warn }) });
  }
}

/** The networks of a file, each with its weights. */
function networksIn(
  model: NeuralModel,
  root: unknown,
  where: string,
): readonly (readonly [ReleasedNetwork, StateDict])[] {
  switch (model) {
    case 'liveportrait-appearance':
      return [[appearanceExtractor(), readPortraitCheckpoint(root, where)]];
    case 'liveportrait-motion':
      return [[motionExtractor(), readPortraitCheckpoint(root, where)]];
    case 'liveportrait-warping':
      return [[warping('5d'), readPortraitCheckpoint(root, where)]];
    case 'liveportrait-generator':
      return [[generator(), readPortraitCheckpoint(root, where)]];
    case 'liveportrait-stitching': {
      const states = readStitchingCheckpoint(root, where);
      return (Object.keys(states) as StitchingNetwork[]).map((kind) => [stitchingNetwork(kind), states[kind]]);
    }
    case 'pctalk-audio':
      return [[audioEncoder(1), readAudioEncoderCheckpoint(root, where)]];
    case 'pctalk-lac': {
      const weights = readLacCheckpoint(root, where);
      return [[describeLac(weights).step, weights.model]];
    }
    case 'pctalk-emc': {
      const weights = readEmcCheckpoint(root, where);
      return [[describeEmc(weights, 1).motion.networks.step, weights.model]];
    }
    case 'pctalk-style': {
      const { model: state, persons } = readStyleEncoderCheckpoint(root, where);
      return [[styleEncoder(Math.max(1, persons)), state]];
    }
  }
}

/** Opens weight files; `hash` is asked first, so that a file whose graphs are kept need not be read. */
export interface WeightFiles {
  open(model: NeuralModel): Promise<Uint8Array>;
  /** SHA-256 of a file, where it is known without reading it. */
  hash?(model: NeuralModel): Promise<string | undefined>;
}

/** LivePortrait's weights, read one network at a time when they are needed. All five files must be there. */
export async function readLivePortraitWeights(files: WeightFiles): Promise<LivePortraitWeights> {
  const one = async (model: NeuralModel) => sourceOf(files, model, (root) => readPortraitCheckpoint(root, model));
  const perceptron = (kind: StitchingNetwork) => {
    const model = 'liveportrait-stitching';
    return sourceOf(files, model, (root) => readStitchingCheckpoint(root, model)[kind]);
  };
  return {
    appearance: await one('liveportrait-appearance'),
    motion: await one('liveportrait-motion'),
    warping: await one('liveportrait-warping'),
    generator: await one('liveportrait-generator'),
    stitching: await perceptron('stitching'),
    lips: await perceptron('lips'),
    eyes: await perceptron('eyes'),
  };
}

/** PC-Talk's weights; emotions need EMC as well. */
export async function readPcTalkWeights(
  files: WeightFiles,
  options: { readonly emotions: boolean },
): Promise<PcTalkWeights> {
  const root = async (model: NeuralModel) => readWeightFile(await files.open(model), model);
  const hash = async (model: NeuralModel) => {
    const known = await files.hash?.(model);
    return known === undefined ? {} : { hash: known };
  };
  const [lac, emc] = ['pctalk-lac', 'pctalk-emc'] as const;
  return {
    audioEncoder: await sourceOf(files, 'pctalk-audio', (found) => readAudioEncoderCheckpoint(found, 'pctalk-audio')),
    lac: { ...readLacCheckpoint(await root(lac), lac), ...(await hash(lac)) },
    ...(options.emotions && { emc: { ...readEmcCheckpoint(await root(emc), emc), ...(await hash(emc)) } }),
  };
}

/** Weights of a file: read now, or when a graph has to be built of them where the file's hash is known. */
async function sourceOf(
  files: WeightFiles,
  model: NeuralModel,
  pick: (root: unknown) => StateDict,
): Promise<StateDict | WeightSource> {
  const read = async () => pick(readWeightFile(await files.open(model), model));
  const hash = await files.hash?.(model);
  return hash === undefined ? read() : { hash, read };
}

/**
 * A style `[512]` from a clip of somebody speaking, by the style encoder.
 * @param bytes the file `pctalk-style`. @param frames at least one; those past 4 s are not heard.
 */
export async function embedStyle(
  bytes: Uint8Array,
  frames: readonly MotionTemplateFrame[],
  runtime: TensorRuntime,
): Promise<PersonStyle> {
  const { model, persons } = readStyleEncoderCheckpoint(readWeightFile(bytes, 'pctalk-style'), 'pctalk-style');
  const session = await runtime.load(buildNetwork(styleEncoder(persons), model, { where: 'pctalk-style' }));
  const still = new Float32Array(3 * IMPLICIT_KEYPOINT_COUNT);
  const lips = frames.map((frame) => styleFrame(frame.keypoints ?? still, frame));
  const values = await encodeStyle(lips, session);
  await session.dispose();
  return { kind: 'embedding', values };
}
