import { expect, it } from 'vitest';
import type { ColourMatrix, I420Image } from '../image.ts';
import { uniformAt } from '../math/random.ts';
import { toRgba } from './cut-picture.ts';
import { cutI420, cutI420Half, pasteI420 } from './i420.ts';

/** A picture of arbitrary colours, each within what RGB can show when `isMild`. */
function noise(width: number, height: number, isMild: boolean): I420Image {
  const plane = width * height;
  const data = Uint8Array.from({ length: (plane * 3) / 2 }, (_, i) => {
    const x = uniformAt(3, i);
    if (!isMild) return Math.floor(256 * x);
    return Math.round(i < plane ? 90 + 60 * x : 118 + 20 * x);
  });
  return { format: 'i420', matrix: 'bt709', width, height, data };
}

// Red, green and blue of 100 % in the standards' own integers.
for (const [matrix, primaries] of [
  [
    'bt709',
    [
      [63, 102, 240],
      [173, 42, 26],
      [32, 240, 118],
    ],
  ],
  [
    'bt601',
    [
      [81, 90, 240],
      [145, 54, 34],
      [41, 240, 110],
    ],
  ],
  [
    'bt2020',
    [
      [74, 97, 240],
      [164, 47, 25],
      [29, 240, 119],
    ],
  ],
] as const) {
  it(`converts as ${matrix} of limited range says, both ways`, () => {
    const planes = (y: number, cb: number, cr: number) => Uint8Array.of(y, y, y, y, cb, cr);
    const rect = { left: 0, top: 0, width: 2, height: 2 };
    const expectColour = (values: readonly [number, number, number], colour: readonly number[]) => {
      const image: I420Image = {
        format: 'i420',
        matrix: matrix as ColourMatrix,
        width: 2,
        height: 2,
        data: planes(...values),
      };
      const { data } = toRgba(image);
      for (const [c, wanted] of colour.entries()) expect(Math.abs(data[c]! - wanted)).toBeLessThanOrEqual(2);
      const pure = Uint8ClampedArray.from({ length: 16 }, (_, i) => colour[i % 4] ?? 255);
      pasteI420(image, rect, new Uint8ClampedArray(16), pure);
      expect(image.data).toEqual(planes(...values));
    };
    expectColour([16, 128, 128], [0, 0, 0]);
    expectColour([235, 128, 128], [255, 255, 255]);
    for (const [c, values] of primaries.entries())
      expectColour(
        values,
        [0, 1, 2].map((i) => (i === c ? 255 : 0)),
      );
  });
}

it('cuts a part as the whole picture has it', () => {
  const image = noise(20, 12, false);
  const whole = toRgba(image);
  const part = cutI420(image, { left: 6, top: 4, width: 8, height: 6 });
  for (let y = 0; y < 6; y++) {
    for (let x = 0; x < 8; x++) {
      const p = ((y + 4) * 20 + x + 6) * 4;
      expect([...part.data.slice((y * 8 + x) * 4, (y * 8 + x) * 4 + 4)]).toEqual([...whole.data.slice(p, p + 4)]);
    }
  }
});

it('halves as averaging does', () => {
  const image = noise(16, 8, true);
  const whole = toRgba(image).data;
  const half = cutI420Half(image, { left: 0, top: 0, width: 16, height: 8 });
  expect([half.width, half.height]).toEqual([8, 4]);
  for (let i = 0; i < 32; i++) {
    const [x, y] = [(i % 8) * 2, Math.floor(i / 8) * 2];
    for (const c of [0, 1, 2]) {
      const mean = [0, 1, 16, 17].reduce((sum, d) => sum + whole[(y * 16 + x + d) * 4 + c]!, 0) / 4;
      expect(Math.abs(half.data[i * 4 + c]! - mean)).toBeLessThanOrEqual(1);
    }
  }
});

it('writes back what changed and nothing else', () => {
  const rect = { left: 4, top: 2, width: 8, height: 8 };
  const image = noise(16, 12, false);
  const before = image.data.slice();
  const cut = cutI420(image, rect);
  pasteI420(image, rect, cut.data, cut.data.slice());
  expect(image.data).toEqual(before);
  const drawn = cut.data.slice();
  drawn.set([10, 220, 30], (3 * 8 + 5) * 4); // One pixel: x 9, y 5.
  pasteI420(image, rect, cut.data, drawn);
  const changed = [...image.data.keys()].filter((i) => image.data[i] !== before[i]);
  const plane = 16 * 12;
  const elsewhere = { ...image, data: before.slice() };
  pasteI420(elsewhere, rect, cut.data, drawn, { left: 0, top: 0, width: 4, height: 8 });
  expect(elsewhere.data).toEqual(before);
  pasteI420(elsewhere, rect, cut.data, drawn, { left: 5, top: 3, width: 1, height: 1 });
  expect(elsewhere.data).toEqual(image.data);
  expect(changed).toEqual([5 * 16 + 9, plane + 2 * 8 + 4, plane + plane / 4 + 2 * 8 + 4]);
});

it('gives colours that RGB can show back as they were, rewritten too', () => {
  const image = noise(16, 12, true);
  const before = image.data.slice();
  const rect = { left: 0, top: 0, width: 16, height: 12 };
  const cut = cutI420(image, rect);
  pasteI420(image, rect, new Uint8ClampedArray(cut.data.length), cut.data);
  expect(image.data).toEqual(before);
});
