import { expect, it } from 'vitest';
import { fill } from '../../../test/helpers/formula.ts';
import { hullVolume } from './hull-volume.ts';

const cube = [0, 1].flatMap((x) => [0, 2].flatMap((y) => [0, 3].map((z) => [x, y, z])));

it('is that of boxes and pyramids, points inside and on faces left aside', () => {
  expect(hullVolume(cube.flat())).toBeCloseTo(6, 12);
  expect(hullVolume([...cube, [0.5, 1, 1], [0.5, 1, 0], [0, 1, 1.5]].flat())).toBeCloseTo(6, 12);
  expect(hullVolume([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1])).toBeCloseTo(1 / 6, 12);
  expect(hullVolume([0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0])).toBe(0);
});

it('is that of scipy.spatial.ConvexHull on 21 points', () => {
  // ConvexHull(fill('input/kp_source', [21, 3], -0.8, 0.8)).volume, scipy 1.10.1
  expect(hullVolume(fill('input/kp_source', [21, 3], -0.8, 0.8))).toBeCloseTo(1.381347, 6);
});
