import { smoothNoise } from '../math/noise.ts';
import { COEFFICIENT_INDEX } from '../motion/coefficients.ts';
import type { Prosody } from './prosody.ts';

/** Brow raise of a fully stressed syllable, as a coefficient. */
const ACCENT = 0.75;
/** Shares of the way to a stress and back to rest that brows take in a frame. */
const RISE = 0.35;
const FALL = 0.16;
/** The same for what follows whether somebody speaks. */
const FOLLOW = 0.06;
/** Share of the slow play of brows and lids that stays when nobody speaks. */
const IDLE = 0.4;

/** Play of the upper face: random stream, lattice points a second, deviation as a coefficient in speech. */
const BROWS = { stream: 401, rate: 1.1, deviation: 0.19 };
const FLICKERS = { stream: 402, rate: 5, deviation: 0.13 };
const INNER = { stream: 403, rate: 0.8, deviation: 0.1 };
const LIDS = { stream: 405, rate: 0.9, deviation: 0.1 };
/** Lower lids, cheeks and nose at a fully stressed syllable. */
const LOWER_LIDS = 0.16;
const CHEEKS = 0.22;
const NOSE = 0.08;

const RAISERS = both('browInnerUp', 'browOuterUp');
const INNER_RAISERS = both('browInnerUp');
const LOWERERS = both('browDown');
const SQUINT = both('eyeSquint');
const CHEEK = both('cheekSquint');
const SNEER = both('noseSneer');
const WIDE = both('eyeWide');

/**
 * What the face above the mouth does while somebody speaks: brows that play slowly and rise on stress, lower lids, cheeks
 * and nose that tighten with it. From seed and voice, asked frame by frame.
 *
 * @source sizes: brow height of real talking people by the same tracker, docs/evaluation/liveliness.md; that brows rise on
 * stress: Cavé and others 1996, "About the relationship between eyebrow movements and F0 variations"
 */
export class FaceLife {
  readonly #seed: number;
  #accent = 0;
  #activity = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /**
   * Adds to D_u. @param amount the control `brow` times the voice's size of movement. @param out `[C]`, added to.
   */
  add({ speech, stress }: Prosody, time: number, amount: number, out: Float32Array): void {
    this.#accent += (stress - this.#accent) * (stress > this.#accent ? RISE : FALL);
    this.#activity += (speech - this.#activity) * FOLLOW;
    const play = Math.min(1, time / 0.8) * amount * (IDLE + (1 - IDLE) * this.#activity);
    const slow = ({ stream, rate, deviation }: typeof BROWS) =>
      play * deviation * smoothNoise(this.#seed, stream, time, rate);
    const brows = slow(BROWS) + slow(FLICKERS);
    const accent = amount * this.#accent;
    // Below the picture's own brows they are drawn together a little instead of sinking.
    addTo(out, RAISERS, ACCENT * accent + Math.max(0, brows) + 0.4 * Math.min(0, brows));
    addTo(out, LOWERERS, 0.5 * Math.max(0, -brows));
    addTo(out, INNER_RAISERS, slow(INNER));
    const lids = slow(LIDS);
    addTo(out, SQUINT, LOWER_LIDS * accent + Math.max(0, lids));
    addTo(out, WIDE, 0.6 * Math.max(0, -lids));
    addTo(out, CHEEK, CHEEKS * accent);
    addTo(out, SNEER, NOSE * accent);
  }
}

function both(...names: readonly string[]): readonly number[] {
  return names.flatMap((name) =>
    (['Left', 'Right'] as const).map((side) => COEFFICIENT_INDEX[`${name}${side}` as keyof typeof COEFFICIENT_INDEX]),
  );
}

function addTo(out: Float32Array, indices: readonly number[], value: number): void {
  for (const index of indices) out[index]! += value;
}
