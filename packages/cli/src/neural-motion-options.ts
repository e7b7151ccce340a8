/** Flags that say how the neural path takes motion over and finishes it; `pctalk render --renderer liveportrait`. */
import {
  type CheckControlOptions,
  DRIVING_OPTIONS,
  type DrivingOption,
  type NeuralFinish,
  type OpennessTarget,
  PcTalkError,
} from '@pctalk/core';
import type { Command } from 'commander';
import { oneOf, readControl, readInteger } from './number-options.ts';

/** The flags, as commander hands them over. */
export interface NeuralMotionFlags {
  readonly relativeMotion?: true;
  readonly drivingOption?: string;
  readonly motionMultiplier?: string;
  readonly eyeOpenness?: string;
  readonly lipOpenness?: string;
  readonly normaliseLips?: true;
  readonly steadyEyes?: true;
  /** False after `--no-stitching`. */
  readonly stitching?: boolean;
  readonly overlap?: string;
  readonly emotionPerson?: string;
  readonly smoothEmotions?: true;
}

/** What they mean. */
export interface NeuralMotionChoice {
  readonly relative?: boolean;
  readonly drivingOption?: DrivingOption;
  readonly overlap?: number;
  readonly emotionPerson?: number;
  readonly smoothEmotions?: boolean;
  readonly finish: NeuralFinish;
}

/** What the release forces, so that `--profile pc-talk` has to refuse it. */
const NOT_OF_THE_RELEASE = ['relativeMotion', 'eyeOpenness', 'lipOpenness'] as const;
const MOST_FRAMES = 600;
const MOST_PERSONS = 100_000;

/** Adds the flags. */
export function addNeuralMotionOptions(command: Command): Command {
  return command
    .option('--relative-motion', 'liveportrait: lay what --motion-reference changes on the pose of the source')
    .option(
      '--driving-option <name>',
      'liveportrait: expression-friendly or pose-friendly, of --relative-motion on a still (default: pose-friendly)',
    )
    .option('--motion-multiplier <number>', 'liveportrait: how far the face moves from the source, 0–2 (default: 1)')
    .option(
      '--eye-openness <number>',
      'liveportrait: height over width the eyes are set to, 0–0.8, or reference: as the motion reference has them',
    )
    .option('--lip-openness <number>', 'liveportrait: the same for the lips, over what the voice says')
    .option('--normalise-lips', 'liveportrait: close the lips of the source first, with --relative-motion')
    .option('--steady-eyes', 'liveportrait: hold the eyes of a source video as open as in its first frame')
    .option('--no-stitching', 'liveportrait: do not fit the head to the shoulders of the source')
    .option('--overlap <frames>', 'liveportrait: frames two windows of the networks share (default: a fifth of one)')
    .option('--emotion-person <number>', 'liveportrait: person of the weights whose emotions are taken (default: 0)')
    .option('--smooth-emotions', 'liveportrait: smooth predicted emotions over the whole clip');
}

/** Names of the flags that were given, as typed. */
export function namesOfNeuralMotionFlags(flags: NeuralMotionFlags): string[] {
  const names: readonly (keyof NeuralMotionFlags)[] = [
    'relativeMotion', 'drivingOption', 'motionMultiplier', 'eyeOpenness', 'lipOpenness', 'normaliseLips',
    'steadyEyes', 'overlap', 'emotionPerson', 'smoothEmotions',
  ]; // biome-ignore format: a list
  const given = names.filter((name) => flags[name] !== undefined).map(flagOf);
  return flags.stitching === false ? [...given, '--no-stitching'] : given;
}

/**
 * Checks the flags.
 * @param profile that of `--profile`. @throws usage, unknown-name, value-out-of-range
 */
export function readNeuralMotionFlags(
  flags: NeuralMotionFlags & { readonly profile?: string; readonly motionReference?: string },
  options: CheckControlOptions,
): NeuralMotionChoice {
  refuseMisfits(flags);
  const openness = (flag: string, control: 'eyeOpenness' | 'lipOpenness', text: string): OpennessTarget =>
    text === 'reference' ? text : readControl(flag, control, text, options);
  const { motionMultiplier, eyeOpenness, lipOpenness, overlap, emotionPerson, drivingOption } = flags;
  return {
    ...(flags.relativeMotion && { relative: true }),
    ...(drivingOption !== undefined && { drivingOption: oneOf('--driving-option', drivingOption, DRIVING_OPTIONS) }),
    ...(overlap !== undefined && { overlap: readInteger('--overlap', overlap, 0, MOST_FRAMES) }),
    ...(emotionPerson !== undefined && {
      emotionPerson: readInteger('--emotion-person', emotionPerson, 0, MOST_PERSONS),
    }),
    ...(flags.smoothEmotions && { smoothEmotions: true }),
    finish: {
      ...(flags.stitching === false && { stitching: false }),
      ...(motionMultiplier !== undefined && {
        multiplier: readControl('--motion-multiplier', 'motionMultiplier', motionMultiplier, options),
      }),
      ...(eyeOpenness !== undefined && { eyes: openness('--eye-openness', 'eyeOpenness', eyeOpenness) }),
      ...(lipOpenness !== undefined && { lips: openness('--lip-openness', 'lipOpenness', lipOpenness) }),
      ...(flags.normaliseLips && { normaliseLips: true }),
      ...(flags.steadyEyes && { steadyEyes: true }),
    },
  };
}

function refuseMisfits(
  flags: NeuralMotionFlags & { readonly profile?: string; readonly motionReference?: string },
): void {
  const other = NOT_OF_THE_RELEASE.find((name) => flags[name] !== undefined);
  if (flags.profile === 'pc-talk' && other !== undefined) {
    throw new PcTalkError(
      'usage',
      `${flagOf(other)}: expected another profile than pc-talk, whose release forces it off`,
    );
  }
  const needsRelative =
    flags.drivingOption === undefined ? (flags.normaliseLips ? 'normaliseLips' : undefined) : 'drivingOption';
  if (needsRelative !== undefined && !flags.relativeMotion) {
    throw new PcTalkError('usage', `${flagOf(needsRelative)}: expected --relative-motion with it, got absolute motion`);
  }
  const needsReference = flags.relativeMotion
    ? 'relativeMotion'
    : (['eyeOpenness', 'lipOpenness'] as const).find((name) => flags[name] === 'reference');
  if (needsReference !== undefined && flags.motionReference === undefined) {
    throw new PcTalkError('usage', `${flagOf(needsReference)}: expected --motion-reference with it, got none`);
  }
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
