/** What a JSON text may hold. */
export const JSON_LIMITS = Object.freeze({
  /** Lists and objects inside one another. */
  depth: 64,
  /** Values and names. */
  count: 5_000_000,
});

/**
 * `JSON.parse` of a text from outside: how deep it nests and how much it holds is known before anything is made of it.
 * @throws Error that says what it got instead of JSON, in a few words
 */
export function parseJson(text: string): unknown {
  let depth = 0;
  let count = 1;
  for (let i = 0; i < text.length; i++) {
    const sign = text.charCodeAt(i);
    if (sign === 0x22) i = endOfString(text, i);
    else if (sign === 0x5b || sign === 0x7b) {
      if (++depth > JSON_LIMITS.depth) throw new Error(`lists or objects more than ${JSON_LIMITS.depth} deep`);
    } else if (sign === 0x5d || sign === 0x7d) depth--;
    else if ((sign === 0x2c || sign === 0x3a) && ++count > JSON_LIMITS.count) {
      throw new Error(`more than ${JSON_LIMITS.count / 1e6} million values`);
    }
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
