import { isCommonWord } from './languages.ts';

/** What surrounds the text. */
export interface SpokenTextOptions {
  /** In subtitles all that stands in round brackets is a note; elsewhere only what tells of a sound or a manner. */
  readonly isSubtitle: boolean;
}

/** Opening brackets of notes and markup, and what closes them. */
const CLOSING: Readonly<Record<string, string>> = {
  '[': ']',
  '(': ')',
  '{': '}',
  '［': '］',
  '（': '）',
  '【': '】',
  '〔': '〕',
};
const CLOSINGS = new Set(Object.values(CLOSING));
/** Longest note, letters: what is longer is text whose bracket was never closed. */
const LONGEST_NOTE = 300;
/** Longest note that is told by its words. */
const LONGEST_TOLD = 60;

/** Beginnings of words that tell of a sound, a manner or a place rather than being said. */
const NOTE_WORDS = new RegExp(
  `(?<!\\p{L})(?:${[
    'laugh|chuckl|giggl|snicker|sigh|gasp|cough|sneez|sniff|cry|cries|sobb?|weep|moan|groan|grunt|scream|shout|yell',
    'whisper|mumbl|mutter|applau|clap|cheer|music|sing|humm|whistl|paus|silen|inaudible|unintelligible|indistinct',
    'crosstalk|cross talk|overlapping|beep|bleep|buzz|knock|footstep|static|noise|audience|clear[a-z]* (?:his |her |their )?throat',
    'exhal|inhal|breath|yawn|hiccup|off.?screen|voice.?over|v\\.?o\\.?$|o\\.?s\\.?$|speak|speaks|speaking',
    'lach|lächel|kicher|seufz|hust|räusper|flüster|schrei|weint|musik|gelächter|stille|unverständlich',
    'rires?$|rit$|soupir|touss|chuchot|applaudiss|musique|inaudible|risas?$|ríe|suspir|tose|susurr|aplaus|música',
    'risat|ride$|sospir|tossisc|sussurr|musica|śmiech|śmieje|wzdych|muzyk|lacht|zucht|muziek|gelach|rindo',
    'смех|сме[её]т|вздых|музык|аплодис|шёпот',
  ].join('|')}|笑|拍手|音楽|音乐|掌声|웃음|박수|음악)`,
  'iu',
);

/** `{\an8}`, `{b}`, `{y:i}`: styles of SubStation Alpha and MicroDVD. */
const STYLE = /^\\|^\/?[a-z](?::|$)/i;

/** Entities that subtitles are written with. */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  gt: '>',
  hellip: '…',
  ldquo: '“',
  lrm: '',
  lsquo: '‘',
  lt: '<',
  mdash: '—',
  nbsp: ' ',
  ndash: '–',
  quot: '"',
  rdquo: '”',
  rlm: '',
  rsquo: '’',
};

/** Who speaks: up to four words with capitals, or what a role is called, before a colon. */
const NAME =
  /^(?:\p{Lu}[\p{L}\p{M}\p{N}_'’.-]{0,40}(?:[ \t]+(?:[\p{Lu}#\d&][\p{L}\p{M}\p{N}_'’.-]{0,40}|of|de|la|von|van|and)){0,3}|(?:speaker|narrator|interviewer|host|guest)[ _]?\w{0,3})\s{0,3}[:：](?=\s|$)/u;
/** The same where there are no capitals. */
const NAME_WITHOUT_CASE = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー・]{1,8}：/u;
/** Words before a colon that are said. */
const SAID_BEFORE_COLON = new Set(
  `achtung again also always antwort attention ausserdem außerdem beispiel bonus but caution chapter chapitre conclusion
consequently day danger dear either erstens example ejemplo esempio exemple fact fazit finally first firstly follow
following fourth frage frankly goal here hinweis hint however idea important importante in indeed introduction item
kapitel last lastly law lesson level listen look maybe moral never news next no nota notabene note now number often ok
okay one or page part partie parte phase plus point principle problem pro proof pregunta question quote reason recap
remarque reminder remember respuesta réponse result risposta domanda rule second secondly section see series simple so
solution spoiler stage stand step still stop subject summary teil then theorem therefore third thirdly three time tip
title today tomorrow topic track truth two unit update version verse volume wait warning wichtig yes yesterday yet`.split(
    /\s+/,
  ),
);

/**
 * What is said of a text: without tags (`<i>`, `<v Ann>`, `{\an8}`), notes ("[music]", "(laughs)"), signs of who
 * speaks (`>>`, dashes) and names before a colon; entities become their letters. Lines stay lines.
 */
export function spokenText(text: string, { isSubtitle }: SpokenTextOptions): string {
  const plain = text
    .replace(/<(?:\/?v(?=[\s.>])|br(?=[\s/>]))[^<>]*>/gi, '\n')
    .replace(/<(?:\/?[a-z][^<>]{0,300}|[\d:.]{1,20})>/gi, '')
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, entity);
  return withoutNotes(plain, isSubtitle)
    .replace(/\*[^*\n]{1,60}\*/g, (note) => (NOTE_WORDS.test(note) ? ' ' : note))
    .split(/\r\n|\r|\n|>>+/)
    .map(withoutName)
    .join('\n');
}

function entity(whole: string, decimal?: string, hexadecimal?: string, name?: string): string {
  if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
  const point = decimal === undefined ? Number.parseInt(hexadecimal!, 16) : Number(decimal);
  return point > 0x1f && point <= 0x10ffff ? String.fromCodePoint(point) : ' ';
}

/** One pass over the text: a note reaches from an opening bracket to the one that closes it. */
function withoutNotes(text: string, isSubtitle: boolean): string {
  const depthChange = new Int32Array(text.length + 1);
  const open: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const sign = text[i]!;
    if (sign in CLOSING) open.push(i);
    else if (CLOSINGS.has(sign)) {
      const from = open.at(-1);
      if (from === undefined || CLOSING[text[from]!] !== sign) continue;
      open.pop();
      if (i - from > LONGEST_NOTE || !isNote(text[from]!, text.slice(from + 1, i), isSubtitle)) continue;
      depthChange[from]!++;
      depthChange[i + 1]!--;
    }
  }
  const kept: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i <= text.length; i++) {
    const before = depth;
    depth += depthChange[i]!;
    if (before === 0 && (depth > 0 || i === text.length)) kept.push(text.slice(from, i));
    if (depth === 0) from = before > 0 ? i : from;
  }
  return kept.join(' ');
}

function isNote(opening: string, inside: string, isSubtitle: boolean): boolean {
  if (opening === '{') return STYLE.test(inside);
  if (opening !== '(' && opening !== '（') return true;
  return isSubtitle || (inside.length <= LONGEST_TOLD && NOTE_WORDS.test(inside));
}

/** A line without the dash that tells of another speaker, and without the name before its colon. */
function withoutName(line: string): string {
  const said = line.replace(/^[\s\-–—•*♪♫#"“„«]+/u, '');
  const name = (NAME.exec(said) ?? NAME_WITHOUT_CASE.exec(said))?.[0];
  if (name === undefined) return said;
  const first = /^[\p{L}\p{M}'’]+/u.exec(name)![0].toLowerCase();
  return SAID_BEFORE_COLON.has(first) || (first.length > 1 && isCommonWord(first)) ? said : said.slice(name.length);
}
