import { PcTalkError, type WarningReporter } from '../errors.ts';

/** One numeric control: CLI flags, HTTP fields, sliders and documents all read this definition. */
export interface ControlRange {
  /** What the number does, in a few words. */
  readonly description: string;
  readonly default: number;
  /** Outside these a value is refused, unless the caller asked for unsafe values. */
  readonly limits: readonly [number, number];
  /** Outside these a value warns. Where `sync` is measured: where it stays within 5 % of its best. */
  readonly recommended: readonly [number, number];
  /**
   * How well lips keep to the sound at some values, over the best: the sync judge's confidence on speakers it never saw,
   * of articulation the worst of the three movements. @source docs/evaluation/controls.md, where sync holds
   */
  readonly sync?: readonly (readonly [value: number, share: number])[];
}

/** All numeric controls of a performance. `1` is always "as predicted". */
export const CONTROLS = {
  lipScale: {
    description: 'size of all lip movement about the resting mouth',
    default: 1,
    limits: [0, 1.6],
    recommended: [0.4, 1.6],
    sync: [
      [0.2, 0.94],
      [0.4, 1],
      [0.6, 0.99],
      [1.2, 0.99],
      [1.6, 0.99],
    ],
  },
  articulation: {
    description: 'size of one lip movement: opening, pursing or widening',
    default: 1,
    limits: [0, 2],
    recommended: [0.75, 1.25],
    sync: [
      [0, 0.73],
      [0.25, 0.82],
      [0.5, 0.93],
      [0.75, 0.97],
      [1, 1],
      [1.25, 0.97],
      [1.5, 0.94],
      [2, 0.9],
    ],
  },
  emotionIntensity: {
    description: 'strength of an emotion, 0 none to 1 full',
    default: 0.5,
    limits: [0, 1],
    recommended: [0, 1],
  },
  styleWeight: {
    description: 'weight of one style in a mix, relative to the others',
    default: 1,
    limits: [0, 1],
    recommended: [0, 1],
  },
  headMotion: {
    description: 'size of head movement; 0 holds the head still',
    default: 1,
    limits: [0, 2],
    recommended: [0, 1.5],
  },
  blink: {
    description: 'blink rate relative to about 20 a minute; 0 never blinks',
    default: 1,
    limits: [0, 3],
    recommended: [0, 2],
  },
  gaze: {
    description: 'size of eye movement; 0 keeps the gaze of the picture',
    default: 1,
    limits: [0, 2],
    recommended: [0, 1.5],
  },
  brow: {
    description: 'size of what brows, lids and cheeks do in speech; 0 none',
    default: 1,
    limits: [0, 2],
    recommended: [0, 1.5],
  },
  energy: {
    description: 'size of all movement of a lively voice; follows the voice unless held',
    default: 1,
    limits: [0.5, 2.5],
    recommended: [0.75, 2.2],
  },
  idle: {
    description: 'size of what a waiting mouth does; 0 keeps it still',
    default: 1,
    limits: [0, 2],
    recommended: [0, 1.5],
  },
} as const satisfies Readonly<Record<string, ControlRange>>;
export type ControlName = keyof typeof CONTROLS;

/** Numeric controls of the neural path alone: they say how LivePortrait draws, not what is performed. */
export const NEURAL_CONTROLS = {
  motionMultiplier: {
    description: 'how far the drawn face moves from the source; 0 holds it still',
    default: 1,
    limits: [0, 2],
    recommended: [0.5, 1.5],
  },
  eyeOpenness: {
    description: 'height over width the eyes are set to',
    default: 0.35,
    limits: [0, 0.8],
    recommended: [0, 0.5],
  },
  lipOpenness: {
    description: 'height over width the lips are set to, over what the voice says',
    default: 0,
    limits: [0, 0.8],
    recommended: [0, 0.5],
  },
} as const satisfies Readonly<Record<string, ControlRange>>;

export type NeuralControlName = keyof typeof NEURAL_CONTROLS;

/** Whether values outside the limits are let through. */
export interface CheckControlOptions {
  /** Accept finite values outside `limits`. */
  readonly unsafeRange?: boolean;
  /** Hears of values outside `recommended`. */
  readonly onWarning?: WarningReporter;
}

/**
 * Returns `value` if the control accepts it.
 * @param where names the input in messages, such as `--lip-scale` or `emotion[0].intensity`.
 * @throws `value-out-of-range` if `value` is not finite or outside the control's limits.
 */
export function checkControl(
  control: ControlName | NeuralControlName,
  value: number,
  where: string,
  options: CheckControlOptions = {},
): number {
  const { limits, recommended }: ControlRange = { ...CONTROLS, ...NEURAL_CONTROLS }[control];
  const inside = (range: readonly [number, number]) => value >= range[0] && value <= range[1];
  if (!Number.isFinite(value) || (!inside(limits) && options.unsafeRange !== true)) {
    throw new PcTalkError(
      'value-out-of-range',
      `${where}: expected a number from ${limits[0]} to ${limits[1]}, got ${value}; recommended are ${recommended[0]} to ${recommended[1]}`,
      { details: { control, value, limits, recommended } },
    );
  }
  if (!inside(recommended)) {
    options.onWarning?.({
      code: 'outside-recommended',
      message: `${where}: ${value} is outside the recommended ${recommended[0]} to ${recommended[1]}${loss(control, value)}`,
    });
  }
  return value;
}

/** What is lost of lip sync at a value, as measured; empty where it is not known. */
function loss(control: ControlName | NeuralControlName, value: number): string {
  const { sync }: ControlRange = { ...CONTROLS, ...NEURAL_CONTROLS }[control];
  if (sync === undefined) return '';
  const after = sync.findIndex(([at]) => at >= value);
  const [high, highShare] = sync[after < 0 ? sync.length - 1 : after]!;
  const [low, lowShare] = sync[after < 0 ? sync.length - 1 : Math.max(0, after - 1)]!;
  const share = high === low ? highShare : lowShare + ((highShare - lowShare) * (value - low)) / (high - low);
  return `: lips keep to the sound ${Math.round(100 * (1 - share))} % less there than at best`;
}
