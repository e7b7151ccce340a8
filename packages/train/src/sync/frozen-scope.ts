import { constant, GraphError, ParameterScope, type Shape, type Value, type Weights } from '@pctalk/graph';

/** A scope whose parameters are constants: a trained network inside another's loss, which gradients pass but never change. */
export class FrozenScope extends ParameterScope {
  readonly #path: string;
  readonly #weights: Weights;
  readonly #values: Map<string, Value>;

  constructor(weights: Weights, path = '', values = new Map<string, Value>()) {
    super(path);
    this.#path = path;
    this.#weights = weights;
    this.#values = values;
  }

  override scope(name: string | number): ParameterScope {
    return new FrozenScope(this.#weights, `${this.#path}${name}.`, this.#values);
  }

  /** @throws GraphError if there are no weights of that name and shape. */
  override parameter(name: string, shape: Shape): Value {
    const full = this.#path + name;
    const known = this.#values.get(full);
    if (known !== undefined) return known;
    const tensor = this.#weights.get(full);
    if (tensor === undefined) throw new GraphError(`frozen weights: expected ${full}, got none`);
    const value = constant(tensor.data, shape);
    this.#values.set(full, value);
    return value;
  }
}
