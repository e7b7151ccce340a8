import type { PronunciationDictionary } from '@pctalk/core';

/** Most variants of one word in the dictionary, numbered from (2) on. */
const MOST_VARIANTS = 4;

/** English pronunciations of the CMU Pronouncing Dictionary; it is read when this is first called. */
export async function readPronunciations(): Promise<PronunciationDictionary> {
  const { dictionary } = await import('cmu-pronouncing-dictionary');
  const look = (key: string) => (Object.hasOwn(dictionary, key) ? dictionary[key] : undefined);
  return (word) => {
    const found = [look(word)];
    for (let n = 2; n <= MOST_VARIANTS; n++) found.push(look(`${word}(${n})`));
    return found.filter((phones) => phones !== undefined);
  };
}
