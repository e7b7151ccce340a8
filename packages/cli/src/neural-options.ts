import {
  type CheckControlOptions,
  NEURAL_PROFILES,
  type NeuralProfile,
  PcTalkError,
  type PersonStyle,
} from '@pctalk/core';
import type { Command } from 'commander';
import {
  addNeuralMotionOptions,
  type NeuralMotionChoice,
  type NeuralMotionFlags,
  namesOfNeuralMotionFlags,
  readNeuralMotionFlags,
} from './neural-motion-options.ts';
import { oneOf, readInteger } from './number-options.ts';

/** The flags of the neural path, as commander hands them over. */
export interface NeuralFlags extends NeuralMotionFlags {
  readonly renderer?: string;
  readonly profile?: string;
  readonly person?: string;
  readonly styleReference?: string;
  readonly motionReference?: string;
  readonly device?: string;
  readonly precision?: string;
}

/** What they mean. */
export interface NeuralChoice extends NeuralMotionChoice {
  readonly profile?: NeuralProfile;
  readonly style?: PersonStyle;
  readonly styleReference?: string;
  readonly motionReference?: string;
  readonly precision?: (typeof PRECISIONS)[number];
  readonly devices?: readonly (typeof DEVICES)[number][];
}

const RENDERERS = ['mesh', 'liveportrait'] as const;
const PROFILES = Object.keys(NEURAL_PROFILES) as NeuralProfile[];
const DEVICES = ['cpu', 'cuda', 'webgpu'] as const;
const PRECISIONS = ['float32', 'float16'] as const;
const MOST_PERSONS = 100_000;

/** Adds the flags of the neural path. */
export function addNeuralOptions(command: Command): Command {
  command
    .option(
      '--renderer <name>',
      'mesh: built in, real time; liveportrait: released networks (see pctalk models), for GPUs',
    )
    .option('--profile <name>', 'liveportrait: default, or pc-talk to do exactly as the release')
    .option(
      '--person <list>',
      'liveportrait: speaking style of a person of the weights, or a mix: 192:0.7,166:0.3 (default: 192)',
    )
    .option('--device <list>', 'liveportrait: cpu, cuda, webgpu, or several in order, as in cuda,cpu (default: cpu)')
    .option('--precision <name>', 'liveportrait: float32, or float16 for GPUs (default: float32)');
  return addNeuralMotionOptions(command);
}

/**
 * Checks the flags of the neural path.
 * @returns undefined for the mesh renderer.
 * @throws usage, unknown-name, value-out-of-range
 */
export function readNeuralFlags(flags: NeuralFlags, options: CheckControlOptions): NeuralChoice | undefined {
  const renderer = oneOf('--renderer', flags.renderer ?? 'mesh', RENDERERS);
  if (renderer === 'mesh') {
    const names = ['profile', 'person', 'device', 'precision'] as const;
    const idle = names.find((name) => flags[name] !== undefined);
    const flag = idle === undefined ? namesOfNeuralMotionFlags(flags)[0] : `--${idle}`;
    if (flag === undefined) return undefined;
    throw new PcTalkError('usage', `${flag}: expected --renderer liveportrait with it, got the mesh renderer`);
  }
  return {
    ...readNeuralMotionFlags(flags, options),
    ...(flags.profile !== undefined && { profile: oneOf('--profile', flags.profile, PROFILES) }),
    ...(flags.person !== undefined && { style: readPersons(flags.person) }),
    ...(flags.styleReference !== undefined && { styleReference: flags.styleReference }),
    ...(flags.precision !== undefined && { precision: oneOf('--precision', flags.precision, PRECISIONS) }),
    ...(flags.motionReference !== undefined && { motionReference: flags.motionReference }),
    ...(flags.device !== undefined && {
      devices: flags.device.split(',').map((name) => oneOf('--device', name.trim(), DEVICES)),
    }),
  };
}

/** One person, or several with their shares. */
function readPersons(text: string): PersonStyle {
  const parts = text.split(',').map((part) => {
    const [person = '', share] = part.split(':');
    const style = { kind: 'person' as const, person: readInteger('--person', person, 0, MOST_PERSONS) };
    const weight = share === undefined ? 1 : Number(share);
    if (!Number.isFinite(weight) || share === '') {
      throw new PcTalkError(
        'value-out-of-range',
        `--person: expected PERSON:SHARE, got '${part}'; try 192:0.7,166:0.3`,
      );
    }
    return { style, weight };
  });
  return parts.length === 1 ? parts[0]!.style : { kind: 'mix', parts };
}
