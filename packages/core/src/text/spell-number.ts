import type { TranscriptLanguage } from './languages.ts';

/** How a language says whole numbers below a million. */
interface NumberWords {
  /** 0 to the last number with a word of its own. */
  readonly small: readonly string[];
  readonly tens: readonly string[];
  readonly hundred: (count: string, rest: boolean) => string;
  readonly thousand: (count: string) => string;
  /** Tens and units, such as 47, above `small`. */
  readonly join: (tens: string, unit: string, value: number) => string;
  readonly point: string;
}

const ENGLISH: NumberWords = {
  small:
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
      ' ',
    ),
  tens: '  twenty thirty forty fifty sixty seventy eighty ninety'.split(' '),
  hundred: (count) => `${count} hundred`,
  thousand: (count) => `${count} thousand`,
  join: (tens, unit) => `${tens} ${unit}`,
  point: 'point',
};

const GERMAN: NumberWords = {
  small:
    'null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn'.split(
      ' ',
    ),
  tens: '  zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig'.split(' '),
  hundred: (count) => `${count.replace(/^eins$/, 'ein')} hundert`,
  thousand: (count) => `${count.replace(/eins$/, 'ein')} tausend`,
  join: (tens, unit) => `${unit.replace('eins', 'ein')} und ${tens}`,
  point: 'komma',
};

const FRENCH: NumberWords = {
  small:
    'zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf'.split(
      ' ',
    ),
  tens: '  vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt'.split(' '),
  hundred: (count) => (count === 'un' ? 'cent' : `${count} cent`),
  thousand: (count) => (count === 'un' ? 'mille' : `${count} mille`),
  join: (tens, unit, value) => (value % 10 === 1 && value < 80 ? `${tens} et ${unit}` : `${tens} ${unit}`),
  point: 'virgule',
};

const SPANISH: NumberWords = {
  small:
    'cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve'.split(
      ' ',
    ),
  tens: '  veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa'.split(' '),
  hundred: (count, rest) =>
    ({ uno: rest ? 'ciento' : 'cien', cinco: 'quinientos', siete: 'setecientos', nueve: 'novecientos' })[count] ??
    `${count}cientos`,
  thousand: (count) => (count === 'uno' ? 'mil' : `${count} mil`),
  join: (tens, unit) => `${tens} y ${unit}`,
  point: 'coma',
};

const ITALIAN: NumberWords = {
  small:
    'zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove'.split(
      ' ',
    ),
  tens: '  venti trenta quaranta cinquanta sessanta settanta ottanta novanta'.split(' '),
  hundred: (count) => (count === 'uno' ? 'cento' : `${count}cento`),
  thousand: (count) => (count === 'uno' ? 'mille' : `${count}mila`),
  join: (tens, unit) => (/^[ou]/.test(unit) ? tens.slice(0, -1) + unit : tens + unit),
  point: 'virgola',
};

const WORDS: Readonly<Partial<Record<TranscriptLanguage, NumberWords>>> = {
  en: ENGLISH,
  de: GERMAN,
  fr: FRENCH,
  es: SPANISH,
  it: ITALIAN,
};

/** Languages whose numbers are spelt out. */
export const NUMBER_LANGUAGES = Object.keys(WORDS) as readonly TranscriptLanguage[];

/** Thousands apart by one sign, then the point if there is one. English writes 1,000.5, the others 1.000,5. */
const GROUPED = /^\d{1,3}(?:,\d{3}(?:,\d{3})*|'\d{3}(?:'\d{3})*)(?:\.\d+)?$/;
const GROUPED_ELSEWHERE = /^\d{1,3}(?:\.\d{3}(?:\.\d{3})*|'\d{3}(?:'\d{3})*)(?:,\d+)?$/;

/**
 * Digits as words: `42` as forty two, `3.5` and `3,5` with the point said, `1,000` as a thousand, from a million on and
 * after the point digit by digit, English years in pairs; what is no one number (`6'2`, `1.2.3`) number by number.
 * @param digits digits with `.`, `,` or `'` between them
 * @returns undefined if the language's numbers are not known.
 */
export function spellNumber(digits: string, language: TranscriptLanguage): string | undefined {
  const words = WORDS[language];
  if (words === undefined) return undefined;
  const grouped = language === 'en' ? GROUPED : GROUPED_ELSEWHERE;
  const plain = grouped.test(digits) ? digits.replace(language === 'en' ? /[,']/g : /[.']/g, '') : digits;
  const parts = plain.split(/[.,']/);
  if (parts.length > 2 || plain.includes("'")) return parts.map((part) => spellWhole(part, language, words)).join(' ');
  const [whole = '', fraction] = parts;
  if (fraction === undefined) return spellWhole(whole, language, words, digits.length === 4);
  return `${spellWhole(whole, language, words, false)} ${words.point} ${spellDigits(fraction, words)}`;
}

function spellWhole(digits: string, language: TranscriptLanguage, words: NumberWords, mayBeYear = true): string {
  const value = Number(digits);
  const isYear = mayBeYear && language === 'en' && /^(?:1[1-9]|20[1-9])\d+$/.test(digits) && digits.length === 4;
  if (isYear && value % 100 > 9) return `${spell(Math.floor(value / 100), words)} ${spell(value % 100, words)}`;
  return value >= 1e6 || /^0\d/.test(digits) ? spellDigits(digits, words) : spell(value, words);
}

function spellDigits(digits: string, { small }: NumberWords): string {
  return [...digits].map((digit) => small[Number(digit)]).join(' ');
}

const ORDINALS: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
};

/** English `21` as twenty first. */
export function spellOrdinal(digits: string): string {
  return spellWhole(digits, 'en', ENGLISH, false).replace(
    /\w+$/,
    (last) => ORDINALS[last] ?? `${last.replace(/y$/, 'ie')}th`,
  );
}

/** English `1990` as nineteen nineties, `80` as eighties. */
export function spellDecade(digits: string): string {
  const isCentury = /^1[1-9]00$/.test(digits);
  const said = isCentury ? `${spell(Number(digits) / 100, ENGLISH)} hundred` : spellWhole(digits, 'en', ENGLISH);
  return said.replace(/y$/, 'ie').replace(/$/, 's');
}

function spell(value: number, words: NumberWords): string {
  const { small, tens, hundred, thousand, join } = words;
  if (value < small.length) return small[value]!;
  if (value < 100) {
    // French counts on from sixty and eighty: 71 to 79 and 91 to 99.
    const onFrom = tens[Math.floor(value / 10)] === tens[Math.floor(value / 10) - 1] ? 10 : 0;
    const unit = (value % 10) + onFrom;
    return unit === 0 ? tens[value / 10]! : join(tens[Math.floor(value / 10)]!, small[unit]!, value);
  }
  const [size, say] = value < 1000 ? ([100, hundred] as const) : ([1000, thousand] as const);
  const rest = value % size;
  const head = say(spell(Math.floor(value / size), words), rest > 0);
  return rest === 0 ? head : `${head} ${spell(rest, words)}`;
}
