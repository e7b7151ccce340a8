import { expect, test } from 'vitest';
import { uniformAt } from '../math/random.ts';
import { TEXTURE_SIZE } from './photo-texture.ts';
import { createSpanKernel, SPAN_WORDS, type SpanKernel } from './span-kernel.ts';

/** A hundred spans at random places, directions and scales. */
function fill({ texture, spans, plate }: SpanKernel): number {
  for (let i = 0; i < texture.length; i++) texture[i] = Math.floor(uniformAt(3, 0, i) * 0x100000000) | 0;
  for (let i = 0; i < plate.length; i++) plate[i] = Math.floor(uniformAt(5, 0, i) * 0x100000000) | 0;
  for (let s = 0; s < 100; s++) {
    const at = (min: number, span: number, k: number): number => min + Math.floor(span * uniformAt(4, s, k));
    const first = at(0, 512 * 510, 0);
    const length = at(1, 200, 1);
    const step = [at(-90000, 300000, 2), at(-90000, 180000, 3)] as const;
    const start = [at(400 * 65536, 100 * 65536, 4), at(400 * 65536, 100 * 65536, 5)] as const;
    spans.set([first * 4, (first + length) * 4, ...start, ...step], s * SPAN_WORDS);
  }
  return 100;
}

test.each(['nothing', 'plate'] as const)('SIMD and TypeScript draw the same bytes onto %s', (ground) => {
  const simd = createSpanKernel(true);
  const plain = createSpanKernel(false);
  simd.draw(fill(simd), ground);
  plain.draw(fill(plain), ground);
  expect(
    Buffer.from(simd.frame.buffer, 0, simd.frame.byteLength).equals(
      new Uint8Array(plain.frame.buffer, 0, plain.frame.byteLength),
    ),
  ).toBe(true);
  expect(simd.frame.some((pixel) => pixel !== 0)).toBe(true);
});

test('a sample of the texture is drawn as it is, between samples their mean', () => {
  const kernel = createSpanKernel();
  const set = (x: number, y: number, value: number): void => {
    kernel.texture[y * TEXTURE_SIZE + x] = -0x1000000 | (value << 16) | (value << 8) | value;
  };
  set(10, 20, 200);
  set(11, 20, 100);
  kernel.spans.set([0, 8, 10 * 65536, 20 * 65536, 32768, 0]);
  kernel.draw(1);
  expect(kernel.frame[0]! & 255).toBe(200);
  expect(kernel.frame[1]! & 255).toBe(150);
});

test('a premultiplied sample lets the plate through by what it lacks of alpha', () => {
  const kernel = createSpanKernel();
  const grey = (alpha: number, value: number): number => (alpha << 24) | (value << 16) | (value << 8) | value;
  kernel.texture.set([grey(255, 90), grey(255, 90)], 20 * TEXTURE_SIZE + 10);
  kernel.texture.set([grey(0, 0), grey(0, 0)], 20 * TEXTURE_SIZE + 12);
  kernel.texture.set([grey(128, 40), grey(128, 40)], 20 * TEXTURE_SIZE + 14);
  kernel.plate.fill(grey(255, 201));
  kernel.spans.set([0, 12, 10 * 65536, 20 * 65536, 2 * 65536, 0]);
  kernel.draw(1, 'plate');
  expect([...kernel.frame.subarray(0, 3)].map((pixel) => pixel & 255)).toEqual([90, 201, 40 + 99]);
  expect(kernel.frame[1]! >>> 24).toBe(255);
});
