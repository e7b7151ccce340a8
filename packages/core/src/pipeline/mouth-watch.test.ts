import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { toRgba } from '../face/cut-picture.ts';
import type { I420Image } from '../image.ts';
import { uniformAt } from '../math/random.ts';
import { createCanonicalSource } from '../motion/canonical-source.ts';
import { readMeshBasis } from '../motion/mesh-basis.ts';
import { MouthWatch, UNUSUAL_MOUTH } from './mouth-watch.ts';

const basis = readMeshBasis(readFileSync(new URL('../../assets/mesh-basis.bin', import.meta.url)));
const points = createCanonicalSource(basis).keypoints;
const SIZE = 512;
const PLANE = SIZE * SIZE;
const [mouthX, mouthY] = [points[13 * 3]!, points[13 * 3 + 1]!];

/** Skin that is darker downwards, with grain; `light` brightens all of it, a hand of almost its colour may lie on the mouth. */
function skin(frame: number, light: number, hand: boolean): I420Image {
  const data = new Uint8Array((PLANE * 3) / 2).fill(112, PLANE, (PLANE * 5) / 4).fill(150, (PLANE * 5) / 4);
  for (let i = 0; i < PLANE; i++) {
    const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
    const isHand = hand && Math.abs(x - mouthX) < 90 && Math.abs(y - mouthY) < 60;
    const base = isHand ? 105 + 12 * Math.sin(x / 9) : 170 - y / 8;
    data[i] = light * base + 6 * (uniformAt(frame, i) - 0.5);
  }
  return { format: 'i420', matrix: 'bt709', width: SIZE, height: SIZE, data };
}

for (const kind of ['planes', 'RGBA'] as const) {
  it(`sees a hand before the mouth, and neither grain nor changing light: ${kind}`, () => {
    const watch = new MouthWatch();
    for (let f = 0; f < 14; f++) {
      const image = skin(f, 1 + 0.02 * f, f === 10 || f === 11);
      const share = watch.next(kind === 'RGBA' ? toRgba(image) : image, points);
      if (f === 10 || f === 11) expect(share).toBeGreaterThan(3 * UNUSUAL_MOUTH);
      else expect(share, `frame ${f}`).toBeLessThan(UNUSUAL_MOUTH);
    }
  });
}

it('learns anew what is usual when it is told to', () => {
  const watch = new MouthWatch();
  for (let f = 0; f < 8; f++) watch.next(skin(f, 1, false), points);
  expect(watch.next(skin(8, 1, true), points)).toBeGreaterThan(UNUSUAL_MOUTH);
  watch.reset();
  for (let f = 9; f < 20; f++) expect(watch.next(skin(f, 1, true), points)).toBeLessThan(UNUSUAL_MOUTH);
});
