import { INPUT_LIMITS } from '../input-limits.ts';
import { MemoryBudget } from './memory-budget.ts';

/** What a JSON text may hold. */
export const JSON_LIMITS = Object.freeze({
  /** Lists and objects inside one another. */
  depth: 64,
  /** Characters. */
  characters: INPUT_LIMITS.jsonBytes,
});

/** Bytes that V8 takes at most for a list or object, a value in one, a name with its place, and a string. */
const COST = { container: 64, value: 16, name: 100, string: 32 };

/**
 * `JSON.parse` of a text from outside: how deep it nests and what memory it takes is known before anything is made of it.
 * @throws Error that says what it got instead of JSON, in a few words
 */
export function parseJson(text: string): unknown {
  if (text.length > JSON_LIMITS.characters) throw new Error(`more than ${JSON_LIMITS.characters / 2 ** 20} MB`);
  const budget = new MemoryBudget(text.length / 2); // The text itself is the other half.
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const sign = text.charCodeAt(i);
    if (sign === 0x22) {
      const end = endOfString(text, i);
      budget.spend(COST.string + end - i);
      i = end;
    } else if (sign === 0x5b || sign === 0x7b) {
      if (++depth > JSON_LIMITS.depth) throw new Error(`lists or objects more than ${JSON_LIMITS.depth} deep`);
      budget.spend(COST.container);
    } else if (sign === 0x5d || sign === 0x7d) depth--;
    else if (sign === 0x2c) budget.spend(COST.value);
    else if (sign === 0x3a) budget.spend(COST.name);
  }
  return JSON.parse(text);
}

/** Place of the quote that ends the string which begins at `start`; the text's end without one. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const sign = text.charCodeAt(i);
    if (sign === 0x5c) i++;
    else if (sign === 0x22) return i;
  }
  return text.length;
}
