import { describe, expect, it } from 'vitest';
import { ARKIT_BLENDSHAPES, type ArkitBlendshape, arkitBlendshapes } from './arkit.ts';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX, COEFFICIENTS } from './coefficients.ts';

const AHEAD = { yaw: 0, pitch: 0 };
const at = (shapes: Float32Array, name: ArkitBlendshape) => shapes[ARKIT_BLENDSHAPES.indexOf(name)]!;
const only = (name: (typeof COEFFICIENTS)[number], value: number) => {
  const coefficients = new Float32Array(COEFFICIENT_COUNT);
  coefficients[COEFFICIENT_INDEX[name]] = value;
  return coefficients;
};

describe('arkitBlendshapes', () => {
  it('has 52 different names', () => {
    expect(new Set(ARKIT_BLENDSHAPES).size).toBe(52);
  });

  it('gives every coefficient to the blendshape of its name and to no other', () => {
    for (const name of COEFFICIENTS) {
      const shapes = arkitBlendshapes(only(name, 0.5), AHEAD);
      const moved = ARKIT_BLENDSHAPES.filter((each) => at(shapes, each) !== 0);
      const inner = name.startsWith('browInnerUp');
      expect(moved).toEqual([inner ? 'browInnerUp' : name]);
      expect(at(shapes, moved[0]!)).toBeCloseTo(inner ? 0.25 : 0.5, 6);
    }
  });

  it('stays within 0 and 1', () => {
    expect(at(arkitBlendshapes(only('jawOpen', 1.3), AHEAD), 'jawOpen')).toBe(1);
    expect(at(arkitBlendshapes(only('mouthFunnel', -0.4), AHEAD), 'mouthFunnel')).toBe(0);
  });

  it("turns eyes that look to the image right to the subject's left, and down is down", () => {
    const shapes = arkitBlendshapes(new Float32Array(COEFFICIENT_COUNT), { yaw: 0.3, pitch: 0.09 });
    expect(at(shapes, 'eyeLookOutLeft')).toBeCloseTo(0.5, 6);
    expect(at(shapes, 'eyeLookInRight')).toBeCloseTo(0.5, 6);
    expect(at(shapes, 'eyeLookDownLeft')).toBeCloseTo(0.2, 6);
    for (const name of ['eyeLookInLeft', 'eyeLookOutRight', 'eyeLookUpLeft'] as const) expect(at(shapes, name)).toBe(0);
  });
});
