/** A histogram that forgets: quantiles of what was heard lately, in constant memory and the same for any timing of calls. */
export class FadingHistogram {
  readonly #bins: Float64Array;
  readonly #low: number;
  readonly #step: number;
  readonly #keep: number;
  #count = 0;

  /** @param range least and most value told apart. @param bins how many steps between. @param memory values after which e times less is left. */
  constructor(range: readonly [number, number], bins: number, memory: number) {
    this.#bins = new Float64Array(bins);
    this.#low = range[0];
    this.#step = (range[1] - range[0]) / bins;
    this.#keep = Math.exp(-1 / memory);
  }

  /** How many values are remembered. */
  get count(): number {
    return this.#count;
  }

  add(value: number): void {
    const bin = Math.floor((value - this.#low) / this.#step);
    for (let b = 0; b < this.#bins.length; b++) this.#bins[b]! *= this.#keep;
    this.#bins[Math.min(this.#bins.length - 1, Math.max(0, bin))]! += 1;
    this.#count = this.#count * this.#keep + 1;
  }

  /** The value below which this share of what is remembered lies; NaN of nothing. @param share 0–1 */
  quantile(share: number): number {
    const wanted = share * this.#count;
    let below = 0;
    for (let b = 0; b < this.#bins.length; b++) {
      const mass = this.#bins[b]!;
      if (mass > 0 && below + mass >= wanted) return this.#low + this.#step * (b + (wanted - below) / mass);
      below += mass;
    }
    return Number.NaN;
  }
}
