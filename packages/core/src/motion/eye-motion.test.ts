import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RIGHT_EYE } from '../face/canonical-mesh.ts';
import { createCanonicalSource } from './canonical-source.ts';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX } from './coefficients.ts';
import { EyeMotion } from './eye-motion.ts';
import { readMeshBasis } from './mesh-basis.ts';

const basis = readMeshBasis(readFileSync(new URL('../../assets/mesh-basis.bin', import.meta.url)));
const MIDDLE = 4;
const [upper, lower] = [RIGHT_EYE.margin.upper[MIDDLE]! * 3 + 1, RIGHT_EYE.margin.lower[MIDDLE]! * 3 + 1];

/** Gap of the lids in the middle, U, before and after a movement, of an eye opened to a share of the canonical one. */
function gaps(opened: number, movement: 'eyeSquintRight' | 'eyeWideRight'): readonly [number, number] {
  const head = createCanonicalSource(basis).neutral.slice();
  RIGHT_EYE.margin.upper.forEach((v, i) => {
    const low = head[RIGHT_EYE.margin.lower[i]! * 3 + 1]!;
    head[v * 3 + 1] = low + opened * (head[v * 3 + 1]! - low);
  });
  const coefficients = new Float32Array(COEFFICIENT_COUNT);
  coefficients[COEFFICIENT_INDEX[movement]] = 0.5;
  const displacement = new Float32Array(head.length);
  const eye = new EyeMotion(basis, RIGHT_EYE, COEFFICIENT_INDEX.eyeBlinkRight);
  eye.setSource(head, new Float32Array(COEFFICIENT_COUNT));
  eye.apply(coefficients, { yaw: 0, pitch: 0 }, displacement);
  const before = head[lower]! - head[upper]!;
  return [before, before + displacement[lower]! - displacement[upper]!];
}

test('a squint takes the same share of a narrow eye as of others, and not more than a wide one would lose', () => {
  const [narrow, squinted] = gaps(0.7, 'eyeSquintRight');
  const [usual, usualSquinted] = gaps(1.4, 'eyeSquintRight');
  const [wide, wideSquinted] = gaps(2, 'eyeSquintRight');
  expect(squinted / narrow).toBeCloseTo(usualSquinted / usual, 5);
  expect(wide - wideSquinted).toBeLessThan(1.1 * (usual - usualSquinted));
});

test('narrow eyes open as far as others', () => {
  const [narrow, opened] = gaps(0.7, 'eyeWideRight');
  const [usual, usualOpened] = gaps(1.4, 'eyeWideRight');
  expect(opened - narrow).toBeCloseTo(usualOpened - usual, 5);
});
