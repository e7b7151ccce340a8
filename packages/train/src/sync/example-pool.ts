/** A fixed number of examples, each made when it is first drawn and kept: hearing costs more than a training step. */
export class ExamplePool<T> {
  readonly #kept = new Map<number, T>();
  readonly #size: number;
  readonly #make: (index: number) => T;

  /** @param make the example of an index, which must depend on it alone. */
  constructor(size: number, make: (index: number) => T) {
    this.#size = size;
    this.#make = make;
  }

  /** @param place 0–1. */
  draw(place: number): T {
    const index = Math.floor(place * this.#size);
    const known = this.#kept.get(index);
    if (known !== undefined) return known;
    const made = this.#make(index);
    this.#kept.set(index, made);
    return made;
  }
}
