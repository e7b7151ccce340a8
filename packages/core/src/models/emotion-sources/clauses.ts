/** A stretch of a text that is judged as one. */
export interface Clause {
  /** With its closing punctuation. */
  readonly text: string;
  /** Number of the sentence it belongs to, from 0. */
  readonly sentence: number;
  /** First and last of its words, by their place among `wordsOf(text)` of the whole text. */
  readonly words: readonly [number, number];
}

/** A word is a run of letters, digits and what joins them; of scripts without spaces, each run between punctuation. */
const WORD = /[\p{L}\p{N}\p{M}]+(?:['’.-][\p{L}\p{N}\p{M}]+)*/gu;
const SENTENCE = /[^.!?…。！？\n]+(?:[.!?…。！？\n)"'”’]|\p{Extended_Pictographic}|\uFE0F)*|[.!?…。！？]+/gu;
/** A clause ends at a comma, colon or dash, and before a word that turns the sentence. */
const BREAK = /(?<=[,;:，、；：—–])\s+|\s+(?=(?:but|however|although|though|yet|because|until|unless)\b)/iu;
/** Shorter clauses stay with what comes before. */
const SHORTEST = 2;

/** The words of a text in order, punctuation left out. */
export function wordsOf(text: string): string[] {
  return text.match(WORD) ?? [];
}

/** Cuts a text into clauses; together they hold every word once. */
export function splitClauses(text: string): Clause[] {
  const clauses: Clause[] = [];
  let [word, sentence] = [0, 0];
  for (const [whole] of text.matchAll(SENTENCE)) {
    const pieces: string[] = [];
    for (const piece of whole.trim().split(BREAK)) {
      const before = pieces.at(-1);
      if (before !== undefined && wordsOf(piece).length < SHORTEST) pieces[pieces.length - 1] = `${before} ${piece}`;
      else pieces.push(piece);
    }
    const spoken = pieces.filter((piece) => wordsOf(piece).length > 0);
    for (const piece of spoken) {
      const count = wordsOf(piece).length;
      clauses.push({ text: piece.trim(), sentence, words: [word, word + count - 1] });
      word += count;
    }
    if (spoken.length > 0) sentence++;
  }
  return clauses;
}
