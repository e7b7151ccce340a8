import { invariant } from '../errors.ts';
import { PHONE_INDEX, type PhoneClass } from '../models/speech/phone-classes.ts';

/** Rules that read letters as classes of sound, tried in their order at each place of a word. */
export type LetterRules = readonly { readonly pattern: RegExp; readonly classes: readonly PhoneClass[] }[];

/**
 * Compiles rules, one an entry, entries apart by line ends or semicolons: a regular expression, then the classes it
 * stands for; none for letters that are silent.
 */
export function compileRules(text: string): LetterRules {
  return text
    .split(/[;\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [pattern = '', ...classes] = entry.split(/\s+/);
      for (const name of classes) invariant(name in PHONE_INDEX, `letter rule '${entry}': no class ${name}`);
      return { pattern: new RegExp(pattern, 'uy'), classes: classes as PhoneClass[] };
    });
}

/** Reads a word by rules; letters that no rule knows are skipped. @param word in lower case, composed (NFC) */
export function readLetters(word: string, rules: LetterRules): PhoneClass[] {
  const classes: PhoneClass[] = [];
  for (let at = 0; at < word.length; ) {
    const rule = rules.find(({ pattern }) => {
      pattern.lastIndex = at;
      return pattern.test(word) && pattern.lastIndex > at;
    });
    if (rule === undefined) at++;
    else {
      classes.push(...rule.classes);
      at = rule.pattern.lastIndex;
    }
  }
  return classes;
}
