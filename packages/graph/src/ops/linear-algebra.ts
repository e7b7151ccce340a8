/** Matrix products. */
import { check, format, node, type Value } from '../value.ts';
import { broadcast } from './arithmetic.ts';
import { reshape, transpose, transposed } from './layout.ts';
import { sumTo } from './reduction.ts';

/** Matrix product [..., M, K] · [..., K, N] = [..., M, N]; leading axes broadcast. */
export function matmul(a: Value, b: Value): Value {
  const [m = 0, k = 0] = a.shape.slice(-2);
  const [inner = 0, n = 0] = b.shape.slice(-2);
  check(
    a.shape.length >= 2 && b.shape.length >= 2 && k === inner,
    'matmul',
    '[..., M, K] and [..., K, N]',
    `${format(a.shape)} and ${format(b.shape)}`,
  );
  const lead = broadcast('matmul', a.shape.slice(0, -2), b.shape.slice(0, -2));
  return node('MatMul', [a, b], [...lead, m, n], {
    gradient: (dy) => {
      // A matrix shared by all leading axes takes one product over all rows together: K × (rows of a) × N.
      const rows = b.shape.length === 2 ? reshape(a, [-1, k]) : a;
      const dRows = b.shape.length === 2 ? reshape(dy, [-1, n]) : dy;
      // For a transposed b the transposed product: its outer transpose then cancels against that of b.
      const db = transposed(b) === undefined ? matmul(swapLast(rows), dRows) : swapLast(matmul(swapLast(dRows), rows));
      return [sumTo(matmul(dy, swapLast(b)), a.shape), sumTo(db, b.shape)];
    },
  });
}

/** Exchanges the last two axes. */
export function swapLast(x: Value): Value {
  const rank = x.shape.length;
  const order = x.shape.map((_, axis) => axis);
  return transpose(x, [...order.slice(0, -2), rank - 1, rank - 2]);
}
