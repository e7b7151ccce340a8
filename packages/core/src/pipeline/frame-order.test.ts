import { expect, it } from 'vitest';
import { clipFrameAt } from './frame-order.ts';

const order = (frames: number, whenShort: Parameters<typeof clipFrameAt>[2]) =>
  Array.from({ length: 9 }, (_, i) => clipFrameAt(i, frames, whenShort));

it('holds the last frame, runs back and forth without showing an end twice, or stops', () => {
  expect(order(4, 'hold')).toEqual([0, 1, 2, 3, 3, 3, 3, 3, 3]);
  expect(order(4, 'ping-pong')).toEqual([0, 1, 2, 3, 2, 1, 0, 1, 2]);
  expect(order(4, 'stop').slice(3, 6)).toEqual([3, undefined, undefined]);
  expect(order(1, 'ping-pong')).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0]);
});
