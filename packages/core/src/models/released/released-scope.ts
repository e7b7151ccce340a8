/**
 * Networks whose weights were released as files. A description says for each array which entries of the file it is made
 * of, so one text gives the graph, the strict list of keys and shapes, and the folding of weights.
 */
import { ParameterScope, type Shape, type Value, type WeightTensor } from '@pctalk/graph';

/** Arrays of the file that a folded parameter is made of, by the names given to `fold`. */
export type Sources<Name extends string> = Readonly<Record<Name, Float32Array>>;

interface Folding {
  readonly sources: readonly (readonly [name: string, key: string])[];
  readonly make: (sources: Record<string, Float32Array>) => Float32Array;
}

interface Registry {
  readonly entries: Map<string, Shape>;
  readonly foldings: Map<string, Folding>;
}

/** A parameter scope that also records which entries the released file must have. Entries read as they are need no more. */
export class ReleasedScope extends ParameterScope {
  readonly #prefix: string;
  readonly #all: Map<string, Value>;
  readonly #registry: Registry;

  constructor(
    prefix = '',
    all = new Map<string, Value>(),
    registry: Registry = { entries: new Map(), foldings: new Map() },
  ) {
    super(prefix, all);
    this.#prefix = prefix;
    this.#all = all;
    this.#registry = registry;
  }

  override scope(name: string | number): ReleasedScope {
    return new ReleasedScope(`${this.#prefix}${name}.`, this.#all, this.#registry);
  }

  override parameter(...args: Parameters<ParameterScope['parameter']>): Value {
    const [name, shape] = args;
    if (!this.#registry.foldings.has(this.#prefix + name)) this.require(name, shape);
    return super.parameter(...args);
  }

  /** An entry of the file as it is. */
  entry(name: string, shape: Shape): Value {
    return this.parameter(name, shape, { kind: 'zeros' }, { trainable: false });
  }

  /** States that the file has this entry, although the graph does not read it. */
  require(name: string, shape: Shape): void {
    this.#registry.entries.set(this.#prefix + name, shape);
  }

  /**
   * An array computed from entries of the file when the graph is built.
   * @param sources entries by key relative to this scope, with their shapes; `make` gets them under the same keys.
   */
  fold<Name extends string>(
    name: string,
    shape: Shape,
    sources: Readonly<Record<Name, Shape>>,
    make: (sources: Sources<Name>) => Float32Array,
  ): Value {
    const keys = Object.keys(sources) as Name[];
    for (const key of keys) this.require(key, sources[key]);
    this.#registry.foldings.set(this.#prefix + name, {
      sources: keys.map((key) => [key, this.#prefix + key]),
      make: make as Folding['make'],
    });
    return this.entry(name, shape);
  }

  /** Keys and shapes the file must have. */
  entries(): ReadonlyMap<string, Shape> {
    return this.#registry.entries;
  }

  /** Weights under the graph's names from those of the file, folded where the description says so. */
  foldWeights(released: (key: string) => Float32Array): Map<string, WeightTensor> {
    const weights = new Map<string, WeightTensor>();
    for (const [name, { shape }] of this.#all) {
      const folding = this.#registry.foldings.get(name);
      const data =
        folding === undefined
          ? released(name)
          : folding.make(Object.fromEntries(folding.sources.map(([source, key]) => [source, released(key)])));
      weights.set(name, { dims: shape, data });
    }
    return weights;
  }
}
