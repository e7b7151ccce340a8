/**
 * The sounds the speech model tells apart: phones grouped by what the lips do, in any language.
 *
 * Diphthongs are two vowels in turn. `OE` stands for the rounded front vowels (German ü, ö; French u, eu).
 */
export const PHONE_CLASSES = [
  'SIL',
  'P',
  'M',
  'F',
  'TH',
  'T',
  'N',
  'L',
  'S',
  'SH',
  'K',
  'R',
  'W',
  'Y',
  'H',
  'IY',
  'IH',
  'EH',
  'AE',
  'AA',
  'AH',
  'AO',
  'UH',
  'UW',
  'ER',
  'OE',
] as const;
export type PhoneClass = (typeof PHONE_CLASSES)[number];

/** Position of each class in a posterior. */
export const PHONE_INDEX: Readonly<Record<PhoneClass, number>> = Object.fromEntries(
  PHONE_CLASSES.map((name, index) => [name, index]),
) as Record<PhoneClass, number>;

/** Classes whose sound needs closed lips. */
export const BILABIAL_CLASSES: readonly PhoneClass[] = ['P', 'M'];

/** Classes that carry the syllable: their posterior is the voicing that accents and blinks follow. */
export const VOWEL_CLASSES: readonly PhoneClass[] = ['IY', 'IH', 'EH', 'AE', 'AA', 'AH', 'AO', 'UH', 'UW', 'ER', 'OE'];
