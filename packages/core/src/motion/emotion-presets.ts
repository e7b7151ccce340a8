import { COEFFICIENT_COUNT, COEFFICIENT_INDEX, COEFFICIENTS, type Coefficient } from './coefficients.ts';
import { EMOTIONS, type Emotion, REGION_SIDES, type Region, type RegionSide } from './emotions.ts';

/** An emotion in a region at an intensity of 0 (none) to 1 (full). */
export interface EmotionTarget {
  readonly emotion: Emotion;
  readonly region: RegionSide;
  readonly intensity: number;
}

/** Amounts by movement; a name without side stands for both sides. */
export type Amounts = Readonly<Record<string, number>>;

/**
 * Full expressions in action units: AU1 browInnerUp, 2 browOuterUp, 4 browDown, 5 eyeWide, 6 cheekSquint, 7 eyeSquint,
 * 9 noseSneer, 10 mouthUpperUp, 12 mouthSmile, 14 mouthDimple, 15 mouthFrown, 16 mouthLowerDown, 17 mouthShrugLower,
 * 20 mouthStretch, 23/24 mouthPress, 26 jawOpen; less than none of browOuterUp lowers the whole brow, as AU4 does. Which
 * units belong to an emotion follows EMFACS; how much of each is our choice, made by looking.
 *
 * @source Ekman & Friesen 1983, EMFACS; Matsumoto & Ekman 2008, "Facial expression analysis" (Scholarpedia 3(5):4237),
 * table of prototypes: happy 6+12, sad 1+4+15, angry 4+5+7+23, fear 1+2+4+5+7+20+26, disgusted 9+15+16,
 * surprised 1+2+5+26, contempt right 12+14
 */
const PROTOTYPES: Readonly<Record<Emotion, Amounts>> = {
  neutral: {},
  happy: {
    cheekSquint: 1,
    mouthSmile: 1,
    eyeSquint: 0.35,
    mouthUpperUp: 0.75,
    mouthDimple: 0.25,
    mouthStretch: 0.25,
    mouthLowerDown: 0.3,
    browOuterUp: 0.2,
    jawOpen: 0.12,
    browInnerUp: 0.1,
  },
  sad: {
    browInnerUp: 1,
    browDown: 0.85,
    browOuterUp: -0.5,
    mouthFrown: 0.62,
    mouthStretch: 0.42,
    mouthShrugLower: 0.5,
    mouthLowerDown: 0.25,
    eyeSquint: 0.45,
    eyeBlink: 0.2,
    cheekSquint: 0.25,
  },
  angry: {
    browDown: 1,
    browInnerUp: -0.35,
    browOuterUp: -0.4,
    eyeSquint: 0.5,
    noseSneer: 0.4,
    cheekSquint: 0.1,
    mouthUpperUp: 0.85,
    mouthStretch: 0.1,
    mouthLowerDown: 1,
    mouthFunnel: 0.15,
    mouthFrown: 0.1,
    jawOpen: 0.18,
  },
  fear: {
    browInnerUp: 1,
    browOuterUp: 0.1,
    browDown: 0.6,
    eyeWide: 1,
    mouthStretch: 1,
    mouthFrown: 0.3,
    mouthLowerDown: 0.75,
    mouthUpperUp: 0.1,
    jawOpen: 0.08,
  },
  disgusted: {
    noseSneer: 1,
    mouthUpperUp: 0.9,
    mouthFrown: 0.2,
    mouthLowerDown: 0.15,
    mouthStretch: 0.35,
    mouthShrugLower: 0.3,
    browDown: 0.75,
    browOuterUp: -0.1,
    eyeSquint: 0.65,
    cheekSquint: 0.9,
  },
  surprised: { browInnerUp: 1, browOuterUp: 1, eyeWide: 0.9, jawOpen: 0.48, mouthFunnel: 0.2, mouthUpperUp: 0.15 },
  contempt: {
    mouthSmileRight: 0.65,
    mouthDimpleRight: 0.9,
    mouthUpperUpRight: 0.6,
    cheekSquintRight: 0.4,
    eyeSquintRight: 0.4,
    eyeSquintLeft: 0.2,
    eyeBlink: 0.12,
    browInnerUp: 0.85,
    browOuterUpLeft: 0.95,
    browOuterUpRight: 0.7,
  },
};

