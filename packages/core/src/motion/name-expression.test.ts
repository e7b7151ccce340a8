import { describe, expect, it } from 'vitest';
import { COEFFICIENT_COUNT } from './coefficients.ts';
import { EMOTION_VECTORS, emotionOffset } from './emotion-presets.ts';
import { nameExpression } from './name-expression.ts';

describe('naming an expression', () => {
  it('finds each emotion in its own face, and nothing in none', () => {
    for (const emotion of ['happy', 'sad', 'angry', 'fear', 'surprised'] as const) {
      const { targets, explained } = nameExpression(EMOTION_VECTORS[emotion]);
      expect(targets[0]?.emotion).toBe(emotion);
      expect(targets[0]?.intensity).toBeGreaterThan(0.7);
      expect(explained).toBeGreaterThan(0.9);
    }
    expect(nameExpression(new Float32Array(COEFFICIENT_COUNT)).targets).toEqual([]);
  });

  it('tells the halves of the face apart', () => {
    const mixed = new Float32Array(COEFFICIENT_COUNT);
    emotionOffset(
      [
        { emotion: 'surprised', region: 'upper_face', intensity: 0.9 },
        { emotion: 'happy', region: 'lower_face', intensity: 0.9 },
      ],
      mixed,
    );
    const strongest = (region: string) => nameExpression(mixed).targets.find((target) => target.region === region);
    expect(strongest('upper_face')?.emotion).toBe('surprised');
    expect(strongest('lower_face')?.emotion).toBe('happy');
  });
});
