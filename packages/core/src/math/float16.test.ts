import { expect, it } from 'vitest';
import { widenFloat16 } from './float16.ts';

it('widens every half-precision number', () => {
  const bytes = new Uint8Array(0x10000 * 2);
  for (let half = 0; half < 0x10000; half++) bytes.set([half & 255, half >> 8], half * 2);
  const wide = widenFloat16(bytes);
  const wrong = wide.findIndex((value, half) => !Object.is(value, obvious(half)));
  expect(wrong).toBe(-1);
});

function obvious(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction > 0 ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
