import { COEFFICIENT_COUNT, COEFFICIENT_INDEX, type Coefficient } from '../../motion/coefficients.ts';

/**
 * What the speech model predicts: the lip coefficients with left and right tied, since sound does not say which side.
 * Jaw and mouth shifts to one side stay 0.
 */
export const SPEECH_CHANNELS = [
  'jawOpen',
  'mouthClose',
  'mouthFunnel',
  'mouthPucker',
  'mouthSmile',
  'mouthFrown',
  'mouthDimple',
  'mouthStretch',
  'mouthPress',
  'mouthRollLower',
  'mouthRollUpper',
  'mouthShrugLower',
  'mouthLowerDown',
  'mouthUpperUp',
] as const;
export type SpeechChannel = (typeof SPEECH_CHANNELS)[number];

/** Position of each channel in a prediction. */
export const SPEECH_CHANNEL_INDEX: Readonly<Record<SpeechChannel, number>> = Object.fromEntries(
  SPEECH_CHANNELS.map((name, index) => [name, index]),
) as Record<SpeechChannel, number>;

const TARGETS: readonly (readonly number[])[] = SPEECH_CHANNELS.map((channel) =>
  [channel, `${channel}Left`, `${channel}Right`]
    .filter((name): name is Coefficient => name in COEFFICIENT_INDEX)
    .map((name) => COEFFICIENT_INDEX[name]),
);

/** Spreads channels over both sides of the face. @param channels `[14]` @param out `[C]`, overwritten. */
export function expandChannels(channels: ArrayLike<number>, out: Float32Array): void {
  out.fill(0);
  TARGETS.forEach((targets, channel) => {
    for (const target of targets) out[target] = channels[channel] as number;
  });
}

/** The mean of both sides of each movement. @param coefficients `[C]` @param out `[14]`, overwritten. */
export function foldChannels(coefficients: ArrayLike<number>, out: Float32Array): void {
  TARGETS.forEach((targets, channel) => {
    let sum = 0;
    for (const target of targets) sum += coefficients[target] as number;
    out[channel] = sum / targets.length;
  });
}

/** Length of the frames `expandChannels` fills. */
export const LIP_FRAME_LENGTH = COEFFICIENT_COUNT;
