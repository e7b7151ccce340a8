import { describe, expect, it } from 'vitest';
import { splitClauses, wordsOf } from './clauses.ts';
import { emotionsOfLabels, feltOfClasses } from './emotion-labels.ts';
import { readTextEmotion } from './read-text-emotion.ts';

const feel = (text: string) => readTextEmotion(splitClauses(text));
const strongest = (text: string) => Object.entries(feel(text)[0]!).sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'neutral';

describe('splitClauses', () => {
  it('cuts at sentences, commas and turns, and holds every word once', () => {
    const text = 'I was happy, truly happy. But the dog — my old dog — ran off because it was scared! Why? "No!"';
    const clauses = splitClauses(text);
    expect(clauses.map((clause) => clause.text)).toContain('because it was scared!');
    expect(clauses.map(({ words }) => words[1] - words[0] + 1).reduce((a, b) => a + b)).toBe(wordsOf(text).length);
    for (const [i, { words }] of clauses.slice(1).entries()) expect(words[0]).toBe(clauses[i]!.words[1] + 1);
    expect(new Set(clauses.map(({ sentence }) => sentence)).size).toBe(4);
    expect(splitClauses('  \n ?! ')).toEqual([]);
    expect(splitClauses('私は嬉しい。彼は行った。')).toHaveLength(2);
  });
});

describe('readTextEmotion', () => {
  it('knows each emotion', () => {
    expect(strongest('What a wonderful day')).toBe('happy');
    expect(strongest('She cried at the funeral')).toBe('sad');
    expect(strongest('How dare you')).toBe('angry');
    expect(strongest('I am terrified of the dark')).toBe('fear');
    expect(strongest('The milk stinks')).toBe('disgusted');
    expect(strongest('I cannot believe it, an unexpected visitor')).toBe('surprised');
    expect(strongest('That is ridiculous and pathetic')).toBe('contempt');
    expect(strongest('The train leaves at nine')).toBe('neutral');
  });

  it('turns, strengthens and weakens', () => {
    expect(strongest('I am not happy')).toBe('sad');
    expect(strongest("I wasn't angry")).toBe('neutral');
    const level = (text: string) => feel(text)[0]!.happy ?? 0;
    expect(level('I am very happy')).toBeGreaterThan(level('I am happy'));
    expect(level('I am happy!!')).toBeGreaterThan(level('I am happy'));
    expect(level('I am HAPPY')).toBeGreaterThan(level('I am happy'));
    expect(level('I am a bit happy')).toBeLessThan(level('I am happy'));
    expect(level('so very wonderful, awesome and amazing love joy!!!!')).toBeLessThanOrEqual(1);
  });

  it('follows a text clause by clause and carries the mood of a sentence', () => {
    const [first, second, third] = feel('I love this house, but the cellar is terrifying. We go on Monday.');
    expect(first).toHaveProperty('happy');
    expect(second).toHaveProperty('fear');
    expect(third).toEqual({});
    const [door, scared] = feel('When I opened the old door, I was afraid.');
    expect(door!.fear).toBeCloseTo(scared!.fear! / 2);
  });
});

describe('labels', () => {
  it('are read by one table and refused by name', () => {
    expect(emotionsOfLabels(['neu', 'hap', 'ang', 'sad'], 'x')).toEqual(['neutral', 'happy', 'angry', 'sad']);
    expect(() => emotionsOfLabels(['POSITIVE', 'NEGATIVE'], 'folder')).toThrow(/folder: .*'POSITIVE'/);
    expect(() => emotionsOfLabels(['joy', 'love'], 'folder')).toThrow(/at least two emotions/);
  });
  it('sum by emotion, without neutral and doubt', () => {
    const emotions = emotionsOfLabels(['neutral', 'joy', 'love', 'anger', 'fear'], 'x');
    expect(feltOfClasses(emotions, [0.2, 0.4, 0.3, 0.05, 0.05])).toEqual({ happy: 0.7 });
  });
});
