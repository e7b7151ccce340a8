/** Parameters by name: their places in a network, their first values, and sets of trained ones. */
import { check, format, GraphError, type Initialiser, type Shape, sameShape, sizeOf, type Value } from './value.ts';

/** A trained array, row-major. */
export interface WeightTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}
/** Trained arrays by parameter name. */
export type Weights = ReadonlyMap<string, WeightTensor>;

/** Whether a parameter is trained. */
export interface ParameterOptions {
  /** Changed by training; running moments and tables are not. Default: true. */
  readonly trainable?: boolean;
}

/**
 * Where a module declares its parameters. Names are joined by dots, as in PyTorch's state dicts. Declaring a name again
 * gives the same value, so networks built over one scope share their weights.
 */
export class ParameterScope {
  readonly #prefix: string;
  readonly #all: Map<string, Value>;

  constructor(prefix = '', all = new Map<string, Value>()) {
    this.#prefix = prefix;
    this.#all = all;
  }

  /** The scope `name` inside this one. */
  scope(name: string | number): ParameterScope {
    return new ParameterScope(`${this.#prefix}${name}.`, this.#all);
  }

  /** @throws GraphError if the name stands already with another shape. */
  parameter(name: string, shape: Shape, initial: Initialiser, options: ParameterOptions = {}): Value {
    const full = this.#prefix + name;
    const known = this.#all.get(full);
    if (known !== undefined) {
      check(sameShape(known.shape, shape), `parameter ${full}`, format(known.shape), format(shape));
      return known;
    }
    const origin = { kind: 'parameter', name: full, initial, trainable: options.trainable ?? true } as const;
    const value: Value = { shape, type: 'float32', origin };
    this.#all.set(full, value);
    return value;
  }

  /** All parameters declared so far through this scope's root, by full name. */
  parameters(): ReadonlyMap<string, Value> {
    return this.#all;
  }
}

/** A repeatable source of numbers in [0, 1): the same name and index give the same number. */
export type UniformSource = (name: string, index: number) => number;

/** First values of parameters, each drawn under its own name, so that adding a parameter changes no other. */
export function initialWeights(
  parameters: ReadonlyMap<string, Value>,
  uniform: UniformSource,
): Map<string, WeightTensor> {
  const weights = new Map<string, WeightTensor>();
  for (const [name, { shape, origin }] of parameters) {
    if (origin.kind !== 'parameter') throw new GraphError(`initialWeights: ${name} is not a parameter`);
    const data = new Float32Array(sizeOf(shape));
    const { initial } = origin;
    for (let i = 0; i < data.length; i++) data[i] = draw(initial, name, i, uniform);
    weights.set(name, { dims: shape, data });
  }
  return weights;
}

function draw(initial: Initialiser, name: string, index: number, uniform: UniformSource): number {
  switch (initial.kind) {
    case 'zeros':
      return 0;
    case 'ones':
      return 1;
    case 'uniform':
      return (2 * uniform(name, index) - 1) * initial.bound;
    case 'normal': {
      // Box–Muller: two uniform numbers give one normal number.
      const radius = Math.sqrt(-2 * Math.log(1 - uniform(name, 2 * index)));
      return radius * Math.cos(2 * Math.PI * uniform(name, 2 * index + 1)) * initial.deviation;
    }
  }
}
