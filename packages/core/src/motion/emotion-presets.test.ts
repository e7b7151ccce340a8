import { describe, expect, it } from 'vitest';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX } from './coefficients.ts';
import { EMOTION_VECTORS, emotionOffset, REGION_MASKS } from './emotion-presets.ts';
import { EMOTIONS, REGIONS } from './emotions.ts';

const offset = (...conditions: Parameters<typeof emotionOffset>[0]) => {
  const out = new Float32Array(COEFFICIENT_COUNT).fill(9);
  emotionOffset(conditions, out);
  return out;
};

describe('emotion presets', () => {
  it('gives each emotion its own face within what the sum lets pass, neutral none', () => {
    for (const emotion of EMOTIONS) {
      const vector = EMOTION_VECTORS[emotion];
      expect(vector.every((x) => x >= -0.5 && x <= 1)).toBe(true);
      expect(vector.some((x) => x > 0)).toBe(emotion !== 'neutral');
    }
    expect(EMOTION_VECTORS.contempt[COEFFICIENT_INDEX.mouthDimpleRight]).toBeGreaterThan(0);
    expect(EMOTION_VECTORS.contempt[COEFFICIENT_INDEX.mouthDimpleLeft]).toBe(0);
  });

  it('is linear in intensity and adds conditions', () => {
    const half = offset({ emotion: 'angry', region: 'all', intensity: 0.5 });
    for (const [k, x] of EMOTION_VECTORS.angry.entries()) expect(half[k]).toBeCloseTo(x / 2, 6);
    const both = offset(
      { emotion: 'happy', region: 'lips', intensity: 1 },
      { emotion: 'sad', region: 'upper_face', intensity: 1 },
    );
    expect(both[COEFFICIENT_INDEX.mouthSmileLeft]).toBe(EMOTION_VECTORS.happy[COEFFICIENT_INDEX.mouthSmileLeft]);
    expect(both[COEFFICIENT_INDEX.browInnerUpLeft]).toBe(EMOTION_VECTORS.sad[COEFFICIENT_INDEX.browInnerUpLeft]);
    expect(both[COEFFICIENT_INDEX.mouthFrownLeft]).toBe(0);
  });

  it('splits every region into two sides that add up, and the face into lower and upper', () => {
    for (const region of REGIONS) {
      const sides = offset(
        { emotion: 'surprised', region: `${region}.left`, intensity: 1 },
        { emotion: 'surprised', region: `${region}.right`, intensity: 1 },
      );
      expect(sides).toEqual(offset({ emotion: 'surprised', region, intensity: 1 }));
    }
    expect(offset({ emotion: 'surprised', region: 'lips.left', intensity: 1 })[COEFFICIENT_INDEX.jawOpen]).toBe(0);
    for (let k = 0; k < COEFFICIENT_COUNT; k++) {
      expect(REGION_MASKS.upper_face[k]! + REGION_MASKS.lower_face[k]!).toBe(1);
    }
  });
});
