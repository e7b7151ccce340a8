import {
  PHONE_CLASSES,
  type PhoneClass,
  SPEECH_CHANNELS,
  type SpeechChannel,
  STYLES,
  type StyleName,
} from '@pctalk/core';
import {
  COARTICULATION_DEFAULTS,
  type CoarticulationOptions,
  LIP_TARGETS,
  type LipTarget,
} from '../speech/coarticulation.ts';
import type { Random } from '../speech/sentences.ts';

/**
 * What a manner of speaking is made of. A style is a point `[13]`: 0 is the average speaker, −1 … 1 the range of people, as
 * `5-compare-styles.ts` finds it beside tracked ones.
 */
export const STYLE_PARAMETERS = [
  /** Jaw and lip openings, × e^(0.6 z). */
  'opening',
  /** Spreading of the lips, × e^(0.75 z). */
  'widening',
  /** Rounding, × e^(0.6 z). */
  'rounding',
  /** Width of the mouth whatever is said: drawn wide, or narrowed. */
  'width',
  /** Lift of the upper lip, × e^(0.7 z). */
  'upperLip',
  /** Lowering of the lower lip, which shows the lower teeth, × e^(0.6 z). */
  'lowerLip',
  /** Opening by the jaw (1) or by the lips (−1). */
  'jaw',
  /** Corners raised or lowered throughout. */
  'smile',
  /** How hard lips are pressed in p b m, × e^(0.8 z). */
  'firmness',
  /** How far sounds blend into each other, × e^(0.5 z): 1 is slurred, −1 is crisp. */
  'reach',
  /** How far lips run ahead of the sound, + 20 ms · z. */
  'lead',
  /** Lips rolled in and tight (1) or everted (−1). */
  'tension',
  /** How alike sounds open: 1 is held half open, −1 opens far and nearly closes in turn. */
  'held',
] as const;
export type StyleParameter = (typeof STYLE_PARAMETERS)[number];

const INDEX = Object.fromEntries(STYLE_PARAMETERS.map((name, i) => [name, i])) as Record<StyleParameter, number>;

/** @param z `[13]` */
export function parameterOf(z: ArrayLike<number>, name: StyleParameter): number {
  return z[INDEX[name]]!;
}

/** The presets as points of the space; what is not named is 0. */
export const STYLE_POINTS: Readonly<Record<StyleName, Readonly<Partial<Record<StyleParameter, number>>>>> = {
  natural: {},
  clear: {
    opening: 0.45,
    jaw: -0.8,
    lowerLip: 1,
    widening: 0.9,
    rounding: 0.6,
    firmness: 0.8,
    reach: -1,
    tension: 0.3,
    held: -0.5,
  },
  relaxed: {
    opening: -0.75,
    widening: -0.6,
    rounding: -0.4,
    upperLip: -0.6,
    jaw: 0.5,
    reach: 0.8,
    firmness: -0.4,
    smile: -0.6,
    held: 0.4,
  },
  mumbled: {
    opening: -2,
    widening: -1,
    rounding: -0.8,
    upperLip: -0.8,
    lowerLip: -0.6,
    reach: 1,
    firmness: -0.8,
    tension: 0.5,
  },
  wide: { width: 1.3, widening: 1.1, rounding: -1, smile: 0.8, opening: -0.1, lowerLip: 0.2 },
  rounded: { width: -1.5, widening: -1.3, rounding: 1.3, tension: -1.2, upperLip: -0.3, opening: -0.2 },
  open: { opening: 0.95, jaw: 1, lowerLip: -0.4, upperLip: -0.9, width: -0.4, widening: -0.5 },
  theatrical: {
    opening: 1.05,
    widening: 1.3,
    rounding: 1.3,
    upperLip: 1.5,
    lowerLip: 0.7,
    firmness: 1,
    reach: -1,
    smile: 0.8,
    held: -0.4,
  },
};

/** A preset as a point `[13]`. */
export function stylePoint(name: StyleName): Float32Array {
  return Float32Array.from(STYLE_PARAMETERS, (parameter) => STYLE_POINTS[name][parameter] ?? 0);
}

/** Share of drawn styles that lie at a preset, and how far from it they may. */
const PRESET_SHARE = 0.5;
const PRESET_SPREAD = 0.1;

/** A style to train with `[13]`, and the preset it lies at, if it does: its place in `STYLES`. */
export interface DrawnStyle {
  readonly z: Float32Array;
  readonly preset: number | undefined;
}

