import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CANONICAL_TRIANGLES, LEFT_BROW, LEFT_EYE, RIGHT_BROW, RIGHT_EYE } from '../face/canonical-mesh.ts';
import { createCanonicalSource } from '../motion/canonical-source.ts';
import { COEFFICIENT_COUNT, COEFFICIENTS } from '../motion/coefficients.ts';
import { readMeshBasis } from '../motion/mesh-basis.ts';
import { createMeshMotionSpace } from '../motion/mesh-motion-space.ts';
import { createHeadSurface, moveHeadSurface } from './head-surface.ts';

const basis = readMeshBasis(readFileSync(new URL('../../assets/mesh-basis.bin', import.meta.url)));
const source = createCanonicalSource(basis);
const space = createMeshMotionSpace(basis);
const surface = createHeadSurface(source);
const rest = surface.source;

/** Places of the surface with some movements of both sides `[N × 2]`, pixels. */
function drawn(amounts: Readonly<Record<string, number>>): Float32Array {
  const none = new Float32Array(COEFFICIENT_COUNT);
  const emotion = Float32Array.from(COEFFICIENTS, (name) => amounts[name.replace(/(Left|Right)$/, '')] ?? 0);
  const still = { head: { pitch: 0, yaw: 0, roll: 0, shift: [0, 0, 0] as const }, gaze: { yaw: 0, pitch: 0 } };
  moveHeadSurface(surface, space.compose(source, { lips: none, emotion, life: none, ...still }));
  return surface.positions.slice();
}

const height = (at: Float32Array, low: number, high: number) => at[low * 2 + 1]! - at[high * 2 + 1]!;
const area = (at: Float32Array, a: number, b: number, c: number) =>
  (at[b * 2]! - at[a * 2]!) * (at[c * 2 + 1]! - at[a * 2 + 1]!) -
  (at[c * 2]! - at[a * 2]!) * (at[b * 2 + 1]! - at[a * 2 + 1]!);
const RAISED = { browInnerUp: 1, browOuterUp: 1 };
const LOWERED = { browDown: 1, browOuterUp: -0.3 };

describe('skin around the brows', () => {
  it('leaves a brow as thick as it is, raised or lowered', () => {
    for (const amounts of [RAISED, LOWERED]) {
      const at = drawn(amounts);
      for (const { lower, upper } of [RIGHT_BROW, LEFT_BROW]) {
        for (let i = 1; i < 5; i++) {
          const share = height(at, lower[i]!, upper[i]!) / height(rest, lower[i]!, upper[i]!);
          expect(share).toBeGreaterThan(0.9);
          expect(share).toBeLessThan(1.1);
        }
      }
    }
  });

  it('takes the hair below the lower row along', () => {
    const at = drawn(RAISED);
    const way = (v: number) => rest[v * 2 + 1]! - at[v * 2 + 1]!;
    const [brow, crease] = [way(52), way(223)];
    expect(brow).toBeGreaterThan(8);
    expect(crease / brow).toBeGreaterThan(0.5);
    expect(crease / brow).toBeLessThan(0.8);
    expect(way(surface.topology.between(52, 223)) / brow).toBeGreaterThan(0.85);
  });

  it('folds the lid away under a low brow without turning the picture over', () => {
    const at = drawn({ ...LOWERED, eyeSquint: 1, noseSneer: 1 });
    const skin = new Set(
      [RIGHT_EYE, LEFT_EYE].flatMap(({ lid, crease }) => [...lid.upper.slice(1, 8), ...crease.upper.slice(1, 8)]),
    );
    for (const { lower, upper } of [RIGHT_BROW, LEFT_BROW]) for (const v of [...lower, ...upper]) skin.add(v);
    let count = 0;
    for (let t = 0; t < CANONICAL_TRIANGLES.length; t += 3) {
      const [a, b, c] = [CANONICAL_TRIANGLES[t]!, CANONICAL_TRIANGLES[t + 1]!, CANONICAL_TRIANGLES[t + 2]!];
      if (![a, b, c].every((v) => skin.has(v))) continue;
      expect(area(at, a, b, c) / area(rest, a, b, c)).toBeGreaterThan(0);
      count++;
    }
    expect(count).toBeGreaterThan(40);
  });
});
