import type { PhoneClass } from '../models/speech/phone-classes.ts';

/** ARPAbet without stress marks as classes of sound; a diphthong is its two vowels. */
const CLASSES: Readonly<Record<string, readonly PhoneClass[]>> = Object.fromEntries(
  `P P;B P;M M;F F;V F;TH TH;DH TH;T T;D T;N N;L L;S S;Z S;SH SH;ZH SH;CH SH;JH SH;K K;G K;NG K;R R;W W;Y Y;HH H;
IY IY;IH IH;EH EH;EY EH IH;AE AE;AA AA;AY AA IH;AW AA UH;AO AO;OY AO IH;OW AO UH;AH AH;UH UH;UW UW;ER ER`
    .split(/;\s*/)
    .map((entry) => entry.split(' '))
    .map(([name, ...classes]) => [name as string, classes as PhoneClass[]]),
);

/** The classes of an ARPAbet pronunciation such as `HH AH0 L OW1`; names it does not know are left out. */
export function classesOfArpabet(phones: string): PhoneClass[] {
  return phones.split(/\s+/).flatMap((name) => CLASSES[name.replace(/[0-9]$/, '').toUpperCase()] ?? []);
}
