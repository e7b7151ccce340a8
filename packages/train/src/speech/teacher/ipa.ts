import type { PhoneClass } from '@pctalk/core';

/** IPA symbols by what the lips do; affricates count as their second half. */
const CLASSES: Readonly<Partial<Record<PhoneClass, string>>> = {
  P: 'pbɓ',
  M: 'mɱ',
  F: 'fvβʋ',
  TH: 'θð',
  T: 'tdɾʈɖ',
  N: 'nɲɳ',
  L: 'lɫɭ',
  S: 'sz',
  SH: 'ʃʒɕʑʂʐ',
  K: 'kɡgŋxɣχʁqcɟç',
  R: 'rɹɻʀ',
  W: 'wʍɥ',
  Y: 'jʝʎ',
  H: 'hɦʔ',
  IY: 'i',
  IH: 'ɪᵻɨɯ',
  EH: 'eɛ',
  AE: 'æ',
  AA: 'aɑ',
  AH: 'əʌɐ',
  AO: 'ɔoɒ',
  UH: 'ʊ',
  UW: 'u',
  ER: 'ɜɚɝ',
  OE: 'yʏøœ',
};
const BY_SYMBOL = new Map(
  Object.entries(CLASSES).flatMap(([phone, symbols]) => [...symbols].map((symbol) => [symbol, phone as PhoneClass])),
);

/** Words of an IPA text as phone classes; stress, length and nasality fall away. */
export function classesOfIpa(ipa: string): PhoneClass[][] {
  return ipa
    .replace(/t(?=[ʃɕʂs])|d(?=[ʒʑʐz])/g, '')
    .split(/\s+/)
    .map((word) => [...word].map((symbol) => BY_SYMBOL.get(symbol)).filter((phone) => phone !== undefined))
    .filter((word) => word.length > 0);
}
