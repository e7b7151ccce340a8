import { describe, expect, it } from 'vitest';
import { guessLanguage, TRANSCRIPT_LANGUAGES, wantedSpelling } from './languages.ts';
import { pronounce } from './pronounce.ts';
import { spellDecade, spellNumber, spellOrdinal } from './spell-number.ts';
import { readTranscript } from './transcript.ts';

const say = (word: string, language: (typeof TRANSCRIPT_LANGUAGES)[number]) =>
  pronounce(word, { language }).map((way) => way.join(' '))[0];

describe('pronounce', () => {
  it('has rules that compile for every language', () => {
    for (const language of TRANSCRIPT_LANGUAGES) expect(() => pronounce('a', { language })).not.toThrow();
  });

  it('reads letters as the language does', () => {
    expect(say('phone', 'en')).toBe('F AO UH N');
    expect(say('Sprache', 'de')).toBe('SH P R AA K AH');
    expect(say('oiseau', 'fr')).toBe('W AA S AO');
    expect(say('queso', 'es')).toBe('K EH S AO');
    expect(say('gnocchi', 'it')).toBe('N Y AO K IY');
    expect(say('mówić', 'pl')).toBe('M UW F IY SH');
    expect(say('жизнь', 'ru')).toBe('SH IY S N');
    expect(say('きっぷ', 'ja')).toBe('K IY P UH');
    expect(say('トマト', 'ja')).toBe('T AO M AA T AO');
    expect(say('nǐhǎo', 'zh')).toBe('N IY H AA UH');
    expect(say('감사', 'ko')).toBe('K AA M S AA');
  });

  it('takes the dictionary first, each of its ways once, and numbers, signs and letters as they are said', () => {
    const dictionary = (word: string) =>
      ({ read: ['R EH1 D', 'R IY1 D', 'R EH2 T'], two: ['T UW1'], percent: ['P ER0 S EH1 N T'] })[word] ?? [];
    const ways = (word: string) => pronounce(word, { language: 'en', dictionary }).map((way) => way.join(' '));
    expect(ways('read')).toEqual(['R EH T', 'R IY T']);
    expect(ways('2%')).toEqual(['T UW P ER S EH N T']);
    expect(ways("read's")[0]).toBe('R EH T S');
    expect(say('BBC', 'en')).toBe('P IY P IY S IY');
    expect(ways('…')).toEqual([]);
  });
});

