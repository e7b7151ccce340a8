/**
 * Step 1: English speech with exact phone times from flite's voices (Debian package flite, training only).
 *
 *     npx tsx --conditions=source packages/train/src/speech/1-synthesise-flite.ts --data FOLDER [--count 400] [--from 0] [--set flite]
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ClipWriter } from './clip-store.ts';
import { spansOf } from './phone-tables.ts';
import { readAudio } from './read-audio.ts';
import { seededRandom } from './seeded-random.ts';
import { sentence } from './sentences.ts';

const VOICES = ['slt', 'rms', 'awb', 'kal16'] as const;
/** Middle of each voice's pitch, hertz. */
const PITCH = { slt: 180, rms: 100, awb: 130, kal16: 105 } as const;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    count: { type: 'string', default: '400' },
    from: { type: 'string', default: '0' },
    set: { type: 'string', default: 'flite' },
  },
});
if (values.data === undefined) throw new Error('--data FOLDER is needed');
const scratch = join(values.data, 'scratch');
mkdirSync(scratch, { recursive: true });

for (const voice of VOICES) {
  const writer = new ClipWriter(values.data, values.set);
  for (let i = Number(values.from); i < Number(values.from) + Number(values.count); i++) {
    const id = `${voice}-${String(i).padStart(4, '0')}`;
    if (writer.has(id)) continue;
    const random = seededRandom(`flite ${id}`);
    const stretch = (0.8 + 0.5 * random()).toFixed(2);
    const pitch = (PITCH[voice] * (0.85 + 0.4 * random())).toFixed(0);
    const wave = join(scratch, `${id}.wav`);
    const settings = ['--setf', `duration_stretch=${stretch}`, '--setf', `int_f0_target_mean=${pitch}`];
    const text = sentence('english', random);
    const printed = execFileSync('flite', ['-voice', voice, ...settings, '-psdur', '-t', text, '-o', wave]);
    const phones: [number, number, string][] = [];
    for (const entry of printed.toString().trim().split(/\s+/)) {
      const [name, end] = entry.split(':') as [string, string];
      phones.push([phones.at(-1)?.[1] ?? 0, Number(end), name]);
    }
    writer.write({ id, samples: readAudio(wave), spans: spansOf(phones, 'english') });
    rmSync(wave);
  }
}
