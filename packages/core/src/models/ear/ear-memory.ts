import type { Tensor } from '../../tensor-runtime.ts';
import { EAR_GRID, EAR_STEP, EAR_WIDTH } from './ear-network.ts';

const { activeRows, pastRows, layers, halfWidth, keptHalfRows, columns } = EAR_STEP;
const SLOTS = pastRows + activeRows;
/** After this many seconds an earlier column counts e times less in the level that group normalisation takes away. */
const LEVEL_SECONDS = 3;
const FADE = Math.exp(-EAR_GRID.rowSamples / 16000 / LEVEL_SECONDS);
const NEVER = -1e9;

/** What the ear keeps between steps: half-rows, the level so far, and keys and values of the rows that have left. */
export class EarMemory {
  /** The newest row heard; −2 before the first step, so that it may be row 0. */
  newest = -EAR_STEP.newRows;
  readonly #past = Array.from({ length: 2 * layers }, () => new Float32Array(pastRows * EAR_WIDTH));
  readonly #kept = new Float32Array(keptHalfRows * halfWidth);
  #made: Readonly<Record<string, Float32Array>> | undefined;
  #sum = 0;
  #squares = 0;
  #count = 0;

  /** Moves on so that `row` is the newest, by 1 or 2 rows. @returns the inputs of the step but for the sound. */
  begin(row: number): Record<string, Tensor> {
    const moved = row - this.newest;
    if (this.#made !== undefined) this.#leave(moved, this.#made);
    this.newest = row;
    const heard = columns * EAR_WIDTH;
    const level = Float32Array.of(this.#sum, this.#squares, 1 / (this.#count + heard));
    const oldest = row + 1 - SLOTS;
    const mask = Float32Array.from({ length: SLOTS }, (_, slot) => (oldest + slot < 0 ? NEVER : 0));
    const inputs: Record<string, Tensor> = {
      kept: { dims: [keptHalfRows, halfWidth], data: this.#kept },
      level: { dims: [3], data: level },
      mask: { dims: [1, 1, 1, SLOTS], data: mask },
    };
    this.#past.forEach((data, i) => {
      inputs[`${i % 2 === 0 ? 'keys' : 'values'}_${i >> 1}`] = { dims: [1, pastRows, EAR_WIDTH], data };
    });
    return inputs;
  }

  /** Takes what the step gave. */
  keep(outputs: Readonly<Record<string, Tensor>>): void {
    this.#made = Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data as Float32Array]));
  }

  /** The oldest `moved` active rows join the past, and their columns the level. */
  #leave(moved: number, made: Readonly<Record<string, Float32Array>>): void {
    const length = moved * EAR_WIDTH;
    this.#past.forEach((past, i) => {
      past.copyWithin(0, length);
      const active = made[`new_${i % 2 === 0 ? 'keys' : 'values'}_${i >> 1}`]!;
      past.set(active.subarray(0, length), past.length - length);
    });
    const from = 2 * moved * halfWidth;
    this.#kept.set(made['half_rows']!.subarray(from, from + this.#kept.length));
    const fade = FADE ** moved;
    this.#sum *= fade;
    this.#squares *= fade;
    this.#count *= fade;
    const first = EAR_GRID.columnsPerRow * this.newest - 3; // of the step's columns
    for (let c = Math.max(0, -first); c < moved * EAR_GRID.columnsPerRow; c++) {
      this.#sum += made['sums']![c]!;
      this.#squares += made['squares']![c]!;
      this.#count += EAR_WIDTH;
    }
  }
}
