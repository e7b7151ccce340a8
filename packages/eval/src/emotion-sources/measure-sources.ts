/**
 * Measures what the built-in readers of text and voice find, as Markdown.
 *
 *     npx tsx --conditions=source packages/eval/src/emotion-sources/measure-sources.ts [SPEECH_FOLDER]
 *
 * The folder may hold en-angry.flac, en-joy.flac and en-sad.flac: one actor, one recording.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  EMOTIONS,
  readTextEmotion,
  splitClauses,
  usualVoice,
  type VoiceFrame,
  VoiceMeter,
  voiceArousal,
} from '@pctalk/core';
import { decodeAudio } from '@pctalk/node';
import { FELT_SENTENCES } from './felt-sentences.ts';

console.log('| meant | right | taken for |\n|---|---|---|');
let [right, count] = [0, 0];
for (const emotion of EMOTIONS) {
  const found = FELT_SENTENCES[emotion].map(strongest);
  const hits = found.filter((each) => each === emotion).length;
  const others = [...new Set(found.filter((each) => each !== emotion))];
  const list = others.map((other) => `${other} ${found.filter((each) => each === other).length}`);
  console.log(`| ${emotion} | ${hits} of ${found.length} | ${list.join(', ')} |`);
  right += hits;
  count += found.length;
}
console.log(`\n${right} of ${count} sentences (${Math.round((100 * right) / count)} %)`);

const folder = process.argv[2];
if (folder !== undefined) {
  const names = ['angry', 'joy', 'sad'].filter((name) => existsSync(join(folder, `en-${name}.flac`)));
  const voices = new Map<string, VoiceFrame[]>();
  for (const name of names) voices.set(name, await hear(join(folder, `en-${name}.flac`)));
  console.log(
    '\n| voice | arousal against its own usual | against the same speaker in the other clips |\n|---|---|---|',
  );
  for (const [name, frames] of voices) {
    const others = [...voices].filter(([other]) => other !== name).flatMap(([, each]) => each);
    const own = mean(voiceArousal(frames, usualVoice(frames, name)));
    console.log(`| ${name} | ${own.toFixed(2)} | ${mean(voiceArousal(frames, usualVoice(others, name))).toFixed(2)} |`);
  }
}

function strongest(text: string): string {
  const sums = new Map<string, number>();
  for (const felt of readTextEmotion(splitClauses(text))) {
    for (const [emotion, level] of Object.entries(felt)) sums.set(emotion, (sums.get(emotion) ?? 0) + level);
  }
  return [...sums].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'neutral';
}

async function hear(path: string): Promise<VoiceFrame[]> {
  const meter = new VoiceMeter();
  const frames: VoiceFrame[] = [];
  for await (const samples of decodeAudio(path)) frames.push(...meter.push(samples));
  return frames;
}

function mean(values: Float32Array): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
