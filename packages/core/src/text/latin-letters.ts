const KANA_ROWS: Readonly<Record<string, string>> = {
  '': 'あいうえお',
  k: 'かきくけこ',
  g: 'がぎぐげご',
  s: 'さしすせそ',
  z: 'ざじずぜぞ',
  t: 'たちつてと',
  d: 'だぢづでど',
  n: 'なにぬねの',
  h: 'はひふへほ',
  b: 'ばびぶべぼ',
  p: 'ぱぴぷぺぽ',
  m: 'まみむめも',
  y: 'や ゆ よ',
  r: 'らりるれろ',
  w: 'わ   を',
};
const IRREGULAR: Readonly<Record<string, string>> = {
  し: 'shi',
  じ: 'ji',
  ぢ: 'ji',
  ち: 'chi',
  つ: 'tsu',
  づ: 'zu',
  ふ: 'fu',
  ん: 'n',
  を: 'o',
  ゔ: 'bu',
};
const SMALL: Readonly<Record<string, string>> = {
  ゃ: 'ya',
  ゅ: 'yu',
  ょ: 'yo',
  ぁ: 'a',
  ぃ: 'i',
  ぅ: 'u',
  ぇ: 'e',
  ぉ: 'o',
};

const KANA = new Map<string, string>();
for (const [consonant, row] of Object.entries(KANA_ROWS)) {
  [...row].forEach((kana, i) => {
    if (kana !== ' ') KANA.set(kana, IRREGULAR[kana] ?? consonant + 'aiueo'[i]);
  });
}
for (const kana of ['ん', 'ゔ']) KANA.set(kana, IRREGULAR[kana]!);

/** Kana as Latin letters (Hepburn, without long vowels); other signs are left out. */
export function latinOfKana(text: string): string {
  let latin = '';
  for (const sign of text) {
    const code = sign.codePointAt(0)!;
    const kana = code >= 0x30a1 && code <= 0x30f6 ? String.fromCodePoint(code - 0x60) : sign;
    const small = SMALL[kana];
    if (small === undefined) latin += KANA.get(kana) ?? '';
    else latin = latin.replace(/[aiueo]$/, '') + (/(?:sh|ch|j).$/.test(latin) ? small.replace('y', '') : small);
  }
  return latin;
}

const INITIALS = ['g', 'kk', 'n', 'd', 'tt', 'r', 'm', 'b', 'pp', 's', 'ss', '', 'j', 'jj', 'ch', 'k', 't', 'p', 'h'];
const VOWELS = 'a,ae,ya,yae,eo,e,yeo,ye,o,wa,wae,oe,yo,u,wo,we,wi,yu,eu,ui,i'.split(',');
const FINALS = ',k,k,k,n,n,n,t,l,k,m,l,l,l,p,l,m,p,p,t,t,ng,t,t,k,t,p,t'.split(',');

/** Hangul as Latin letters, syllable by syllable; other signs are left out. */
export function latinOfHangul(text: string): string {
  let latin = '';
  for (const sign of text.normalize('NFC')) {
    const code = sign.codePointAt(0)! - 0xac00;
    if (code < 0 || code >= 11172) continue;
    latin += INITIALS[Math.floor(code / 588)]! + VOWELS[Math.floor(code / 28) % 21]! + FINALS[code % 28]!;
  }
  return latin;
}

/** Pinyin without its tone marks; ü stays. */
export function plainPinyin(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300\u0301\u0304\u030c]/g, '')
    .normalize('NFC');
}
