import { describe, expect, it } from 'vitest';
import { readEditPlace } from './edit-place.ts';

const words = ['Hello', 'big', 'World', 'hello', 'there'].map((text, i) => ({
  text,
  start: i,
  end: i + 0.5,
  origin: 'aligned' as const,
}));

describe('readEditPlace', () => {
  it('reads times, numbers, words wherever they are said, and phrases', () => {
    expect(readEditPlace('1.2s-2.5s', undefined, 'x')).toEqual([{ start: 1.2, end: 2.5 }]);
    expect(readEditPlace('1-2.5s', words, 'x')).toEqual([{ start: 1, end: 2.5 }]);
    expect(readEditPlace('#2', words, 'x')).toEqual([{ words: [2, 2] }]);
    expect(readEditPlace('#2-4', words, 'x')).toEqual([{ words: [2, 4] }]);
    expect(readEditPlace('hello', words, 'x')).toEqual([{ words: [0, 0] }, { words: [3, 3] }]);
    expect(readEditPlace('big world!', words, 'x')).toEqual([{ words: [1, 2] }]);
  });

  it('refuses words that are not said, naming the nearest, and words without times', () => {
    expect(() => readEditPlace('wrold', words, '--articulation')).toThrow(/wrold.*try 'world'/);
    expect(() => readEditPlace('hello', undefined, '--articulation')).toThrow(/--transcript/);
  });
});
