import { COEFFICIENT_COUNT, COEFFICIENT_INDEX, COEFFICIENTS, type Coefficient } from './coefficients.ts';
import type { MotionFrame } from './motion-space.ts';

/** Movements that shape the source's own resting mouth; they stay when speech takes the lips over. */
const KEPT = /^mouth(Smile|Frown|Dimple|Left|Right)|^jaw(Left|Right)/;

/** 1 where the source's own expression δ gives way to D_l `[C]`: jaw and mouth but for smile, frown, dimple and shift. */
export const NEUTRALISED: Uint8Array = Uint8Array.from(COEFFICIENTS, (name) =>
  /^(jaw|mouth)/.test(name) && !KEPT.test(name) ? 1 : 0,
);

/** Movements that cannot both be full. */
const OPPOSITES = (
  [
    ['mouthSmileLeft', 'mouthFrownLeft'],
    ['mouthSmileRight', 'mouthFrownRight'],
    ['browDownLeft', 'browOuterUpLeft'],
    ['browDownRight', 'browOuterUpRight'],
    ['eyeWideLeft', 'eyeSquintLeft'],
    ['eyeWideRight', 'eyeSquintRight'],
    ['mouthLeft', 'mouthRight'],
    ['jawLeft', 'jawRight'],
  ] as const satisfies readonly (readonly [Coefficient, Coefficient])[]
).map(([a, b]) => [COEFFICIENT_INDEX[a], COEFFICIENT_INDEX[b]] as const);
/** Share of the overlap of opposites that is taken from both; speech keeps its own part. */
const OPPOSITION = 0.7;

/** Lids, cheeks and nose have no other way; mouth and brows may go half their way back, as articulation edits ask. */
const LOWEST = Float32Array.from(COEFFICIENTS, (name) => (/^(eye|cheek|nose)/.test(name) ? 0 : -0.5));
const LINEAR_UP_TO = 0.85;
const LIMIT = 1;
/** Lip scale may take speech itself beyond 1, within reason. */
const LIP_LIMIT = 1.3;
const BLINKS = [COEFFICIENT_INDEX.eyeBlinkLeft, COEFFICIENT_INDEX.eyeBlinkRight];

/**
 * Lips that give the source's own mouth back: the part of δ that D_l replaces.
 * @param expression δ `[C]`. @param out `[C]`, overwritten.
 */
export function sourceLips(expression: Float32Array, out: Float32Array): void {
  for (let k = 0; k < COEFFICIENT_COUNT; k++) out[k] = NEUTRALISED[k]! * expression[k]!;
}

/**
 * b = δ₀ + D_l and c = b + D_e + D_u, bounded. b is linear up to 1; what D_e and D_u add eases towards 1 from .85 on, and
 * of opposed movements the overlap they add is taken back from what they add.
 * @param base b `[C]`, overwritten: the mouth that speech alone would make.
 * @param out c `[C]`, overwritten.
 */
export function sumCoefficients(
  expression: Float32Array,
  motion: MotionFrame,
  base: Float32Array,
  out: Float32Array,
): void {
  const { lips, emotion, life } = motion;
  for (let k = 0; k < COEFFICIENT_COUNT; k++) {
    const kept = NEUTRALISED[k]! === 1 ? 0 : expression[k]!;
    const low = Math.min(LOWEST[k]!, expression[k]!);
    const b = Math.max(low, bend(kept + lips[k]!, LIMIT, LIP_LIMIT));
    const added = emotion[k]! + life[k]!;
    base[k] = b;
    out[k] = added > 0 ? Math.max(b, bend(b + added, LINEAR_UP_TO, LIMIT)) : Math.max(low, b + added);
  }
  for (const k of BLINKS) out[k] = Math.min(1, Math.max(0, base[k]! + emotion[k]! + life[k]!));
  for (const [i, j] of OPPOSITES) {
    const overlap = Math.min(out[i]!, out[j]!) - Math.max(0, Math.min(base[i]!, base[j]!));
    if (overlap <= 0) continue;
    out[i] = Math.max(Math.min(base[i]!, out[i]!), out[i]! - OPPOSITION * overlap);
    out[j] = Math.max(Math.min(base[j]!, out[j]!), out[j]! - OPPOSITION * overlap);
  }
}

/** x up to `knee`, then towards `limit` without a corner. */
function bend(x: number, knee: number, limit: number): number {
  if (x <= knee) return x;
  const room = limit - knee;
  return knee + room * (1 - Math.exp(-(x - knee) / room));
}
