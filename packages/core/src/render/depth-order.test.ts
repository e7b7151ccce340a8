import { expect, it } from 'vitest';
import { uniformAt } from '../math/random.ts';
import { farToNear } from './depth-order.ts';

it('orders triangles as comparing their depths does, equal ones by their place', () => {
  const points = Float32Array.from({ length: 200 * 3 }, (_, i) => 2 * uniformAt(1, i) - 1);
  for (let v = 50; v < 100; v++) points[v * 3 + 2] = points[50 * 3 + 2]!;
  const triangles = Uint16Array.from({ length: 300 * 3 }, (_, i) => Math.floor(200 * uniformAt(2, i)));
  const depth = (t: number) => [0, 1, 2].reduce((sum, k) => sum + points[triangles[t * 3 + k]! * 3 + 2]!, 0);
  const slow = Array.from({ length: 300 }, (_, t) => t).sort((p, q) => depth(q) - depth(p) || p - q);
  expect([...farToNear(triangles, points)]).toEqual(slow);
  expect([...farToNear(Uint16Array.of(0, 0, 0, 1, 1, 1), new Float32Array(6))]).toEqual([0, 1]);
});
