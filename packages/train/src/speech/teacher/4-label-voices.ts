/**
 * Teacher step 4: phone times for recordings of real people. Prompts and dialogues have transcripts
 * (`transcripts.ts`): espeak-ng says their phones and the teacher places them; what does not fit, and clips
 * without a transcript, get what the teacher heard, if it was sure enough.
 *
 *     npx tsx --conditions=source packages/train/src/speech/teacher/4-label-voices.ts --data FOLDER --teacher teacher.onnx --sets prompts [--again]
 *
 * Clips that have times already keep them without --again.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createNodeRuntime } from '@pctalk/node';
import { type Alignment, alignWords, decodePhones } from './align.ts';
import { readHeardClips } from './heard-clips.ts';
import { classesOfIpa } from './ipa.ts';
import { Teacher } from './teacher.ts';
import { readTranscripts } from './transcripts.ts';

/** Mean log posterior below which an alignment is not believed, and a decoding. */
const LEAST_ALIGNED = -2.2;
const LEAST_DECODED = -0.9;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    teacher: { type: 'string' },
    sets: { type: 'string', default: 'prompts' },
    again: { type: 'boolean', default: false },
  },
});
const { data } = values;
if (data === undefined || values.teacher === undefined) throw new Error('--data and --teacher are needed');
const texts = readTranscripts();

const teacher = await Teacher.create(createNodeRuntime(), values.teacher);
for (const set of values.sets.split(',')) {
  const counts = { aligned: 0, decoded: 0, dropped: 0 };
  let [alignedScore, seconds] = [0, 0];
  for (const { id, heard, samples, spans: before } of readHeardClips(data, set)) {
    if (before !== undefined && !values.again) continue;
    const posteriors = await teacher.classify(heard);
    const path = join(data, set, `${id}.json`);
    const known = texts.get(id);
    const aligned = known && alignWords(classesOfIpa(spoken(known.text, known.voice)), posteriors);
    const kind = fits(aligned, LEAST_ALIGNED) ? 'aligned' : 'decoded';
    const found = kind === 'aligned' ? aligned! : decodePhones(posteriors);
    if (kind === 'decoded' && !fits(found, LEAST_DECODED)) {
      counts.dropped++;
      if (existsSync(path)) rmSync(path);
      continue;
    }
    counts[kind]++;
    seconds += samples.length / 16000;
    if (kind === 'aligned') alignedScore += found.score;
    writeFileSync(path, JSON.stringify(found.spans.map(({ start, end, phone }) => [start, end, phone])));
  }
  const mean = (alignedScore / counts.aligned).toFixed(2);
  console.log(`${set}: ${JSON.stringify(counts)}, ${(seconds / 60).toFixed(1)} min, mean score aligned ${mean}`);
}
await teacher.dispose();

function spoken(text: string, voice: string): string {
  return execFileSync('espeak-ng', ['-q', '--ipa', '-v', voice, text]).toString();
}

function fits(alignment: Alignment | undefined, least: number): boolean {
  return alignment !== undefined && alignment.score > least;
}
