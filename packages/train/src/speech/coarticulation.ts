import { type PhoneClass, SPEECH_CHANNEL_INDEX, SPEECH_CHANNELS, type SpeechChannel } from '@pctalk/core';
import type { PhoneSpan } from './phone-tables.ts';

/** What the lips aim at for one sound, and how firmly they insist on it. */
export interface LipTarget {
  readonly values: Readonly<Partial<Record<SpeechChannel, number>>>;
  /** Dominance of every channel not in `firm`. */
  readonly dominance: number;
  /** Dominance of the channels this sound cannot do without. */
  readonly firm?: Readonly<Partial<Record<SpeechChannel, number>>>;
}

const CLOSED = { jawOpen: 3, mouthClose: 6, mouthLowerDown: 6, mouthUpperUp: 6, mouthPress: 4, mouthFunnel: 1.5 };
const ROUND = {
  mouthPucker: 2.5,
  mouthFunnel: 2.5,
  mouthStretch: 2,
  mouthSmile: 2,
  mouthLowerDown: 1.5,
  mouthUpperUp: 1.5,
};

/** A regression of lips on sound comes out smaller than what it was taught; this is what it then lacks of people's openings. */
const ENLARGED = 1.35;

function enlarged(targets: Readonly<Record<PhoneClass, LipTarget>>): Readonly<Record<PhoneClass, LipTarget>> {
  const entries = Object.entries(targets).map(([phone, target]) => {
    if (phone === 'P' || phone === 'M' || phone === 'F') return [phone, target];
    const values = { ...target.values };
    for (const name of ['jawOpen', 'mouthClose', 'mouthLowerDown', 'mouthUpperUp'] as const) {
      if (values[name] !== undefined) values[name] *= ENLARGED;
    }
    return [phone, { ...target, values }];
  });
  return Object.fromEntries(entries) as Record<PhoneClass, LipTarget>;
}

/**
 * Targets by phone class, in coefficients of an average speaker. Openings follow the class means of a tracked real speaker
 * (GRID s1), 1.8 times as large since that speaker opens less than others, but for silence and the rounded vowels: in a pause
 * people hold the mouth half open, and round it by a small opening (docs/decisions/0022). Widths span .27 U.
 */
