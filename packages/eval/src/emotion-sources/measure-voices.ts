/**
 * What the shipped classifier of a voice's feeling hears in recordings, as Markdown: its mean over time, alone and against the
 * mean of the other recordings of one speaker.
 *
 *     npx tsx --conditions=source packages/eval/src/emotion-sources/measure-voices.ts FOLDER [NAME...]
 *
 * Takes FOLDER/NAME.flac. Names that share what stands before `-angry`, `-joy` or `-sad` are one speaker's.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  EMOTIONS,
  type Felt,
  type HeardFrame,
  readVoiceFeelingModel,
  usualSigns,
  VoiceHearer,
  voiceFeeling,
} from '@pctalk/core';
import { decodeAudio, readAsset } from '@pctalk/node';

const [folder, ...given] = process.argv.slice(2);
if (folder === undefined) throw new Error('a folder of sounds is needed');
const names =
  given.length > 0
    ? given
    : readdirSync(folder).flatMap((name) => (name.endsWith('.flac') ? [name.replace('.flac', '')] : []));
const model = readVoiceFeelingModel(await readAsset('voice-feeling.safetensors'));
const voices = new Map<string, HeardFrame[]>();
for (const name of names) voices.set(name, await hear(join(folder, `${name}.flac`)));

console.log('| sound | judged alone | against the same speaker in the other sounds |\n|---|---|---|');
for (const [name, frames] of voices) {
  const speaker = /^(.*)-(?:angry|joy|sad)$/.exec(name)?.[1];
  const others = [...voices].flatMap(([other, heard]) =>
    speaker !== undefined && other !== name && new RegExp(`^${speaker}-(angry|joy|sad)$`).test(other) ? heard : [],
  );
  const known = others.length > 0 ? tell(voiceFeeling(frames, model, usualSigns(others, name))) : '–';
  console.log(`| ${name} | ${tell(voiceFeeling(frames, model))} | ${known} |`);
}

function tell(felt: readonly Felt[]): string {
  const means = EMOTIONS.map(
    (emotion) => [emotion, felt.reduce((sum, each) => sum + (each[emotion] ?? 0), 0) / felt.length] as const,
  );
  const clear = means.filter(([, mean]) => mean >= 0.1).sort((a, b) => b[1] - a[1]);
  return clear.map(([emotion, mean]) => `${emotion} ${mean.toFixed(2)}`).join(', ') || 'nothing';
}

async function hear(path: string): Promise<HeardFrame[]> {
  const hearer = new VoiceHearer();
  const frames: HeardFrame[] = [];
  for await (const samples of decodeAudio(path)) frames.push(...hearer.push(samples));
  return frames;
}
