import { INNER_LIPS, LIP_ROWS } from '../face/canonical-mesh.ts';
import { smoothstep } from '../math/smoothstep.ts';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX } from './coefficients.ts';
import type { MeshBasis } from './mesh-basis.ts';
import { fieldGap } from './row-gap.ts';

/** Columns between the mouth corners. */
const COLUMNS = 9;
const ROW_FOLLOWS = [0.25, 0.5, 0.8, 1] as const;
const UPPER_SHARE = 0.42;
/** Lips of a photo keep their own small gap at rest and lose it when pressed by this much, U. */
const SOFTNESS = 0.012;
/** Most an emotion may part lips that speech leaves free, U. */
const MOST_PARTED = 0.04;
/** Most an emotion may widen or narrow an opening besides, as a share of it, and the gap change at which it mostly has. */
const EMOTION_REACH = 0.6;
const EMOTION_SCALE = 0.1;
/** Openings below this are not scaled; above, emotion scales them by and by, U. */
const EMOTION_FROM = 0.015;
const EMOTION_FULLY = 0.05;
/** Share of the jaw's way that speech takes back at the lips: up to the first it lets them part, from the second on it shuts them. */
const LETS_PART = 0.27;
const SHUTS = 0.52;
/** Jaw opening below which that share says little. */
const JAW_FLOOR = 0.04;

/**
 * Decides the opening between the lips, column by column, and moves the lips there.
 *
 *     g(c) = Σ c_k Γ_k            gap the basis gives a closed mouth
 *     r    = gap(K_s) − g(δ)      what δ leaves unexplained in the source, faded out as its lips close:
 *     ρ    = clamp((g(b) + ε) / (max(g(δ), 0) + ε), 0, 1)
 *     h    = max(0, g(b) + ρ r),  e = g(c) − g(b)
 *     gap  = h · (1 + κ tanh(e / τ)) + φ P tanh(max(0, e) / P),  κ growing from 0 with h
 *
 * b is speech alone, c everything. φ is 0 where speech presses the lips together (p, b, m) and 1 elsewhere, silence
 * included: emotion scales an opening and may part lips that nothing shuts. At c = b = δ the gap is the source's own. The
 * correction is given to `mouthClose` as far as its profile goes, the rest to the lip rows.
 */
export class LipContact {
  readonly #gaps: Float32Array;
  readonly #source = new Float64Array(COLUMNS);
  readonly #explained = new Float64Array(COLUMNS);
  readonly #correction = new Float64Array(COLUMNS);
  #profileSquare = 0;

  constructor(basis: MeshBasis) {
    this.#gaps = new Float32Array(COEFFICIENT_COUNT * COLUMNS);
    for (let k = 0; k < COEFFICIENT_COUNT; k++) {
      for (let i = 0; i < COLUMNS; i++) {
        this.#gaps[k * COLUMNS + i] = fieldGap(basis, k, INNER_LIPS.upper[i + 1]!, INNER_LIPS.lower[i + 1]!);
      }
    }
    for (let i = 0; i < COLUMNS; i++) this.#profileSquare += this.#closing(i) ** 2;
  }

  /** Takes note of a source. @param head K_s in the head frame `[478 × 3]`, U. @param expression δ `[C]`. */
  setSource(head: Float32Array, expression: Float32Array): void {
    for (let i = 0; i < COLUMNS; i++) {
      this.#source[i] = head[INNER_LIPS.lower[i + 1]! * 3 + 1]! - head[INNER_LIPS.upper[i + 1]! * 3 + 1]!;
      this.#explained[i] = this.#gapOf(expression, i);
    }
  }

  /**
   * How much `mouthClose` must be added to c; call before the displacement is summed.
   * @param base b `[C]`. @param coefficients c `[C]`.
   */
  solve(base: Float32Array, coefficients: Float32Array): number {
    const freedom = freedomOf(base);
    let projection = 0;
    for (let i = 0; i < COLUMNS; i++) {
      this.#correction[i] = this.#wanted(i, base, coefficients, freedom) - this.#unguarded(i, coefficients);
    }
    for (let i = 0; i < COLUMNS; i++) {
      projection += commonPart(this.#correction[i]!, this.#correction[COLUMNS - 1 - i]!) * this.#closing(i);
    }
    const close = projection / this.#profileSquare;
    for (let i = 0; i < COLUMNS; i++) this.#correction[i]! -= close * this.#closing(i);
    return close;
  }

  /** Moves the lip rows by what `mouthClose` could not do. @param displacement `[478 × 3]`, U, changed in place. */
  apply(displacement: Float32Array): void {
    for (let i = 0; i < COLUMNS; i++) {
      const correction = this.#correction[i]!;
      for (let row = 0; row < 4; row++) {
        const share = correction * ROW_FOLLOWS[row]!;
        displacement[LIP_ROWS.upper[row]![i + 1]! * 3 + 1]! -= UPPER_SHARE * share;
        displacement[LIP_ROWS.lower[row]![i + 1]! * 3 + 1]! += (1 - UPPER_SHARE) * share;
      }
    }
  }

  #wanted(column: number, base: Float32Array, coefficients: Float32Array, freedom: number): number {
    const speech = this.#gapOf(base, column);
    const explained = this.#explained[column]!;
    const source = this.#source[column]!;
    const residual = source - explained;
    const kept = Math.min(1, Math.max(0, (speech + SOFTNESS) / (Math.max(0, explained) + SOFTNESS)));
    const gap = Math.max(Math.min(0, source), speech + kept * residual);
    const emotion = this.#gapOf(coefficients, column) - speech;
    const reach = EMOTION_REACH * smoothstep((gap - EMOTION_FROM) / (EMOTION_FULLY - EMOTION_FROM));
    const parted = freedom * MOST_PARTED * Math.tanh(Math.max(0, emotion) / MOST_PARTED);
    return (reach <= 0 ? gap : gap * (1 + reach * Math.tanh(emotion / EMOTION_SCALE))) + parted;
  }

  #unguarded(column: number, coefficients: Float32Array): number {
    return this.#source[column]! + this.#gapOf(coefficients, column) - this.#explained[column]!;
  }

  #gapOf(coefficients: Float32Array, column: number): number {
    let sum = 0;
    for (let k = 0; k < COEFFICIENT_COUNT; k++) sum += coefficients[k]! * this.#gaps[k * COLUMNS + column]!;
    return sum;
  }

  #closing(column: number): number {
    return this.#gaps[COEFFICIENT_INDEX.mouthClose * COLUMNS + column]!;
  }
}

/** What a column and its mirror image have in common: `mouthClose` moves both sides, and must not bring one side's way to the other. */
function commonPart(a: number, b: number): number {
  return a * b <= 0 ? 0 : Math.sign(a) * Math.min(Math.abs(a), Math.abs(b));
}

/** φ: 1 where speech lets the lips part, 0 where it presses them together; the same at every lip scale. @param base b `[C]`. */
function freedomOf(base: Float32Array): number {
  const close = Math.max(0, base[COEFFICIENT_INDEX.mouthClose]!);
  const press = Math.max(0, base[COEFFICIENT_INDEX.mouthPressLeft]! + base[COEFFICIENT_INDEX.mouthPressRight]!) / 2;
  const jaw = Math.max(base[COEFFICIENT_INDEX.jawOpen]!, close);
  return 1 - smoothstep(((close + press) / (jaw + press + JAW_FLOOR) - LETS_PART) / (SHUTS - LETS_PART));
}
