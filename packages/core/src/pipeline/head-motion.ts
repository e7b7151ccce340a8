import { smoothNoise } from '../math/noise.ts';

/**
 * Random stream and, for each axis, deviation in radians and pace in lattice points a second at amplitude 1, and how far a
 * picture may be turned at any amplitude, radians.
 */
const YAW = { stream: 307, deviation: 0.17, rate: 0.75, reach: 0.3 };
const PITCH = { stream: 311, deviation: 0.1, rate: 0.9, reach: 0.22 };
const ROLL = { stream: 313, deviation: 0.045, rate: 0.6, reach: 0.14 };
/** Share of head motion that stays when nobody speaks. */
const IDLE = 0.35;
/** Nod with a stressed syllable, radians. */
const NOD = 0.04;
/** Seconds the head takes to follow the voice. */
const FOLLOW = 0.5;

/** Deviations of the shift, U: sideways, up and down, nearer and farther; and their pace. */
const SHIFT = { stream: 331, deviation: [0.014, 0.01, 0.01], rate: 0.8 } as const;
/** Breath: what it lifts the head, U, and how often a second. */
const BREATH = 0.005;
const BREATHS = 0.25;

/** Rotation relative to the source's head, radians. */
export interface HeadRotation {
  readonly pitch: number;
  readonly yaw: number;
  readonly roll: number;
}

/** The same with a shift, U. */
export interface HeadMove extends HeadRotation {
  readonly shift: readonly [number, number, number];
}

/**
 * Head motion from seed and prosody: slow wandering, livelier in speech, with nods on stress. Asked frame by frame.
 *
 * @source at amplitude 1 a drawn head turns within the range of real talking people seen by the same tracker, at its lower
 * end (docs/evaluation/emotion.md): a still portrait carries less rotation than a camera sees.
 */
export class HeadMotion {
  readonly #seed: number;
  #activity = 0;
  #nod = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /**
   * @param time seconds. @param speech 0–1, whether somebody speaks. @param stress 0–1, prosodic stress.
   * @param amplitude the control `headMotion`. @param dt seconds since the last call.
   */
  next(time: number, speech: number, stress: number, amplitude: number, dt: number): HeadMove {
    this.#activity += (speech - this.#activity) * (1 - Math.exp(-dt / FOLLOW));
    this.#nod += (stress - this.#nod) * (1 - Math.exp(-dt / 0.12));
    const fadeIn = Math.min(1, time / 0.8); // the first frame is the picture
    const size = amplitude * fadeIn * (IDLE + (1 - IDLE) * this.#activity);
    const wander = (axis: typeof YAW) => {
      // A quicker, smaller layer keeps the slow one from looking mechanical.
      const slow = smoothNoise(this.#seed, axis.stream, time, axis.rate);
      const quick = smoothNoise(this.#seed, axis.stream + 1, time, axis.rate * 2.7);
      return softBound(size * axis.deviation * (0.9 * slow + 0.35 * quick), axis.reach);
    };
    return {
      pitch: wander(PITCH) + amplitude * fadeIn * NOD * this.#nod,
      yaw: wander(YAW),
      roll: wander(ROLL),
      shift: [0, 1, 2].map((axis) => this.#shift(axis, time, size, amplitude * fadeIn)) as [number, number, number],
    };
  }

  #shift(axis: number, time: number, size: number, amount: number): number {
    const wander =
      size * SHIFT.deviation[axis]! * softBound(smoothNoise(this.#seed, SHIFT.stream + axis, time, SHIFT.rate), 2);
    return axis === 1 ? wander + amount * BREATH * Math.sin(2 * Math.PI * BREATHS * time) : wander;
  }
}

/** x for small |x|, approaching ± limit smoothly. */
function softBound(x: number, limit: number): number {
  return limit * Math.tanh(x / limit);
}
