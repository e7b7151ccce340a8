/**
 * Step 2: speech in six languages with phone times from festival's voices (Debian packages festvox-*, training only).
 *
 *     npx tsx --conditions=source packages/train/src/speech/2-synthesise-festival.ts --data FOLDER [--count 120]
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ClipWriter } from './clip-store.ts';
import { type PhoneSet, spansOf } from './phone-tables.ts';
import { readAudio } from './read-audio.ts';
import { seededRandom } from './seeded-random.ts';
import { sentence } from './sentences.ts';

/** Voice, phone set, and the encoding its texts are read in. */
const VOICES: readonly (readonly [string, PhoneSet, 'latin1' | 'latin2' | 'utf8'])[] = [
  ['kal_diphone', 'english', 'utf8'],
  ['ked_diphone', 'english', 'utf8'],
  ['cmu_us_slt_arctic_hts', 'english', 'utf8'],
  ['lp_diphone', 'italian', 'latin1'],
  ['pc_diphone', 'italian', 'latin1'],
  ['suo_fi_lj_diphone', 'finnish', 'latin1'],
  ['hy_fi_mv_diphone', 'finnish', 'latin1'],
  ['upc_ca_ona_hts', 'catalan', 'latin1'],
  ['czech_dita', 'czech', 'latin2'],
  ['czech_machac', 'czech', 'latin2'],
  ['czech_ph', 'czech', 'latin2'],
  ['msu_ru_nsh_clunits', 'russian', 'utf8'],
];

const LATIN2: Readonly<Record<string, number>> = Object.fromEntries(
  [...'ěščřžýáíéúůďťňóĚŠČŘŽÝÁÍÉÚŮĎŤŇÓ'].map((letter, i) => [
    letter,
    [
      0xec, 0xb9, 0xe8, 0xf8, 0xbe, 0xfd, 0xe1, 0xed, 0xe9, 0xfa, 0xf9, 0xef, 0xbb, 0xf2, 0xf3, 0xcc, 0xa9, 0xc8, 0xd8,
      0xae, 0xdd, 0xc1, 0xcd, 0xc9, 0xda, 0xd9, 0xcf, 0xab, 0xd2, 0xd3,
    ][i] as number,
  ]),
);

const { values } = parseArgs({ options: { data: { type: 'string' }, count: { type: 'string', default: '120' } } });
if (values.data === undefined) throw new Error('--data FOLDER is needed');
const scratch = join(values.data, 'scratch');
mkdirSync(scratch, { recursive: true });
const BATCH = 20;

for (const [voice, set, encoding] of VOICES) {
  const writer = new ClipWriter(values.data, 'festival');
  for (let first = 0; first < Number(values.count); first += BATCH) {
    const ids = Array.from({ length: BATCH }, (_, i) => `${voice}-${String(first + i).padStart(4, '0')}`);
    if (ids.every((id) => writer.has(id))) continue;
    const script = join(scratch, `${voice}.scm`);
    writeFileSync(script, encode(scriptOf(voice, set, ids), encoding));
    const printed = execFileSync('festival', ['-b', script], {
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    for (const block of printed.toString('latin1').split('@@').slice(1)) {
      const [id, ...lines] = block.trim().split('\n') as [string, ...string[]];
      const phones: [number, number, string][] = [];
      for (const line of lines) {
        const [name, end] = line.split(' ') as [string, string];
        phones.push([phones.at(-1)?.[1] ?? 0, Number(end), name]);
      }
      const wave = join(scratch, `${id}.wav`);
      writer.write({ id, samples: readAudio(wave), spans: spansOf(phones, set) });
      rmSync(wave);
    }
  }
}

function scriptOf(voice: string, set: PhoneSet, ids: readonly string[]): string {
  const lines = ids.map((id) => {
    const random = seededRandom(`festival ${id}`);
    const text = sentence(set, random);
    const stretch = (0.85 + 0.4 * random()).toFixed(2);
    return `(say-clip "${id}" "${text}" ${stretch})`;
  });
  return `(voice_${voice})
(define (say-clip id text stretch)
  (Parameter.set 'Duration_Stretch stretch)
  (set! u (utt.synth (eval (list 'Utterance 'Text text))))
  (utt.save.wave u (string-append "${scratch}/" id ".wav") 'riff)
  (format t "@@%s\\n" id)
  (set! s (utt.relation.first u 'Segment))
  (while s
    (format t "%s %s\\n" (item.name s) (item.feat s "end"))
    (set! s (item.next s))))
${lines.join('\n')}
`;
}

function encode(text: string, encoding: 'latin1' | 'latin2' | 'utf8'): Buffer {
  if (encoding !== 'latin2') return Buffer.from(text, encoding);
  return Buffer.from([...text].map((letter) => LATIN2[letter] ?? letter.charCodeAt(0)));
}
