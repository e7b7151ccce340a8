import { describe, expect, it } from 'vitest';
import { uniformAt } from '../../math/random.ts';
import { ARTICULATIONS, type Articulation } from '../emotions.ts';
import { ARTICULATION_DIRECTIONS, editArticulation, editArticulationApart } from './articulation-edit.ts';
import { controlLips } from './drive-expression.ts';
import { LIP_KEYPOINTS } from './keypoints.ts';

const random = (stream: number) => Float32Array.from({ length: 18 }, (_, i) => 0.02 * (uniformAt(5, stream, i) - 0.5));
const rest = random(1);
const lips = random(2);

/** ⟨D_l − rest, v⟩ / |v|² */
function amount(frame: Float32Array, name: Articulation): number {
  let [product, length] = [0, 0];
  for (const [keypoint, axis, value] of ARTICULATION_DIRECTIONS[name]) {
    const i = LIP_KEYPOINTS.indexOf(keypoint as (typeof LIP_KEYPOINTS)[number]) * 3 + axis;
    product += (frame[i]! - rest[i]!) * value;
    length += value * value;
  }
  return product / length;
}

describe('editArticulationApart', () => {
  it('scales what each movement measures about rest and leaves the two others', () => {
    for (const articulation of ARTICULATIONS) {
      const edited = lips.slice();
      editArticulationApart(edited, [{ articulation, scale: 1.5 }], rest);
      for (const name of ARTICULATIONS) {
        expect(amount(edited, name)).toBeCloseTo((name === articulation ? 1.5 : 1) * amount(lips, name), 4);
      }
    }
  });

  it('does not depend on the order, unlike the edits of the release', () => {
    const edits = [
      { articulation: 'pursing', scale: 1.6 },
      { articulation: 'widening', scale: 0.4 },
    ] as const;
    const run = (edit: typeof editArticulationApart, order: Parameters<typeof editArticulationApart>[1]) => {
      const out = lips.slice();
      edit(out, order, rest);
      return out;
    };
    const apart = [run(editArticulationApart, edits), run(editArticulationApart, edits.toReversed())];
    const released = [run(editArticulation, edits), run(editArticulation, edits.toReversed())];
    const differ = ([a, b]: readonly Float32Array[]) => Math.max(...a!.map((x, i) => Math.abs(x - b![i]!)));
    expect(differ(apart)).toBeLessThan(1e-7);
    expect(differ(released)).toBeGreaterThan(1e-4);
  });

  it('is what lips about rest are edited by', () => {
    const articulation = [{ articulation: 'opening', scale: 0 }] as const;
    expect(controlLips(rest, { lipScale: 1, articulation }, rest)).toEqual(rest);
    expect(amount(controlLips(lips, { lipScale: 1, articulation }, rest), 'opening')).toBeCloseTo(0, 5);
  });
});
