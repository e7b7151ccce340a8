import { describe, expect, it } from 'vitest';
import { i420Length, rgbaToI420 } from './i420.ts';

function flat(r: number, g: number, b: number): number[] {
  const rgba = new Uint8ClampedArray(4 * 4);
  for (let i = 0; i < 16; i += 4) rgba.set([r, g, b, 255], i);
  const out = new Uint8Array(i420Length(2, 2));
  rgbaToI420(rgba, 2, 2, out);
  return [out[0]!, out[4]!, out[5]!];
}

/** BT.709 in floating point. */
function reference(r: number, g: number, b: number): number[] {
  const luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const chroma = (difference: number, scale: number) => 128 + ((224 / 255) * difference) / scale;
  return [16 + (219 / 255) * luma, chroma(b - luma, 1.8556), chroma(r - luma, 1.5748)];
}

describe('rgbaToI420', () => {
  it('gives the limited range its ends and grey no colour', () => {
    expect(flat(0, 0, 0)).toEqual([16, 128, 128]);
    expect(flat(255, 255, 255)).toEqual([235, 128, 128]);
  });

  it('agrees with BT.709 within rounding', () => {
    for (let n = 0; n < 500; n++) {
      const colour = [n * 37, n * 101 + 5, n * 53 + 90].map((v) => v % 256) as [number, number, number];
      const expected = reference(...colour);
      for (const [k, value] of flat(...colour).entries())
        expect(Math.abs(value - expected[k]!)).toBeLessThanOrEqual(0.51);
    }
  });

  it('keeps rows and columns apart and averages chroma over 2 × 2', () => {
    const rgba = new Uint8ClampedArray(4 * 2 * 4);
    rgba.fill(255);
    rgba.set([0, 0, 0, 255], 4 * 4 + 3 * 4);
    const out = new Uint8Array(i420Length(4, 2));
    rgbaToI420(rgba, 4, 2, out);
    expect([...out]).toEqual([235, 235, 235, 235, 235, 235, 235, 16, 128, 128, 128, 128]);
  });
});
