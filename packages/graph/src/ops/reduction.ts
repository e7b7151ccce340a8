/** Sums, means and extrema over axes. */
import { axisOf, format, GraphError, integers, node, type Shape, sameShape, sizeOf, type Value } from '../value.ts';
import { mul } from './arithmetic.ts';
import { expand, reshape } from './layout.ts';

/** Whether reduced axes stay, with length 1. */
export interface ReductionOptions {
  /** Keep the reduced axes with size 1. Default: drop them. */
  readonly keepAxes?: boolean;
}

/** Σ over `axes` (all unless given). */
export function sum(x: Value, axes?: readonly number[], options: ReductionOptions = {}): Value {
  return reduce('ReduceSum', x, axes, options, (dy) => dy);
}

/** Mean over `axes` (all unless given). */
export function mean(x: Value, axes?: readonly number[], options: ReductionOptions = {}): Value {
  return reduce('ReduceMean', x, axes, options, (dy, count) => mul(dy, 1 / count));
}

/** Largest value over `axes`, for inference only: it has no gradient. */
export function max(x: Value, axes?: readonly number[], options: ReductionOptions = {}): Value {
  return reduce('ReduceMax', x, axes, options, undefined);
}

/** The reverse of broadcasting: sums `x` over the axes in which `shape` is 1 or missing. */
export function sumTo(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.shape.length - shape.length;
  const axes = x.shape.flatMap((size, axis) => (axis < lead || (shape[axis - lead] === 1 && size !== 1) ? [axis] : []));
  const summed = axes.length === 0 ? x : sum(x, axes, { keepAxes: true });
  if (sizeOf(summed.shape) !== sizeOf(shape)) {
    throw new GraphError(`sumTo: expected a shape that broadcasts to ${format(x.shape)}, got ${format(shape)}`);
  }
  return reshape(summed, shape);
}

function reduce(
  op: string,
  x: Value,
  axes: readonly number[] | undefined,
  options: ReductionOptions,
  derive: ((dy: Value, count: number) => Value) | undefined,
): Value {
  const over = (axes ?? x.shape.map((_, axis) => axis)).map((axis) => axisOf(op, axis, x.shape.length));
  if (over.length === 0) return x;
  const kept = x.shape.map((size, axis) => (over.includes(axis) ? 1 : size));
  const shape = options.keepAxes ? kept : x.shape.filter((_, axis) => !over.includes(axis));
  const count = sizeOf(x.shape) / sizeOf(kept);
  return node(op, [x, integers(over)], shape, {
    attributes: { keepdims: options.keepAxes ? 1 : 0 },
    ...(derive && { gradient: (dy) => [expand(reshape(derive(dy, count), kept), x.shape)] }),
  });
}