export const LIP_TARGETS: Readonly<Record<PhoneClass, LipTarget>> = enlarged({
  SIL: { values: { jawOpen: 0.2, mouthLowerDown: 0.25, mouthUpperUp: 0.12 }, dominance: 0.35 },
  P: {
    values: { jawOpen: 0.07, mouthClose: 0.08, mouthPress: 0.25, mouthRollLower: 0.1, mouthRollUpper: 0.08 },
    dominance: 0.6,
    firm: CLOSED,
  },
  M: {
    values: { jawOpen: 0.07, mouthClose: 0.08, mouthPress: 0.16, mouthRollLower: 0.07, mouthRollUpper: 0.05 },
    dominance: 0.6,
    firm: CLOSED,
  },
  F: {
    values: { jawOpen: 0.07, mouthRollLower: 0.36, mouthUpperUp: 0.22 },
    dominance: 0.7,
    firm: { mouthRollLower: 5, mouthLowerDown: 4, mouthUpperUp: 2, jawOpen: 2.5, mouthFunnel: 1 },
  },
  TH: { values: { jawOpen: 0.17, mouthLowerDown: 0.3, mouthUpperUp: 0.15, mouthStretch: 0.15 }, dominance: 0.8 },
  T: { values: { jawOpen: 0.23, mouthLowerDown: 0.42, mouthUpperUp: 0.25, mouthStretch: 0.18 }, dominance: 0.5 },
  N: { values: { jawOpen: 0.22, mouthLowerDown: 0.38, mouthUpperUp: 0.22, mouthStretch: 0.15 }, dominance: 0.5 },
  L: { values: { jawOpen: 0.29, mouthLowerDown: 0.3, mouthUpperUp: 0.08, mouthStretch: 0.12 }, dominance: 0.6 },
  S: {
    values: {
      jawOpen: 0.17,
      mouthLowerDown: 0.42,
      mouthUpperUp: 0.32,
      mouthStretch: 0.36,
      mouthSmile: 0.12,
      mouthDimple: 0.1,
    },
    dominance: 0.7,
    firm: { jawOpen: 1.6 },
  },
  SH: {
    values: { jawOpen: 0.1, mouthFunnel: 0.3, mouthPucker: 0.32, mouthLowerDown: 0.2, mouthUpperUp: 0.17 },
    dominance: 0.8,
    firm: { jawOpen: 1.5, mouthFunnel: 2, mouthPucker: 1.5 },
  },
  K: { values: { jawOpen: 0.26, mouthLowerDown: 0.35, mouthUpperUp: 0.22, mouthStretch: 0.12 }, dominance: 0.35 },
  R: {
    values: { jawOpen: 0.09, mouthFunnel: 0.1, mouthPucker: 0.4, mouthLowerDown: 0.06, mouthUpperUp: 0.03 },
    dominance: 0.7,
  },
  W: { values: { jawOpen: 0.06, mouthClose: 0.06, mouthPucker: 0.74, mouthFunnel: 0.13 }, dominance: 0.9, firm: ROUND },
  Y: {
    values: { jawOpen: 0.17, mouthStretch: 0.42, mouthSmile: 0.22, mouthLowerDown: 0.25, mouthUpperUp: 0.15 },
    dominance: 0.6,
  },
  H: { values: { jawOpen: 0.26, mouthLowerDown: 0.15, mouthUpperUp: 0.08, mouthStretch: 0.1 }, dominance: 0.2 },
  IY: {
    values: {
      jawOpen: 0.29,
      mouthSmile: 0.3,
      mouthStretch: 0.6,
      mouthDimple: 0.25,
      mouthLowerDown: 0.4,
      mouthUpperUp: 0.3,
    },
    dominance: 1,
  },
  IH: {
    values: { jawOpen: 0.36, mouthSmile: 0.17, mouthStretch: 0.42, mouthLowerDown: 0.38, mouthUpperUp: 0.22 },
    dominance: 0.8,
  },
  EH: {
    values: { jawOpen: 0.47, mouthSmile: 0.17, mouthStretch: 0.48, mouthLowerDown: 0.42, mouthUpperUp: 0.28 },
    dominance: 1,
  },
  AE: {
    values: { jawOpen: 0.49, mouthSmile: 0.17, mouthStretch: 0.5, mouthLowerDown: 0.42, mouthUpperUp: 0.28 },
    dominance: 1.1,
  },
  AA: { values: { jawOpen: 0.59, mouthLowerDown: 0.38, mouthUpperUp: 0.2, mouthStretch: 0.2 }, dominance: 1.1 },
  AH: { values: { jawOpen: 0.31, mouthLowerDown: 0.28, mouthUpperUp: 0.17, mouthStretch: 0.1 }, dominance: 0.7 },
  AO: {
    values: {
      jawOpen: 0.2,
      mouthClose: 0.04,
      mouthFunnel: 0.17,
      mouthPucker: 0.42,
      mouthLowerDown: 0.08,
      mouthUpperUp: 0.05,
    },
    dominance: 1,
    firm: { mouthFunnel: 1.6, mouthPucker: 1.6 },
  },
  UH: {
    values: {
      jawOpen: 0.13,
      mouthClose: 0.04,
      mouthFunnel: 0.12,
      mouthPucker: 0.48,
      mouthLowerDown: 0.08,
      mouthUpperUp: 0.05,
    },
    dominance: 0.9,
    firm: { mouthFunnel: 1.6, mouthPucker: 1.8 },
  },
  UW: {
    values: { jawOpen: 0.07, mouthClose: 0.04, mouthPucker: 0.74, mouthFunnel: 0.16 },
    dominance: 1,
    firm: ROUND,
  },
  ER: {
    values: { jawOpen: 0.12, mouthFunnel: 0.12, mouthPucker: 0.34, mouthLowerDown: 0.08, mouthUpperUp: 0.04 },
    dominance: 0.9,
  },
  OE: {
    values: { jawOpen: 0.09, mouthClose: 0.04, mouthPucker: 0.7, mouthFunnel: 0.16 },
    dominance: 1,
    firm: ROUND,
  },
});

