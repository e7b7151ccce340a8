/**
 * Step 1: the signs of every utterance of EmoDB (`voiceSigns`, core/src/models/emotion-sources), one line of JSON each.
 *
 *     npx tsx --conditions=source packages/train/src/emotion-voice/1-hear.ts --data EMODB/sound --out signs.jsonl
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { VoiceHearer, voiceSigns } from '@pctalk/core';
import { decodeAudio, readWaveform } from '@pctalk/node';
import type { Utterance } from './utterance.ts';

const { values } = parseArgs({ options: { data: { type: 'string' }, out: { type: 'string' } } });
const { data, out } = values;
if (data === undefined || out === undefined) throw new Error('--data and --out are needed');

/** Names end in the letter of the acted feeling and of the version. */
const FEELINGS = { W: 'angry', L: 'bored', E: 'disgusted', A: 'fear', F: 'happy', T: 'sad', N: 'neutral' } as const;

const lines: string[] = [];
for (const name of readdirSync(data).sort()) {
  const match = /^(\d\d)[ab]\d\d([WLEAFTN])[a-z]\.\w+$/.exec(name);
  if (match === null) throw new Error(`${name}: expected a name of EmoDB, such as 03a01Fa.flac`);
  const sound = await readWaveform(decodeAudio(join(data, name)));
  const signs = voiceSigns(new VoiceHearer().push(sound.subarray(0, lengthOf(sound))));
  if (signs === undefined) console.log(`${name}: no voice, left out`);
  else {
    const utterance: Utterance = { speaker: match[1]!, feeling: FEELINGS[match[2] as 'W'], signs: [...signs] };
    lines.push(JSON.stringify(utterance));
  }
}
writeFileSync(out, `${lines.join('\n')}\n`);
console.log(`${lines.length} utterances`);

/** Length without the zeros that shorter utterances were filled up with. */
function lengthOf(sound: Float32Array): number {
  let end = sound.length;
  while (end > 0 && Math.abs(sound[end - 1]!) < 1e-4) end--;
  return end;
}
