import { PHONE_INDEX, type PhoneClass } from '@pctalk/core';

/** A stretch of one sound, seconds. */
export interface PhoneSpan {
  readonly start: number;
  readonly end: number;
  readonly phone: PhoneClass;
}

/** ARPAbet and the American English voices of flite and festival. Two classes: the first and second half of a diphthong. */
const ENGLISH = `
pau SIL;sil SIL;SIL SIL;sp SIL;h# SIL;brth SIL;# SIL
p P;b P;m M;em M;f F;v F;th TH;dh TH;t T;d T;dx T;n N;en N;nx N;l L;el L;s S;z S;sh SH;zh SH;ch SH;jh SH
k K;g K;ng K;r R;w W;wh W;y Y;hh H;hv H
iy IY;ih IH;eh EH;ey EH IH;ae AE;aa AA;ay AA IH;aw AA UH;ao AO;oy AO IH;ow AO UH;ah AH;ax AH;ix IH;uh UH;uw UW;er ER;axr ER`;

/** Names the other voices share, once digits (stress) and colons (length) are taken off. */
const COMMON = `
# SIL;## SIL;pau SIL;_ SIL;p P;b P;m M;f F;v F;t T;d T;n N;l L;s S;z S;k K;g K;h H;r R;j Y;w W
a AA;e EH;i IY;o AO;u UW;S SH;Z SH;T TH;D TH`;

const TABLES = {
  english: ENGLISH,
  italian: `${COMMON};E EH;O AO;ts S;dz S;tS SH;dZ SH;J N;ng K;nf F;L Y`,
  catalan: `${COMMON};ax AH;E EH;O AO;J N;L Y;rr R`,
  finnish: `${COMMON};y OE;7 OE;@ AE;& AH;N K;L Y`,
  czech: `${COMMON};c S;c~ SH;ch K;d~ Y;dz S;dz~ SH;n* K;n~ N;r~ SH;r~* SH;s~ SH;t~ T;z~ SH`,
  russian: `${COMMON};ii IY;yy IH;uu UW;ee EH;oo AO;aa AA;a AH;i IH;y IH;u UH;ae EH;ay AH;ur UH;pp P;bb P;tt T;dd T;kk K;gg K
c S;ch SH;ff F;vv F;ss S;zz S;sh SH;sch SH;zh SH;hh H;mm M;nn N;ll L;rr R`,
} as const;
export type PhoneSet = keyof typeof TABLES;

const parsed = new Map<PhoneSet, ReadonlyMap<string, readonly PhoneClass[]>>();

function tableOf(set: PhoneSet): ReadonlyMap<string, readonly PhoneClass[]> {
  const known = parsed.get(set);
  if (known !== undefined) return known;
  const entries = TABLES[set]
    .split(/[;\n]/)
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [name, ...classes] = entry.split(' ');
      for (const phone of classes) if (!(phone in PHONE_INDEX)) throw new Error(`${set}: no class ${phone}`);
      return [name as string, classes as PhoneClass[]] as const;
    });
  const table = new Map(entries);
  parsed.set(set, table);
  return table;
}

/**
 * A voice's phones as classes; a diphthong becomes its two vowels, the turn at 55 % of its length.
 * @throws Error if the phone set has no such name.
 */
export function spansOf(phones: readonly (readonly [number, number, string])[], set: PhoneSet): PhoneSpan[] {
  const table = tableOf(set);
  return phones.flatMap(([start, end, name]) => {
    const classes = table.get(name) ?? table.get(name.toLowerCase()) ?? table.get(name.replace(/[0-9:]+$/, ''));
    if (classes === undefined) throw new Error(`${set}: unknown phone '${name}'`);
    const [first, second] = classes as [PhoneClass, PhoneClass?];
    if (second === undefined) return [{ start, end, phone: first }];
    const turn = start + 0.55 * (end - start);
    return [
      { start, end: turn, phone: first },
      { start: turn, end, phone: second },
    ];
  });
}
