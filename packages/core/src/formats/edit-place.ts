import { PcTalkError } from '../errors.ts';
import { nearestName } from './nearest-name.ts';
import type { Performance, Span } from './performance.ts';
import { showName } from './show-value.ts';

/** Words that a message lists. */
const SAID_SHOWN = 30;

type Words = NonNullable<Performance['words']>;

/**
 * Reads where an edit holds: `1.2s-2.5s` is a time, `#3` or `#3-5` are words by number (the first is 0), anything else
 * is a word or phrase, wherever it is said.
 * @param where names the input in messages. @throws usage, unknown-name
 */
export function readEditPlace(text: string, words: Words | undefined, where: string): Span[] {
  const times = /^(\d+(?:\.\d+)?)s?-(\d+(?:\.\d+)?)s$/.exec(text);
  if (times !== null) return [{ start: Number(times[1]), end: Number(times[2]) }];
  if (words === undefined || words.length === 0) {
    throw new PcTalkError(
      'usage',
      `${where}: expected words whose times are known, got '${text}' and none; add --transcript, or a time as in 1.2s-2.5s`,
    );
  }
  const numbers = /^#(\d+)(?:-(\d+))?$/.exec(text);
  if (numbers !== null) {
    const first = Number(numbers[1]);
    return [{ words: [first, Number(numbers[2] ?? first)] }];
  }
  const said = words.map((word) => plain(word.text));
  const phrase = text.split(/\s+/).map(plain);
  const places = said.flatMap((_, first) =>
    phrase.every((word, i) => said[first + i] === word)
      ? [{ words: [first, first + phrase.length - 1] satisfies [number, number] }]
      : [],
  );
  if (places.length > 0) return places;
  const nearest = phrase.length === 1 ? nearestName(phrase[0]!, said) : undefined;
  const list = words.slice(0, SAID_SHOWN).map((word) => showName(word.text));
  const more = words.length > SAID_SHOWN ? ` and ${words.length - SAID_SHOWN} more` : '';
  const advice = nearest === undefined ? `said are: ${list.join(' ')}${more}` : `try '${nearest}'`;
  throw new PcTalkError('unknown-name', `${where}: expected a word that is said, got '${showName(text)}'; ${advice}`);
}

function plain(word: string): string {
  const begun = word
    .normalize('NFC')
    .toLowerCase()
    .replace(/[’ʼ]/g, "'")
    .replace(/^[^\p{L}\p{N}]+/u, '');
  return /^.*[\p{L}\p{M}\p{N}]/su.exec(begun)?.[0] ?? '';
}