describe('spellNumber', () => {
  it.each([
    ['42', 'en', 'forty two'],
    ['1,250', 'en', 'one thousand two hundred fifty'],
    ['1984', 'en', 'nineteen eighty four'],
    ['3.5', 'en', 'three point five'],
    ['21', 'de', 'ein und zwanzig'],
    ['71', 'fr', 'soixante et onze'],
    ['97', 'fr', 'quatre-vingt dix-sept'],
    ['115', 'es', 'ciento quince'],
    ['28', 'it', 'ventotto'],
    ["6'2", 'en', 'six two'],
    ["1'000", 'de', 'ein tausend'],
    ['1,234.5', 'en', 'one thousand two hundred thirty four point five'],
    ['1.234,5', 'de', 'ein tausend zwei hundert vier und dreißig komma fünf'],
    ['3.141', 'en', 'three point one four one'],
    ['12.05.2024', 'en', 'twelve zero five twenty twenty four'],
    ["9'9'9'9", 'fr', 'neuf neuf neuf neuf'],
  ] as const)('%s in %s', (digits, language, words) => {
    expect(spellNumber(digits, language)).toBe(words);
  });

  it.each(['en', 'de', 'fr', 'es', 'it'] as const)('says every run of digits and signs in %s', (language) => {
    for (let i = 0; i < 3000; i++) {
      const digits = Array.from(
        { length: 1 + (i % 12) },
        (_, k) => "0123456789.,''"[(i * 7 + k * k * 5 + ((i * k) >> 3)) % 14],
      );
      const text = `1${digits.join('')}1`.replace(/[.,']{2,}/g, '.');
      expect(spellNumber(text, language)).toMatch(/^[^\dN]+$/);
    }
  });

  it('says ordinals, decades and heights in English', () => {
    expect(['1', '2', '3', '12', '20', '21', '30', '100', '115'].map(spellOrdinal).join()).toBe(
      'first,second,third,twelfth,twentieth,twenty first,thirtieth,one hundredth,one hundred fifteenth',
    );
    expect(['1990', '80', '1900', '2010'].map(spellDecade).join()).toBe(
      'nineteen nineties,eighties,nineteen hundreds,twenty tens',
    );
    const heard: string[] = [];
    const dictionary = (word: string) => {
      heard.push(word);
      return ['AH'];
    };
    for (const word of ["6'2", '6’2"', '5′10″', '21st', "1990's"]) pronounce(word, { language: 'en', dictionary });
    expect(heard.join(' ')).toBe('six foot two six foot two five foot ten twenty first nineteen nineties');
  });

  it('does not know the numbers of every language', () => {
    expect(spellNumber('3', 'pl')).toBeUndefined();
  });
});

describe('pronounce and guessLanguage', () => {
  it('bound words that no language has', () => {
    const long = 'x'.repeat(160_000);
    expect(pronounce(long, { language: 'en' })).toEqual([]);
    for (const part of ['x', 'nin', '4', 'ā', "'"]) expect(guessLanguage(part.repeat(160_000))).toBeDefined();
  }, 20_000);
});

describe('wantedSpelling', () => {
  it('says how signs that do not tell their sounds are to be written', () => {
    expect(wantedSpelling('你好', 'zh')).toMatch(/Pinyin/);
    expect(wantedSpelling('日本', 'ja')).toMatch(/kana/);
    expect(wantedSpelling('مرحبا', 'en')).toMatch(/Latin letters.*--language/);
    expect(wantedSpelling('xyz', 'en')).toBeUndefined();
  });
});

describe('guessLanguage', () => {
  it.each([
    ['The cat is on the table', 'en'],
    ['Ich habe das nicht gewusst', 'de'],
    ['Il est dans la maison avec nous', 'fr'],
    ['El perro está en la calle y no ladra', 'es'],
    ['Il gatto è sul tavolo con gli altri', 'it'],
    ['おはようございます', 'ja'],
    ['привет мир', 'ru'],
    ['nǐ hǎo ma', 'zh'],
    ['I go home', 'en'],
    ['No way!', 'en'],
    ['Do as I do', 'en'],
  ])('%s', (text, language) => {
    expect(guessLanguage(text)).toBe(language);
  });
});

describe('readTranscript', () => {
  it('reads plain text without what nobody says', () => {
    expect(readTranscript('“Hello,” she said — [laughs] twice.\n', 'x').map(({ text }) => text)).toEqual([
      'Hello',
      'she',
      'said',
      'twice',
    ]);
  });

  it('reads cues with their times, in SubRip and WebVTT', () => {
    const srt =
      '1\r\n00:00:01,500 --> 00:00:02,000\r\n<i>Good</i>\r\nday\r\n\r\n2\r\n01:00:00,000 --> 01:00:01,000\r\nBye';
    expect(readTranscript(srt, 'x')).toEqual([
      { text: 'Good', cue: [1.5, 2] },
      { text: 'day', cue: [1.5, 2] },
      { text: 'Bye', cue: [3600, 3601] },
    ]);
    const vtt = 'WEBVTT\n\nNOTE not said\n\nintro\n00:01.500 --> 00:02.000 align:start\n<v Ann>Good {\\an8}day</v>';
    expect(readTranscript(vtt, 'x').map(({ text }) => text)).toEqual(['Good', 'day']);
  });

  it('refuses a text without words', () => {
    expect(() => readTranscript(' … [music] ', 'talk.txt')).toThrow(/talk\.txt.*no word/);
  });
});