const BELONGS: Readonly<Record<Region, RegExp>> = {
  all: /./,
  lips: /^(mouth|jaw)/,
  eyes: /^(eye|cheek)/,
  brows: /^brow/,
  upper_face: /^(eye|cheek|brow)/,
  lower_face: /^(mouth|jaw|nose)/,
};

/** D_e at full intensity `[C]` for each emotion. */
export const EMOTION_VECTORS: Readonly<Record<Emotion, Float32Array>> = Object.fromEntries(
  EMOTIONS.map((emotion) => [emotion, expressionVector(PROTOTYPES[emotion])]),
) as Record<Emotion, Float32Array>;

/** The same in one array `[8 × C]`, in the order of `EMOTIONS`. */
export const EMOTION_TABLE: Float32Array = Float32Array.from(
  EMOTIONS.flatMap((emotion) => [...EMOTION_VECTORS[emotion]]),
);

/** Share of each coefficient that a region has `[C]`, 0 or 1; what has no side belongs to both sides. */
export const REGION_MASKS: Readonly<Record<RegionSide, Float32Array>> = Object.fromEntries(
  REGION_SIDES.map((region) => [region, maskOf(region)]),
) as Record<RegionSide, Float32Array>;

/** 1 for what has no side: jaw, and lips as a whole `[C]`. */
const SIDELESS = Uint8Array.from(COEFFICIENTS, (name) => (/(Left|Right)$/.test(name) ? 0 : 1));
const asked = { left: new Float32Array(COEFFICIENT_COUNT), right: new Float32Array(COEFFICIENT_COUNT) };

/**
 * D_e of several conditions: Σ intensity · mask(region) ⊙ vector(emotion). What has no side moves as far as both sides ask,
 * so that one side alone leaves the other in peace and both together are the whole. The motion space bounds the sum.
 * @param out `[C]`, overwritten.
 * @param vectors D_e of each of `EMOTIONS` at full intensity `[8 × C]`: as the presets hold it, or as it is now.
 */
export function emotionOffset(
  conditions: readonly EmotionTarget[],
  out: Float32Array,
  vectors: Float32Array = EMOTION_TABLE,
): void {
  out.fill(0);
  asked.left.fill(0);
  asked.right.fill(0);
  for (const { emotion, region, intensity } of conditions) {
    const row = EMOTIONS.indexOf(emotion) * COEFFICIENT_COUNT;
    const mask = REGION_MASKS[region];
    const sided = region.endsWith('.left') ? asked.left : region.endsWith('.right') ? asked.right : out;
    for (let k = 0; k < COEFFICIENT_COUNT; k++) {
      const amount = intensity * mask[k]! * vectors[row + k]!;
      if (SIDELESS[k]) sided[k]! += amount;
      else out[k]! += amount;
    }
  }
  for (let k = 0; k < COEFFICIENT_COUNT; k++) {
    const [left, right] = [asked.left[k]!, asked.right[k]!];
    if (left * right > 0) out[k]! += Math.sign(left) * Math.min(Math.abs(left), Math.abs(right));
  }
}

/** Amounts by movement as a vector `[C]`; a name without side stands for both sides. */
export function expressionVector(amounts: Amounts): Float32Array {
  const out = new Float32Array(COEFFICIENT_COUNT);
  for (const [name, amount] of Object.entries(amounts)) {
    for (const variant of [name, `${name}Left`, `${name}Right`]) {
      const index = COEFFICIENT_INDEX[variant as Coefficient] as number | undefined;
      if (index !== undefined) out[index] = amount;
    }
  }
  return out;
}

function maskOf(name: RegionSide): Float32Array {
  const [region, side] = name.split('.') as [Region, string | undefined];
  return Float32Array.from(COEFFICIENTS, (coefficient) => {
    if (!BELONGS[region].test(coefficient)) return 0;
    const own = coefficient.match(/(Left|Right)$/)?.[0]?.toLowerCase();
    return side === undefined || own === undefined || own === side ? 1 : 0;
  });
}
