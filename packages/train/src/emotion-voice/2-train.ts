/**
 * Step 2: trains what tells a voice's feeling, first with each speaker left out in turn (the figures of
 * docs/models/voice-feeling.md), then on everybody, and writes it.
 *
 *     npx tsx --conditions=source packages/train/src/emotion-voice/2-train.ts --signs signs.jsonl \
 *       --out packages/core/assets/voice-feeling.safetensors
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SIGNS_OF_RECORDING, type StoredTensor, VOICE_FEELINGS, writeSafetensors } from '@pctalk/core';
import { classify, fitClassifier, type LinearClassifier } from './classifier.ts';
import type { Utterance } from './utterance.ts';

const { values } = parseArgs({
  options: {
    signs: { type: 'string' },
    out: { type: 'string' },
    ridge: { type: 'string', default: '0.1' },
    steps: { type: 'string', default: '150' },
  },
});
const { signs, out } = values;
if (signs === undefined || out === undefined) throw new Error('--signs and --out are needed');
const fit = { ridge: Number(values.ridge), steps: Number(values.steps) };
const utterances = readFileSync(signs, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Utterance);
const labels = utterances.map(({ feeling }) => VOICE_FEELINGS.indexOf(feeling));

const tensors = new Map<string, StoredTensor>();
const rows = {
  known: utterances.map((utterance) => withoutUsual(utterance)),
  alone: utterances.map((utterance) => utterance.signs.map((sign, k) => (SIGNS_OF_RECORDING.has(k) ? 0 : sign))),
};
for (const [name, x] of Object.entries(rows)) {
  console.log(`\n${name}: each speaker judged by the others\n`);
  report(x);
  const { weights, bias } = fitClassifier(x, labels, VOICE_FEELINGS.length, fit);
  add(
    `${name}.weights`,
    weights.flatMap((row) => [...row]),
    [weights.length, weights[0]!.length],
  );
  add(`${name}.bias`, [...bias], [bias.length]);
}
writeFileSync(out, writeSafetensors({ tensors, metadata: { classes: VOICE_FEELINGS.join(','), data: 'EmoDB, CC0' } }));

/** Signs less what the speaker's other neutral sentences have. */
function withoutUsual(utterance: Utterance): number[] {
  const calm = utterances.filter(
    (other) => other !== utterance && other.speaker === utterance.speaker && other.feeling === 'neutral',
  );
  return utterance.signs.map((sign, k) => sign - calm.reduce((sum, other) => sum + other.signs[k]!, 0) / calm.length);
}

/** Table of what was acted and what was heard, speakers left out. */
function report(x: readonly (readonly number[])[]): void {
  const heard = VOICE_FEELINGS.map(() => VOICE_FEELINGS.map(() => 0));
  for (const speaker of new Set(utterances.map((utterance) => utterance.speaker))) {
    const others = utterances.flatMap((utterance, n) => (utterance.speaker === speaker ? [] : [n]));
    const classifier: LinearClassifier = fitClassifier(
      others.map((n) => x[n]!),
      others.map((n) => labels[n]!),
      VOICE_FEELINGS.length,
      fit,
    );
    utterances.forEach((utterance, n) => {
      if (utterance.speaker !== speaker) return;
      const p = classify(classifier, x[n]!);
      heard[labels[n]!]![p.indexOf(Math.max(...p))]!++;
    });
  }
  console.log(
    `| acted | ${VOICE_FEELINGS.join(' | ')} | right |\n|---|${VOICE_FEELINGS.map(() => '---|').join('')}---|`,
  );
  const recalls = heard.map((row, c) => row[c]! / row.reduce((a, b) => a + b));
  heard.forEach((row, c) => {
    console.log(`| ${VOICE_FEELINGS[c]} | ${row.join(' | ')} | ${recalls[c]!.toFixed(2)} |`);
  });
  const right = heard.reduce((sum, row, c) => sum + row[c]!, 0);
  const mean = recalls.reduce((a, b) => a + b) / recalls.length;
  console.log(
    `\n${right} of ${labels.length} right (${(right / labels.length).toFixed(3)}), mean recall ${mean.toFixed(3)}`,
  );
}

function add(name: string, numbers: readonly number[], dims: readonly number[]): void {
  tensors.set(name, { type: 'float32', dims, data: new Uint8Array(Float32Array.from(numbers).buffer) });
}
