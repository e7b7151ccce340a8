/** What training changes: parameters and AdamW moments. */
import { type Shape, sizeOf, type TrainStep, type Weights } from '@pctalk/graph';
import { Tensor } from 'onnxruntime-node';

/** Arrays by the names a train step reads them under: parameters, `moment1/…` and `moment2/…`. */
export type StateArrays = ReadonlyMap<string, { readonly dims: Shape; readonly data: Float32Array }>;

/**
 * The arrays one train step reads: the outputs of the step before it, fed back as they are. Writing into arrays kept for
 * it was tried and measured no faster: onnxruntime-node makes new ones in either case.
 */
export class OptimizerState {
  readonly #shapes: ReadonlyMap<string, Shape>;
  readonly #written: readonly string[];
  readonly #current = new Map<string, Tensor>();

  /** Starts from weights, with moments of zero. @throws RangeError if weights are missing or have another size. */
  constructor(step: TrainStep, weights: Weights) {
    const moments = [...step.trained].flatMap(([name, shape]) => [
      [`moment1/${name}`, shape] as const,
      [`moment2/${name}`, shape] as const,
    ]);
    this.#shapes = new Map([...step.trained, ...step.untrained, ...moments]);
    this.#written = [...step.trained.keys(), ...moments.map(([name]) => name), ...step.updated];
    const zeros = moments.map(([name, dims]) => [name, { dims, data: new Float32Array(sizeOf(dims)) }] as const);
    this.load(new Map([...weights, ...zeros]));
  }

  /** What the next step reads, by input name. */
  feeds(): Record<string, Tensor> {
    return Object.fromEntries(this.#current);
  }

  /** Takes over what a step wrote, by output name. */
  advance(outputs: Readonly<Record<string, Tensor>>): void {
    for (const name of this.#written) this.#current.set(name, outputs[`next/${name}`]!);
  }

  /** The present arrays: views, which later steps leave as they are. */
  arrays(): StateArrays {
    return new Map([...this.#current].map(([name, { dims, data }]) => [name, { dims, data: data as Float32Array }]));
  }

  /** The present parameters without the moments: views, which later steps leave as they are. */
  weights(): Weights {
    return new Map([...this.arrays()].filter(([name]) => !/^moment[12]\//.test(name)));
  }

  /** Takes over arrays by name, copying them. @throws RangeError if one is missing or has another size. */
  load(arrays: StateArrays): void {
    for (const [name, shape] of this.#shapes) {
      const data = arrays.get(name)?.data;
      if (data?.length !== sizeOf(shape)) {
        throw new RangeError(
          `training state: expected ${sizeOf(shape)} numbers for ${name}, got ${data?.length ?? 'none'}`,
        );
      }
      this.#current.set(name, new Tensor('float32', data.slice(), shape));
    }
  }
}
