import type { PhoneClass } from '../models/speech/phone-classes.ts';
import { classesOfArpabet } from './arpabet.ts';
import type { TranscriptLanguage } from './languages.ts';
import { latinOfHangul, latinOfKana, plainPinyin } from './latin-letters.ts';
import { compileRules, type LetterRules, readLetters } from './letter-rules.ts';
import { ENGLISH_RULES } from './rules-english.ts';
import {
  DUTCH_RULES,
  FRENCH_RULES,
  GERMAN_RULES,
  ITALIAN_RULES,
  JAPANESE_RULES,
  KOREAN_RULES,
  PINYIN_RULES,
  POLISH_RULES,
  PORTUGUESE_RULES,
  RUSSIAN_RULES,
  SPANISH_RULES,
} from './rules-others.ts';
import { spellDecade, spellNumber, spellOrdinal } from './spell-number.ts';
import { LONGEST_WORD } from './transcript.ts';

/** English pronunciations in ARPAbet. @param word in lower case @returns all that are known, such as `HH AH0 L OW1` */
export type PronunciationDictionary = (word: string) => readonly string[];

/** In what language, and by what, words are pronounced. */
export interface PronounceOptions {
  readonly language: TranscriptLanguage;
  /** English only; without it letters are read by rule, which is right for fewer words. */
  readonly dictionary?: PronunciationDictionary | undefined;
}

const RULES: Readonly<Record<TranscriptLanguage, string>> = {
  en: ENGLISH_RULES,
  de: GERMAN_RULES,
  fr: FRENCH_RULES,
  es: SPANISH_RULES,
  it: ITALIAN_RULES,
  pt: PORTUGUESE_RULES,
  nl: DUTCH_RULES,
  pl: POLISH_RULES,
  ru: RUSSIAN_RULES,
  ja: JAPANESE_RULES,
  zh: PINYIN_RULES,
  ko: KOREAN_RULES,
};
const compiled = new Map<TranscriptLanguage, LetterRules>();

/** Names of signs that are said. */
const SIGNS: Readonly<Partial<Record<TranscriptLanguage, Readonly<Record<string, string>>>>> = {
  en: { '%': 'percent', '&': 'and', '+': 'plus', '=': 'equals', '@': 'at', $: 'dollars', '€': 'euros', '£': 'pounds' },
  de: { '%': 'prozent', '&': 'und', '+': 'plus', '=': 'gleich', '€': 'euro', $: 'dollar' },
  fr: { '%': 'pourcent', '&': 'et', '+': 'plus', '=': 'égale', '€': 'euros', $: 'dollars' },
  es: { '%': 'por ciento', '&': 'y', '+': 'más', '=': 'igual', '€': 'euros', $: 'dólares' },
  it: { '%': 'per cento', '&': 'e', '+': 'più', '=': 'uguale', '€': 'euro', $: 'dollari' },
};
const LETTER_NAMES =
  'ei,bee,see,dee,ee,eff,jee,eitch,eye,jay,kay,ell,em,en,oh,pee,cue,are,ess,tee,you,vee,double you,ex,why,zee'.split(
    ',',
  );
/** Names the dictionary lacks, in ARPAbet: British zed. */
const ALSO: Readonly<Record<string, readonly string[]>> = { z: ['Z EH D'] };
/** Most ways to say one word that are tried. */
const MOST_WAYS = 6;

/**
 * Ways to say a word as classes of sound: from the dictionary where there is one, else by the language's letter rules;
 * numbers and signs as they are said.
 * @returns none if nothing in it can be read, or it is longer than a word may be.
 */
export function pronounce(word: string, options: PronounceOptions): PhoneClass[][] {
  const { language } = options;
  if (word.length > LONGEST_WORD) return [];
  const parts = splitWord(word, language);
  let ways: PhoneClass[][] = [[]];
  for (const part of parts) {
    const own = pronouncePart(part, options);
    if (own.length === 0) continue;
    ways = ways.flatMap((way) => own.map((more) => [...way, ...more])).slice(0, MOST_WAYS);
  }
  return ways.filter((way) => way.length > 0);
}

/** A token's parts as they are said: compounds apart, numbers and signs in words. */
function splitWord(word: string, language: TranscriptLanguage): string[] {
  const signs = SIGNS[language] ?? {};
  const plain = word
    .normalize('NFKC')
    .replace(/[’ʼ′]/g, "'")
    .replace(/([$€£])(\d[\d.,]*)/g, '$2$1');
  return (language === 'en' ? englishNumbers(plain) : plain)
    .replace(/\d+(?:[.,']\d+)*/g, (digits) => ` ${spellNumber(digits, language) ?? ''} `)
    .replace(/[%&+=@$€£]/g, (sign) => ` ${signs[sign] ?? ''} `)
    .split(/[\s\-–—/.,:;_"″]+/)
    .filter((part) => /\p{L}/u.test(part));
}

/** Heights (6'2"), ordinals (21st) and decades (1990s) as they are said. */
function englishNumbers(word: string): string {
  return word
    .replace(/(?<!\d)(\d{1,2})'(\d{1,2})(?!\d)/g, ' $1 foot $2 ')
    .replace(/(?<![\d.,'])(\d{1,6})(?:st|nd|rd|th)(?![a-z])/gi, (_, digits: string) => ` ${spellOrdinal(digits)} `)
    .replace(/(?<![\d.,])(\d{2}|\d{4})'?s(?![a-z])/gi, (_, digits: string) => ` ${spellDecade(digits)} `);
}

function pronouncePart(part: string, { language, dictionary }: PronounceOptions): PhoneClass[][] {
  const lower = part.toLowerCase().replace(/^'+(?=.{3})|'+$/g, '');
  if (language === 'en') {
    const known = [...(dictionary?.(lower) ?? []), ...(ALSO[lower] ?? [])].map(classesOfArpabet);
    if (known.length > 0) return unique(known);
    if (/^(?:[A-Z]{1,4}|[B-HJ-Zb-hj-z])$/.test(part)) {
      return [[...lower].flatMap((letter) => byRule(LETTER_NAMES[letter.charCodeAt(0) - 97]!, language))];
    }
    // Possessives and plurals of what is known.
    const stem = lower.replace(/'?s$|'$/, '');
    const stems = stem === lower ? [] : (dictionary?.(stem) ?? []);
    if (stems.length > 0) return unique(stems.map((way) => [...classesOfArpabet(way), 'S']));
  }
  const classes = byRule(lower, language);
  return classes.length > 0 ? [classes] : [];
}

function byRule(word: string, language: TranscriptLanguage): PhoneClass[] {
  let rules = compiled.get(language);
  if (rules === undefined) {
    rules = compileRules(RULES[language]);
    compiled.set(language, rules);
  }
  if (language === 'ja') return readLetters(latinOfKana(word), rules);
  if (language === 'ko') return readLetters(latinOfHangul(word), rules);
  return readLetters(language === 'zh' ? plainPinyin(word) : word, rules);
}

function unique(ways: readonly PhoneClass[][]): PhoneClass[][] {
  return [...new Map(ways.filter((way) => way.length > 0).map((way) => [way.join(' '), way])).values()];
}
