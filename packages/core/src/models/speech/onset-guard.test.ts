import { describe, expect, it } from 'vitest';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX } from '../../motion/coefficients.ts';
import { OnsetGuard } from './onset-guard.ts';

const jaws = (guard: OnsetGuard, silences: readonly number[], jaw: number): number[] =>
  silences.map((silence) => {
    const lips = new Float32Array(COEFFICIENT_COUNT);
    lips[COEFFICIENT_INDEX.jawOpen] = jaw;
    guard.limit(silence, lips);
    return lips[COEFFICIENT_INDEX.jawOpen]!;
  });
const REST = [1, 1, 1, 1, 1, 1];

describe('OnsetGuard', () => {
  it('holds a moment of doubt to less than half, and lets small openings be', () => {
    expect(Math.max(...jaws(new OnsetGuard(), [...REST, 0.97, 0.65, 0.95, 1], 0.3))).toBeLessThan(0.15);
    expect(jaws(new OnsetGuard(), [...REST, 0.65], 0.04)[6]).toBeCloseTo(0.04, 6);
  });

  it('is gone in the second frame of speech and stays so over a pause between words', () => {
    const opened = jaws(new OnsetGuard(), [...REST, 0.7, 0.05, 0, 0, 0, 1, 1, 1, 0.02], 0.3);
    expect(opened[8]).toBeCloseTo(0.3, 2);
    expect(opened[14]).toBeCloseTo(0.3, 1);
  });
});
