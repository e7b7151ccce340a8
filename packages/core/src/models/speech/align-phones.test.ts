import { describe, expect, it } from 'vitest';
import { alignPhones } from './align-phones.ts';
import { PHONE_CLASSES, PHONE_INDEX, type PhoneClass } from './phone-classes.ts';

/** What a sure ear hears: each class for so many hops of 10 ms. */
function hear(...sounds: readonly (readonly [PhoneClass, number])[]) {
  const hopCount = sounds.reduce((sum, [, hops]) => sum + hops, 0);
  const posteriors = new Float32Array(hopCount * PHONE_CLASSES.length).fill(0.1 / PHONE_CLASSES.length);
  let hop = 0;
  for (const [name, hops] of sounds) {
    for (let i = 0; i < hops; i++) posteriors[hop++ * PHONE_CLASSES.length + PHONE_INDEX[name]] = 0.9;
  }
  return { posteriors, hopCount };
}

const sound = hear(
  ['SIL', 20],
  ['M', 8],
  ['IY', 12],
  ['SIL', 10],
  ['P', 6],
  ['AO', 14],
  ['T', 5],
  ['T', 5],
  ['UW', 10],
  ['SIL', 9],
);

describe('alignPhones', () => {
  it('finds words, silence between them, and shares a sound that two words have', () => {
    const [me, bought, too] = alignPhones(sound, [
      { pronunciations: [['M', 'IY']] },
      { pronunciations: [['P', 'AO', 'T']] },
      { pronunciations: [['T', 'UW']] },
    ])!;
    expect(me).toMatchObject({ start: 0.2, end: 0.4 });
    expect(bought!.start).toBeCloseTo(0.5);
    expect(bought!.end).toBeCloseTo(0.75);
    expect(too!.end).toBeCloseTo(0.9);
    expect(too!.score).toBeGreaterThan(0.9);
    expect(bought!.phones.map(({ phone }) => phone)).toEqual(['P', 'AO', 'T']);
  });

  it('chooses the way that is heard', () => {
    const [, word] = alignPhones(sound, [
      { pronunciations: [['M', 'IY']] },
      {
        pronunciations: [
          ['P', 'EH', 'K'],
          ['P', 'AO', 'T'],
        ],
      },
    ])!;
    expect(word!.phones.map(({ phone }) => phone)).toEqual(['P', 'AO', 'T']);
  });

  it('passes over speech that is in no word, and scores words that are not heard low', () => {
    const [me, wrong, too] = alignPhones(sound, [
      { pronunciations: [['M', 'IY']] },
      { pronunciations: [['F', 'ER', 'SH']] },
      { pronunciations: [['UW']] },
    ])!;
    expect(me!.start).toBeCloseTo(0.2);
    expect(me!.end).toBeCloseTo(0.4);
    expect(wrong!.score).toBeLessThan(0.1);
    expect(too!.end).toBeCloseTo(0.9);
  });

  it('keeps words within their bounds, and says when they cannot', () => {
    const twice = hear(['M', 10], ['SIL', 10], ['M', 10], ['SIL', 10]);
    const word = { pronunciations: [['M']] as const };
    expect(alignPhones(twice, [{ ...word, within: [0.15, 0.4] }])![0]!.start).toBeCloseTo(0.2);
    expect(alignPhones(twice, [{ ...word, within: [0.15, 0.16] }])).toBeUndefined();
    expect(alignPhones(hear(['M', 4]), [word, word])).toBeUndefined();
  });

  it('looks at states in proportion to the sound, whatever the text', () => {
    const steps = (heard: ReturnType<typeof hear>, count: number, within?: readonly [number, number]) => {
      let sum = 0;
      const word = {
        pronunciations: [
          ['M', 'IY'],
          ['P', 'AO'],
        ] as const,
        within,
      };
      const placed = alignPhones(heard, new Array(count).fill(word), (states) => (sum += states));
      return { sum, placed };
    };
    const seconds = (s: number) => hear(['SIL', s * 50], ['M', s * 50]);
    // Words that cannot fit are not looked at.
    expect(steps(seconds(2), 200_000)).toEqual({ sum: 0, placed: undefined });
    // Flat posteriors: no path is better than another, all states would stay.
    const flat = (s: number) => {
      const heard = hear(['SIL', s * 100]);
      return { ...heard, posteriors: heard.posteriors.fill(1 / PHONE_CLASSES.length) };
    };
    const perHop = steps(flat(40), 600).sum / 4000;
    expect(perHop).toBeGreaterThan(1000);
    expect(perHop).toBeLessThanOrEqual(4001);
  });
});
