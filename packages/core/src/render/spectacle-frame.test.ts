import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createCanonicalSource } from '../motion/canonical-source.ts';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX, type Coefficient } from '../motion/coefficients.ts';
import { readMeshBasis } from '../motion/mesh-basis.ts';
import { createMeshMotionSpace } from '../motion/mesh-motion-space.ts';
import { createHeadSurface, type HeadSurface, moveHeadSurface } from './head-surface.ts';

const basis = readMeshBasis(readFileSync(new URL('../../assets/mesh-basis.bin', import.meta.url)));
const source = createCanonicalSource(basis, undefined, {
  ...{ pitch: 0, yaw: 0, roll: 0, scale: 150 },
  translation: [256, 300, 0],
});

function move(surface: HeadSurface, coefficients: Partial<Record<Coefficient, number>>, yaw: number): void {
  const emotion = new Float32Array(COEFFICIENT_COUNT);
  for (const [name, value] of Object.entries(coefficients)) emotion[COEFFICIENT_INDEX[name as Coefficient]] = value;
  const driven = createMeshMotionSpace(basis).compose(source, {
    emotion,
    lips: new Float32Array(COEFFICIENT_COUNT),
    life: new Float32Array(COEFFICIENT_COUNT),
    head: { pitch: yaw / 2, yaw, roll: yaw / 2, shift: [0, 0, 0] },
    gaze: { yaw: 0, pitch: 0 },
  });
  moveHeadSurface(surface, driven);
}

/** Vertices where rims lie: a ring around each eye, and the bridge. */
function rims({ head }: HeadSurface): number[] {
  const eyes = [-0.33, 0.33];
  const y0 = (head[33 * 3 + 1]! + head[263 * 3 + 1]!) / 2;
  return Array.from({ length: head.length / 3 }, (_, v) => v).filter((v) => {
    const [x, y] = [head[v * 3]!, head[v * 3 + 1]! - y0];
    const ring = Math.min(...eyes.map((eye) => Math.hypot(x - eye, y)));
    return Math.abs(x) < 0.5 && ((ring > 0.24 && ring < 0.38) || (Math.abs(x) < 0.15 && Math.abs(y) < 0.06));
  });
}

/** Largest distance from the affine map that fits best, pixels: what is left is bent. */
function bend(surface: HeadSurface, vertices: readonly number[]): number {
  const rows = vertices.map((v) => [1, surface.source[v * 2]! - 256, surface.source[v * 2 + 1]! - 256] as const);
  let worst = 0;
  for (const axis of [0, 1]) {
    const wanted = vertices.map((v) => surface.positions[v * 2 + axis]!);
    const fit = leastSquares(rows, wanted);
    for (const [i, row] of rows.entries()) {
      worst = Math.max(worst, Math.abs(wanted[i]! - row.reduce((sum, value, k) => sum + value * fit[k]!, 0)));
    }
  }
  return worst;
}

function leastSquares(rows: readonly (readonly number[])[], wanted: readonly number[]): number[] {
  const n = 3;
  const m = Array.from({ length: n }, (_, i) => [
    ...Array.from({ length: n }, (_, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
    rows.reduce((sum, row, k) => sum + row[i]! * wanted[k]!, 0),
  ]);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      const share = m[j]![i]! / m[i]![i]!;
      for (let k = i; k <= n; k++) m[j]![k]! -= share * m[i]![k]!;
    }
  }
  return m.map((row, i) => row[n]! / row[i]!);
}

test.each([
  [{ browInnerUp: 1, browOuterUpLeft: 1, browOuterUpRight: 1 }, 0],
  [{ browDownLeft: 1, browDownRight: 1, cheekSquintLeft: 1, cheekSquintRight: 1 }, 0.1],
  [{ eyeBlinkLeft: 1, eyeBlinkRight: 1 }, -0.15],
] as const)('rims bend by less than a pixel under %j and a turn of %d', (coefficients, yaw) => {
  const held = createHeadSurface(source, { spectacles: true });
  const skin = createHeadSurface(source);
  move(held, coefficients, yaw);
  move(skin, coefficients, yaw);
  const vertices = rims(held);
  expect(vertices.length).toBeGreaterThan(60);
  expect(bend(held, vertices)).toBeLessThan(1);
  expect(bend(skin, vertices)).toBeGreaterThan(1.5);
});

test('lids shut inside the frame', () => {
  const held = createHeadSurface(source, { spectacles: true });
  const skin = createHeadSurface(source);
  for (const surface of [held, skin]) move(surface, { eyeBlinkLeft: 1, eyeBlinkRight: 1 }, 0);
  for (const lid of [159, 386]) {
    const way = (surface: HeadSurface) => surface.positions[lid * 2 + 1]! - surface.source[lid * 2 + 1]!;
    expect(way(held) / way(skin)).toBeGreaterThan(0.95);
  }
});
