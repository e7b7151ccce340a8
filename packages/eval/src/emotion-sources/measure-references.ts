/**
 * What is read off real people who act an emotion, from the clip alone and against the same person's neutral clip.
 *
 *     npx tsx --conditions=source packages/eval/src/emotion-sources/measure-references.ts FOLDER
 *
 * The folder holds clips named PERSON_…_EMOTION_….mp4, one of each person neutral.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createFaceAnalyser, EMOTIONS, readMeshBasis } from '@pctalk/core';
import { createNodeRuntime, readEmotionVideo, readTalkerAssets } from '@pctalk/node';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('a folder of clips is needed');

const assets = await readTalkerAssets();
const analyser = await createFaceAnalyser(createNodeRuntime(), assets.face);
const basis = readMeshBasis(assets.basis);
const files = readdirSync(folder).filter((name) => name.endsWith('.mp4'));
const shownBy = (name: string) => EMOTIONS.find((emotion) => name.includes(`_${emotion}_`));
const right = { alone: 0, known: 0 };
let count = 0;
console.log('| clip | from the clip alone | against the neutral face |\n|---|---|---|');
for (const name of files.filter((file) => shownBy(file) !== 'neutral')) {
  const own = files.find((file) => shownBy(file) === 'neutral' && file.split('_')[0] === name.split('_')[0]);
  if (own === undefined) continue;
  const alone = await read(join(folder, name));
  const known = await read(join(folder, name), join(folder, own));
  count++;
  if (alone[0]?.emotion === shownBy(name)) right.alone++;
  if (known[0]?.emotion === shownBy(name)) right.known++;
  console.log(`| ${name} | ${tell(alone)} | ${tell(known)} |`);
}
console.log(`| strongest is the one meant | ${right.alone} of ${count} | ${right.known} of ${count} |`);
await analyser.dispose();

interface Keyframe {
  readonly time: number;
  readonly value: number;
}

/** Emotions of a clip by their mean over time, the strongest first. */
async function read(path: string, neutral?: string) {
  const clips = await readEmotionVideo(path, { analyser, basis, fit: 'hold', duration: 60, neutral });
  return clips
    .map(({ emotion, region, intensity }) => ({ emotion, region, mean: meanOf(intensity as Keyframe[]) }))
    .filter(({ mean }) => mean >= 0.1)
    .sort((a, b) => b.mean - a.mean);
}

/** Of a curve that is straight between its keyframes. */
function meanOf(curve: readonly Keyframe[]): number {
  const [first, last] = [curve[0]!, curve.at(-1)!];
  if (last.time === first.time) return first.value;
  let area = 0;
  for (let n = 1; n < curve.length; n++) {
    area += ((curve[n]!.value + curve[n - 1]!.value) / 2) * (curve[n]!.time - curve[n - 1]!.time);
  }
  return area / (last.time - first.time);
}

function tell(felt: Awaited<ReturnType<typeof read>>): string {
  const words = felt
    .slice(0, 3)
    .map(({ emotion, region, mean }) => `${emotion} ${mean.toFixed(2)}${region === 'all' ? '' : ` (${region})`}`);
  return words.length === 0 ? 'nothing' : words.join(', ');
}
