import { PHONE_CLASSES, type PhoneClass } from './phone-classes.ts';

/** The 15 visemes of Oculus Lipsync, in its order. @source XrFaceTrackingVisemeMETA, OpenXR registry (names and sounds) */
export const OCULUS_VISEMES = [
  'sil',
  'PP',
  'FF',
  'TH',
  'DD',
  'kk',
  'CH',
  'SS',
  'nn',
  'RR',
  'aa',
  'E',
  'ih',
  'oh',
  'ou',
] as const;
export type OculusViseme = (typeof OCULUS_VISEMES)[number];

/** The viseme of each class of phones. Y is a short ih; H is said at the back of the mouth, as kk; OE is a rounded E, as oh. */
const VISEME_OF: Readonly<Record<PhoneClass, OculusViseme>> = {
  SIL: 'sil',
  P: 'PP',
  M: 'PP',
  F: 'FF',
  TH: 'TH',
  T: 'DD',
  N: 'nn',
  L: 'nn',
  S: 'SS',
  SH: 'CH',
  K: 'kk',
  R: 'RR',
  W: 'ou',
  Y: 'ih',
  H: 'kk',
  IY: 'ih',
  IH: 'ih',
  EH: 'E',
  AE: 'E',
  AA: 'aa',
  AH: 'aa',
  AO: 'oh',
  UH: 'ou',
  UW: 'ou',
  ER: 'RR',
  OE: 'oh',
};
const PLACES = PHONE_CLASSES.map((name) => OCULUS_VISEMES.indexOf(VISEME_OF[name]));

/**
 * What was heard as visemes: the posterior of each, 0–1, sum 1. They say which sound, not how far the mouth moves: lip scale,
 * style and emotion are not in them.
 * @param phones `[26]`, posteriors of `PHONE_CLASSES`. @returns `[15]`, new memory.
 */
export function oculusVisemes(phones: ArrayLike<number>): Float32Array {
  const visemes = new Float32Array(OCULUS_VISEMES.length);
  PLACES.forEach((viseme, phone) => {
    visemes[viseme]! += phones[phone]!;
  });
  return visemes;
}
