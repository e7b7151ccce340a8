/** Operators that move elements without changing them. */
import {
  axisOf,
  check,
  constant,
  format,
  integers,
  node,
  type Shape,
  sameShape,
  sizeOf,
  type Value,
} from '../value.ts';
import { broadcast, cast, equal } from './arithmetic.ts';
import { matmul } from './linear-algebra.ts';
import { sumTo } from './reduction.ts';

/** The same elements in row-major order under another shape; one size may be -1 and is computed. */
export function reshape(x: Value, shape: Shape): Value {
  const known = shape.filter((size) => size !== -1);
  const target = shape.map((size) => (size === -1 ? sizeOf(x.shape) / sizeOf(known) : size));
  check(
    known.length >= shape.length - 1 && target.every(Number.isInteger) && sizeOf(target) === sizeOf(x.shape),
    'reshape',
    `a shape of ${sizeOf(x.shape)} elements as ${format(x.shape)}`,
    format(shape),
  );
  if (sameShape(target, x.shape)) return x;
  return node('Reshape', [x, integers(target)], target, { type: x.type, gradient: (dy) => [reshape(dy, x.shape)] });
}

/** Axis `i` of the result is axis `order[i]` of `x`; reverses all axes unless given. */
export function transpose(x: Value, order: readonly number[] = x.shape.map((_, axis) => axis).reverse()): Value {
  const sorted = order.toSorted((a, b) => a - b);
  check(
    order.length === x.shape.length && sorted.every((axis, index) => axis === index),
    'transpose',
    `an order of ${x.shape.length} axes for ${format(x.shape)}`,
    format(order),
  );
  if (sorted.every((axis, index) => order[index] === axis)) return x;
  const before = transposed(x);
  if (before !== undefined)
    return transpose(
      before.from,
      order.map((axis) => before.order[axis]!),
    );
  const inverse = order.map((_, axis) => order.indexOf(axis));
  return node(
    'Transpose',
    [x],
    order.map((axis) => x.shape[axis]!),
    {
      attributes: { perm: order },
      type: x.type,
      gradient: (dy) => [transpose(dy, inverse)],
    },
  );
}

/** Where a transposed value comes from, and by which order; undefined for any other value. */
export function transposed(x: Value): { readonly from: Value; readonly order: readonly number[] } | undefined {
  if (x.origin.kind !== 'node' || x.origin.node.op !== 'Transpose') return undefined;
  const { inputs, attributes } = x.origin.node;
  return { from: inputs[0]!, order: attributes['perm'] as readonly number[] };
}

/** Repeats axes of size 1 (and adds leading ones) up to `shape`. */
export function expand(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  check(
    sameShape(broadcast('expand', x.shape, shape), shape),
    'expand',
    `a target of ${format(x.shape)}`,
    format(shape),
  );
  return node('Expand', [x, integers(shape)], shape, { type: x.type, gradient: (dy) => [sumTo(dy, x.shape)] });
}

/** Joins values along `axis`; the other axes must agree. */
export function concat(values: readonly Value[], axis: number): Value {
  const first = values[0]!;
  const along = axisOf('concat', axis, first.shape.length);
  for (const { shape } of values) {
    const fits = shape.length === first.shape.length && shape.every((n, i) => i === along || n === first.shape[i]);
    check(fits, 'concat', `shapes like ${format(first.shape)} except in axis ${along}`, format(shape));
  }
  const total = values.reduce((size, value) => size + value.shape[along]!, 0);
  return node('Concat', values, first.shape.with(along, total), {
    attributes: { axis: along },
    type: first.type,
    gradient: (dy) => {
      let start = 0;
      return values.map((value) => slice(dy, along, start, (start += value.shape[along]!)));
    },
  });
}

/** Elements `start` (inclusive) to `end` (exclusive) of `axis`. */
export function slice(x: Value, axis: number, start: number, end: number): Value {
  const along = axisOf('slice', axis, x.shape.length);
  const size = x.shape[along]!;
  check(start >= 0 && start < end && end <= size, 'slice', `a range inside 0..${size}`, `${start}..${end}`);
  if (end - start === size) return x;
  return node('Slice', [x, integers([start]), integers([end]), integers([along])], x.shape.with(along, end - start), {
    type: x.type,
    gradient: (dy) => [pad(dy, along, start, size - end)],
  });
}

/** Splits `axis` into consecutive parts of the given sizes. */
export function split(x: Value, axis: number, sizes: readonly number[]): readonly Value[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const size = x.shape[axisOf('split', axis, x.shape.length)]!;
  check(total === size, 'split', `sizes that add up to ${size}`, `${total}`);
  let start = 0;
  return sizes.map((size) => slice(x, axis, start, (start += size)));
}

/** Adds zeros before and after along `axis`. */
export function pad(x: Value, axis: number, before: number, after: number): Value {
  const along = axisOf('pad', axis, x.shape.length);
  if (before === 0 && after === 0) return x;
  const size = x.shape[along]!;
  return node('Pad', [x, padsOf(x.shape.length, along, before, after)], x.shape.with(along, size + before + after), {
    attributes: { mode: 'constant' },
    type: x.type,
    gradient: (dy) => [slice(dy, along, before, before + size)],
  });
}

/** Pads of every axis: with the pads of some axes alone, onnxruntime's layout pass on WebGPU reads out of bounds. */
function padsOf(rank: number, along: number, before: number, after: number): Value {
  return integers(
    Array<number>(2 * rank)
      .fill(0)
      .with(along, before)
      .with(rank + along, after),
  );
}

/** Adds copies of the first and last element along `axis`; for inference only, it has no gradient. */
export function padEdge(x: Value, axis: number, before: number, after: number): Value {
  const along = axisOf('padEdge', axis, x.shape.length);
  const shape = x.shape.with(along, x.shape[along]! + before + after);
  return node('Pad', [x, padsOf(x.shape.length, along, before, after)], shape, {
    attributes: { mode: 'edge' },
    type: x.type,
  });
}

/**
 * Rows of `table` [N, ...] by int64 or int32 `indices`: result [...indices.shape, ...]. The gradient is a product with the
 * one-hot matrix (deterministic, unlike a parallel scatter), meant for tables of up to a few thousand rows.
 */
export function gather(table: Value, indices: Value): Value {
  check(indices.type === 'int64' || indices.type === 'int32', 'gather', 'int64 or int32 indices', indices.type);
  const [rows = 0, ...rest] = table.shape;
  return node('Gather', [table, indices], [...indices.shape, ...rest], {
    attributes: { axis: 0 },
    type: table.type,
    gradient: (dy) => {
      const count = sizeOf(indices.shape);
      const range = integers(
        Array.from({ length: rows }, (_, row) => row),
        [rows, 1],
      );
      const oneHot = cast(equal(range, reshape(cast(indices, 'int64'), [1, count])), 'float32'); // [N, count]
      return [reshape(matmul(oneHot, reshape(dy, [count, -1])), table.shape), undefined];
    },
  });
}

/** A float32 constant of one number in every place. */
export function filled(shape: Shape, number: number): Value {
  return expand(constant([number], []), shape);
}
