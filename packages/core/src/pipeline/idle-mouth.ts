import { uniformAt } from '../math/random.ts';
import { smoothstep } from '../math/smoothstep.ts';
import { COEFFICIENT_INDEX, type Coefficient } from '../motion/coefficients.ts';

/** Random stream of what happens when. */
const STREAM = 421;
/** Seconds of silence after which a mouth waits. */
const PATIENCE = 0.7;
/** Seconds over which it begins to, and stops when somebody speaks again. */
const SETTLE = 0.5;
const WAKE = 0.12;

/** What a waiting mouth does, how often by comparison, for how long (seconds), and how fast it gets there and back. */
const ACTS = [
  {
    share: 0.5,
    length: [1.4, 3.2],
    turn: 0.7,
    moves: { jawOpen: 0.07, mouthLowerDownLeft: 0.12, mouthLowerDownRight: 0.12 },
  },
  {
    share: 0.3,
    length: [0.5, 1.3],
    turn: 0.35,
    moves: { mouthPressLeft: 0.4, mouthPressRight: 0.4, mouthRollLower: 0.18, mouthRollUpper: 0.12 },
  },
  {
    share: 0.2,
    length: [0.35, 0.5],
    turn: 0.25,
    moves: {
      mouthShrugLower: 0.4,
      mouthPressLeft: 0.2,
      mouthPressRight: 0.2,
      mouthFrownLeft: 0.08,
      mouthFrownRight: 0.08,
    },
  },
] as const satisfies readonly {
  readonly share: number;
  readonly length: readonly [number, number];
  readonly turn: number;
  readonly moves: Partial<Record<Coefficient, number>>;
}[];
/** Seconds between two of them. */
const PAUSE = [0.3, 1.6] as const;

/**
 * The mouth of a face that waits: it settles, and now and then breathes through parted lips, presses them or swallows.
 * Times follow from the seed and the count alone; asked frame by frame in rising order of time.
 *
 * @source how far: THEval's silent lips of real people, docs/evaluation/liveliness.md; which acts: what is seen there
 */
export class IdleMouth {
  readonly #seed: number;
  #silent = 0;
  #weight = 0;
  #count = 0;
  #act: (typeof ACTS)[number] = ACTS[0];
  #size = 1;
  #start = 0.4;
  #end = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.#draw(0);
  }

  /**
   * Adds to D_u. @param speech 0–1, whether somebody speaks. @param amount the control `idle`. @param dt seconds since the last
   * call. @param out `[C]`, added to.
   */
  add(speech: number, time: number, amount: number, dt: number, out: Float32Array): void {
    this.#silent = speech < 0.5 ? this.#silent + dt : 0;
    const waits = this.#silent >= PATIENCE;
    this.#weight = Math.min(1, Math.max(0, this.#weight + (waits ? dt / SETTLE : -dt / WAKE)));
    while (time >= this.#end) this.#draw(this.#end);
    const { moves, turn } = this.#act;
    const inside = Math.min(time - this.#start, this.#end - time) / turn;
    const level = amount * this.#size * smoothstep(this.#weight) * smoothstep(inside);
    if (level <= 0) return;
    for (const [name, move] of Object.entries(moves)) out[COEFFICIENT_INDEX[name as Coefficient]]! += level * move;
  }

  #draw(after: number): void {
    const next = () => uniformAt(this.#seed, STREAM, this.#count++);
    let chance = next();
    this.#act = ACTS.find(({ share }) => (chance -= share) < 0) ?? ACTS[0];
    this.#size = 0.7 + 0.5 * next();
    this.#start = after + between(PAUSE, next());
    this.#end = this.#start + between(this.#act.length, next()) + 2 * this.#act.turn;
  }
}

function between([low, high]: readonly [number, number], share: number): number {
  return low + (high - low) * share;
}
