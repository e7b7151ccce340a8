import { describe, expect, it } from 'vitest';
import { accuracyOf, confusionOf, framesKeptClosed, spearman } from './emotion-figures.ts';
import { JUDGED } from './expression-judge.ts';

const certain = (emotion: string) => Float32Array.from(JUDGED, (name) => (name === emotion ? 1 : 0));

describe('figures of emotion', () => {
  it('rank correlation sees order, not size', () => {
    expect(spearman([0, 0.3, 0.6, 1], [0.1, 0.11, 0.9, 0.91])).toBeCloseTo(1);
    expect(spearman([0, 0.3, 0.6, 1], [4, 3, 2, 1])).toBeCloseTo(-1);
    expect(spearman([1, 2, 3, 4], [1, 2, 2, 3])).toBeCloseTo(0.9487, 4);
  });

  it('counts the closures that stay', () => {
    const before = Float32Array.of(0, 0.01, 0.1, 0.015, 0.2);
    expect(framesKeptClosed(before, Float32Array.of(0, 0.05, 0, 0.01, 0))).toBeCloseTo(2 / 3);
    expect(framesKeptClosed(Float32Array.of(1, 1), Float32Array.of(0, 0))).toBeNaN();
  });

  it('counts answers by emotion, leaving out of the accuracy what the judge does not know', () => {
    const confusion = confusionOf(
      ['happy', 'contempt'],
      [
        { emotion: 'happy', probabilities: certain('happy') },
        { emotion: 'happy', probabilities: certain('sad') },
        { emotion: 'contempt', probabilities: certain('happy') },
      ],
    );
    expect(confusion.counts[0]![JUDGED.indexOf('happy')]).toBe(1);
    expect(confusion.counts[0]![JUDGED.indexOf('sad')]).toBe(1);
    expect(confusion.counts[1]![JUDGED.indexOf('happy')]).toBe(1);
    expect(accuracyOf(confusion)).toBe(0.5);
  });
});
