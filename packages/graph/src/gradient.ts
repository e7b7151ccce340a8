/** Reverse-mode differentiation: from a scalar loss to further nodes that compute its gradients. */
import { add } from './ops/arithmetic.ts';
import { check, constant, format, GraphError, inOrder, type Node, sameShape, type Value } from './value.ts';

/**
 * d loss / d value for each of `values`, as values of the same shapes.
 *
 * Nodes are visited from the loss backwards; each adds, by its rule, to the gradients of its inputs. Only nodes on a
 * path from a wanted value to the loss are visited.
 * @throws GraphError if the loss is not a scalar, does not depend on a value, or an operator on the path has no gradient.
 */
export function gradients(loss: Value, values: readonly Value[]): readonly Value[] {
  check(loss.shape.length === 0 && loss.type === 'float32', 'gradients', 'a float32 scalar loss', format(loss.shape));
  const order = inOrder([loss]);
  const onPath = reachableFrom(values, order);
  const found = new Map<Value, Value>([[loss, constant([1], [])]]);
  for (const value of order.toReversed()) {
    const { origin } = value;
    const dy = found.get(value);
    if (dy === undefined || origin.kind !== 'node' || !onPath.has(value)) continue;
    propagate(origin.node, origin.index, dy, value, onPath, found);
  }
  return values.map((value) => {
    const gradient = found.get(value);
    if (gradient === undefined) throw new GraphError(`gradients: expected a loss that depends on ${describe(value)}`);
    return gradient;
  });
}

function propagate(
  node: Node,
  index: number,
  dy: Value,
  y: Value,
  onPath: ReadonlySet<Value>,
  found: Map<Value, Value>,
): void {
  if (node.gradient === undefined || index !== 0) {
    throw new GraphError(`gradients: expected an operator with a gradient, got output ${index} of ${node.op}`);
  }
  const parts = node.gradient(dy, y);
  node.inputs.forEach((source, i) => {
    const part = parts[i];
    if (source === undefined || !onPath.has(source)) return;
    if (part === undefined) throw new GraphError(`gradients: ${node.op} has no gradient for its input ${i}`);
    check(sameShape(part.shape, source.shape), `gradient of ${node.op}`, format(source.shape), format(part.shape));
    const earlier = found.get(source);
    found.set(source, earlier === undefined ? part : add(earlier, part));
  });
}

// Values that depend on one of `from` through float32 values; comparisons and casts end a path.
function reachableFrom(from: readonly Value[], order: readonly Value[]): ReadonlySet<Value> {
  const reached = new Set(from);
  for (const value of order) {
    if (value.type !== 'float32' || value.origin.kind !== 'node' || value.origin.node.op === 'Cast') continue;
    if (value.origin.node.inputs.some((source) => source !== undefined && reached.has(source))) reached.add(value);
  }
  return reached;
}

function describe({ origin, shape }: Value): string {
  if (origin.kind === 'node') return `the ${origin.node.op} ${format(shape)}`;
  return origin.kind === 'constant' ? 'a constant' : origin.name;
}