/** A random style: at a preset, or with a part of the parameters anywhere in the range of people. */
export function drawStyle(random: Random): DrawnStyle {
  if (random() < PRESET_SHARE) {
    const preset = Math.floor(random() * STYLES.length);
    return { z: stylePoint(STYLES[preset]!).map((z) => z + PRESET_SPREAD * (2 * random() - 1)), preset };
  }
  const size = 0.4 + 0.9 * random();
  const z = Float32Array.from(STYLE_PARAMETERS, () => (random() < 0.35 ? 0 : size * (2 * random() - 1)));
  return { z, preset: undefined };
}

/** The model of coarticulation as somebody of this style has it. @param z `[13]`. */
export function coarticulationOf(z: ArrayLike<number>): {
  readonly targets: Readonly<Record<PhoneClass, LipTarget>>;
  readonly options: CoarticulationOptions;
} {
  const at = (name: StyleParameter) => parameterOf(z, name);
  const spread = Math.exp(0.5 * at('reach'));
  return {
    targets: Object.fromEntries(PHONE_CLASSES.map((phone) => [phone, styled(phone, at)])) as Record<
      PhoneClass,
      LipTarget
    >,
    options: {
      lead: COARTICULATION_DEFAULTS.lead + 0.02 * at('lead'),
      reachBefore: COARTICULATION_DEFAULTS.reachBefore * spread,
      reachAfter: COARTICULATION_DEFAULTS.reachAfter * spread,
      roundingReach: COARTICULATION_DEFAULTS.roundingReach * spread,
    },
  };
}

function styled(phone: PhoneClass, at: (name: StyleParameter) => number): LipTarget {
  const target = LIP_TARGETS[phone];
  const opening = Math.exp(0.6 * at('opening'));
  const lips = opening ** 0.8 * Math.exp(-0.35 * at('jaw'));
  const wide = Math.max(0, at('width'));
  const narrow = Math.max(0, -at('width'));
  const firm = phone === 'P' || phone === 'M' ? Math.exp(0.8 * at('firmness')) : 1;
  const jaw = opening * Math.exp(0.6 * at('jaw'));
  const gains: Readonly<Partial<Record<SpeechChannel, number>>> = {
    jawOpen: jaw,
    mouthClose: jaw,
    mouthLowerDown: lips * Math.exp(0.6 * at('lowerLip')),
    mouthUpperUp: lips * Math.exp(0.7 * at('upperLip')),
    mouthStretch: Math.exp(0.75 * at('widening')) * (1 - 0.6 * Math.min(1, narrow)),
    mouthSmile: Math.exp(0.75 * at('widening')),
    mouthPucker: Math.exp(0.6 * at('rounding')) * (1 - 0.3 * Math.min(1, wide)),
    mouthFunnel: Math.exp(0.6 * at('rounding')),
    mouthPress: firm,
    mouthRollLower: firm,
    mouthRollUpper: firm,
  };
  const shifts: Readonly<Partial<Record<SpeechChannel, number>>> = {
    mouthStretch: 0.25 * wide,
    mouthPucker: 0.22 * narrow,
    mouthSmile: 0.35 * Math.max(0, at('smile')),
    mouthFrown: 0.3 * Math.max(0, -at('smile')),
    mouthRollLower: 0.14 * Math.max(0, at('tension')),
    mouthRollUpper: 0.12 * Math.max(0, at('tension')),
    mouthFunnel: phone === 'P' || phone === 'M' ? 0 : 0.14 * Math.max(0, -at('tension')),
  };
  const values = SPEECH_CHANNELS.map((channel) => {
    const value =
      held(channel, target.values[channel] ?? 0, phone, at) * (gains[channel] ?? 1) + (shifts[channel] ?? 0);
    return [channel, Math.min(1, Math.max(0, value))];
  });
  return { ...target, values: Object.fromEntries(values) };
}

/** Middling values of the channels that open the mouth. */
const MIDDLE: Readonly<Partial<Record<SpeechChannel, number>>> = {
  jawOpen: 0.28,
  mouthLowerDown: 0.33,
  mouthUpperUp: 0.2,
};

function held(channel: SpeechChannel, value: number, phone: PhoneClass, at: (name: StyleParameter) => number): number {
  const middle = MIDDLE[channel];
  if (middle === undefined || phone === 'P' || phone === 'M' || phone === 'F') return value;
  return Math.max(0, value + 0.4 * at('held') * (middle - value));
}