/** How the lips run ahead of the sound and how long its neighbours feel it. */
export const COARTICULATION_DEFAULTS = Object.freeze({
  /** Lips lead the sound by this much, seconds; GRID s1 led by 0 to 10 ms. */
  lead: 0.01,
  /** Dominance falls by e in this time before and after the sound, seconds. */
  reachBefore: 0.035,
  reachAfter: 0.035,
  /** The same for rounding, which spreads further. */
  roundingReach: 0.06,
});
export type CoarticulationOptions = Readonly<Record<keyof typeof COARTICULATION_DEFAULTS, number>>;

const ROUNDING = new Set<SpeechChannel>(['mouthPucker', 'mouthFunnel']);
const CLASSES = Object.keys(LIP_TARGETS) as PhoneClass[];

/**
 * Lips of a phone sequence: every sound pulls each channel to its target with a dominance that falls off exponentially
 * before and after the sound, and the channel is the mean of the targets weighted by dominance.
 *
 * F(t) = Σ Dᵢ(t) Tᵢ / Σ Dᵢ(t), Dᵢ(t) = αᵢ · exp(−distance of t from sound i / reach)
 *
 * @returns `[frames × 14]`, frame n for the time n/25 s, new memory.
 * @source Cohen and Massaro 1993, "Modeling coarticulation in synthetic visual speech"; here with an interval in place
 * of a peak for each sound and a time lead.
 */
export function coarticulate(
  spans: readonly PhoneSpan[],
  frames: number,
  options: CoarticulationOptions = COARTICULATION_DEFAULTS,
  targets: Readonly<Record<PhoneClass, LipTarget>> = LIP_TARGETS,
): Float32Array {
  const width = SPEECH_CHANNELS.length;
  const { value, weight } = flatten(targets);
  const reach = Math.max(options.reachBefore, options.reachAfter, options.roundingReach);
  const out = new Float32Array(frames * width);
  const total = new Float64Array(width);
  const pulled = new Float64Array(width);
  let first = 0;
  for (let frame = 0; frame < frames; frame++) {
    // The frame shows 40 ms; its middle, seen from the sound it leads.
    const t = frame / 25 + 0.02 + options.lead;
    while (first < spans.length - 1 && (spans[first] as PhoneSpan).end < t - 6 * reach) first++;
    total.fill(1e-9);
    pulled.fill(0);
    for (let i = first; i < spans.length; i++) {
      const { start, end, phone } = spans[i] as PhoneSpan;
      if (start > t + 6 * reach) break;
      const row = CLASSES.indexOf(phone) * width;
      for (let channel = 0; channel < width; channel++) {
        const rounding = ROUNDING.has(SPEECH_CHANNELS[channel] as SpeechChannel);
        const before = rounding ? options.roundingReach : options.reachBefore;
        const after = rounding ? options.roundingReach : options.reachAfter;
        const distance = t < start ? (start - t) / before : t > end ? (t - end) / after : 0;
        const dominance = (weight[row + channel] as number) * Math.exp(-distance);
        total[channel] = (total[channel] as number) + dominance;
        pulled[channel] = (pulled[channel] as number) + dominance * (value[row + channel] as number);
      }
    }
    for (let channel = 0; channel < width; channel++) {
      out[frame * width + channel] = (pulled[channel] as number) / (total[channel] as number);
    }
  }
  return out;
}

function flatten(targets: Readonly<Record<PhoneClass, LipTarget>>) {
  const width = SPEECH_CHANNELS.length;
  const value = new Float64Array(CLASSES.length * width);
  const weight = new Float64Array(CLASSES.length * width);
  CLASSES.forEach((phone, row) => {
    const target = targets[phone];
    for (const channel of SPEECH_CHANNELS) {
      const at = row * width + SPEECH_CHANNEL_INDEX[channel];
      value[at] = target.values[channel] ?? 0;
      weight[at] = target.firm?.[channel] ?? target.dominance;
    }
  });
  return { value, weight };
}
