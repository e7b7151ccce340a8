import { describe, expect, it } from 'vitest';
import { LONGEST_WORD, readTranscript } from './transcript.ts';

const words = (text: string) => readTranscript(text, 'talk.txt').map((word) => word.text);
const said = (text: string) => words(text).join(' ');
const cue = (text: string) => said(`1\n00:00:01,000 --> 00:00:03,000\n${text}\n`);

describe('readTranscript', () => {
  it.each([
    ['JOHN: Hello there', 'Hello there'],
    ['John Smith: Hello', 'Hello'],
    ['SPEAKER_00: Hello', 'Hello'],
    ['Speaker 1: Hello', 'Hello'],
    ['MAN #2: Hello', 'Hello'],
    ['Dr. Müller: Hallo', 'Hallo'],
    ['Иван: Привет', 'Привет'],
    ['田中：こんにちは', 'こんにちは'],
    ['>> Hello. >> ANNA: Yes.', 'Hello Yes'],
    ['- Hello.\n- Hi.', 'Hello Hi'],
    ['JOHN (laughing): Hello', 'Hello'],
    ['JOHN:\nHello', 'Hello'],
    ['He said (laughs) no (sighs deeply)', 'He said no'],
    ['*laughs* Hello *really*', 'Hello really'],
    ['（笑）Hello', 'Hello'],
    ['♪ la la ♪ Hello', 'la la Hello'],
    ['Hello [door [slams] shut] there', 'Hello there'],
  ])('leaves out who speaks and what is no speech: %s', (text, expected) => {
    expect(said(text)).toBe(expected);
    expect(cue(text)).toBe(expected);
  });

  it.each([
    ['Remember: the key is patience', 'Remember the key is patience'],
    ['Note: this (as I said) matters', 'Note this as I said matters'],
    ['Meet at 10:30: sharp', 'Meet at 10:30 sharp'],
    ['The question is: why', 'The question is why'],
    ['1 < 2 and 3 > 2', '1 2 and 3 2'],
    ['AT&amp;T &quot;rocks&quot; &#39;n&#x27; rolls', "AT&T rocks 'n rolls"],
    ['an [open bracket', 'an open bracket'],
    ['a) first b) second', 'a first b second'],
  ])('keeps what is said: %s', (text, expected) => {
    expect(said(text)).toBe(expected);
  });

  it('leaves out all that stands in brackets of subtitles, tags and styles', () => {
    expect(cue('(DOOR SLAMS) <i>Hel<b>lo</b></i>{\\an8} {b}there{/b} <font color="#fff">you</font>')).toBe(
      'Hello there you',
    );
    expect(cue('Hello<br>there&nbsp;you&lrm; <font\ncolor="red">all</font>')).toBe('Hello there you all');
    const vtt =
      'WEBVTT - title\n\nSTYLE\n::cue { color: red }\n\nNOTE\nnot said\n\n1\n00:01.000 --> 00:02.000 line:0\n<v.loud Ann Lee>Hi <00:01.500><c.yellow>all</c></v>\n<v Bob>You';
    expect(readTranscript(vtt, 'x')).toEqual([
      { text: 'Hi', cue: [1, 2] },
      { text: 'all', cue: [1, 2] },
      { text: 'You', cue: [1, 2] },
    ]);
  });

  it('reads cues out of order, with any line ends, without empty lines between, and with some inside', () => {
    const late = '2\r00:00:03,000 --> 00:00:04,000\rlast\r\r1\r00:00:01,000-->00:00:02,5\rfirst\r\rand more\r';
    expect(readTranscript(late, 'x')).toEqual([
      { text: 'first', cue: [1, 2.5] },
      { text: 'and', cue: [1, 2.5] },
      { text: 'more', cue: [1, 2.5] },
      { text: 'last', cue: [3, 4] },
    ]);
    const dense = '1\n0:00:01.0 --> 0:00:02.0\none\n2\n0:00:02.0 --> 0:00:03.0\ntwo';
    expect(readTranscript(dense, 'x').map(({ text, cue }) => [text, cue?.[0]])).toEqual([
      ['one', 1],
      ['two', 2],
    ]);
  });

  it.each([
    'NaN --> 2',
    '00:00:NaN,000 --> 00:00:02,000',
    '00:00:01,000 --> Infinity',
    `${'9'.repeat(400)} --> ${'9'.repeat(401)}`,
    '-00:00:01,000 --> 00:00:02,000',
    '00:00:01,000 --> -1',
    '00:00:03,000 --> 00:00:02,000',
    '00:00:02,000 --> 00:00:02,000',
    '1.2.3 --> 4',
    '1:2:3:4:5 --> 9:00',
    '999:00:00,000 --> 1000:00:00,000',
  ])('refuses cue times that are none: %s', (times) => {
    for (const before of ['', '1\n00:00:00,000 --> 00:00:01,000\nbefore\n\n2\n']) {
      expect(() => readTranscript(`${before}${times}\nHello`, 'a.srt')).toThrow(
        /a\.srt, line \d+: expected times such as .{0,200}; correct that line$/,
      );
    }
  });

  it('refuses words of more letters than any has, and texts without words', () => {
    expect(() => words('x'.repeat(160_000))).toThrow(/expected words of at most 200 letters, got one of 160000/);
    expect(words(`fine ${'x'.repeat(LONGEST_WORD)}`)).toHaveLength(2);
    expect(() => words('[music] (laughs) JOHN:')).toThrow(/no word/);
  });

  it('goes through hostile texts once', () => {
    const n = 200_000;
    for (const part of [
      '[',
      '(',
      '<',
      '((]]',
      '<a',
      '&#',
      '*',
      '- ',
      '>>',
      "'",
      'A ',
      'Ab:',
      '!x',
      'x-',
      '1 ',
      '\n',
      ' ',
    ]) {
      // A second pass over the rest for each part would be minutes.
      const text = `${part.repeat(n)} word`;
      try {
        words(text);
      } catch (error) {
        expect((error as Error).message).toMatch(/expected words of at most|no word/);
      }
    }
  }, 60_000);
});
