/**
 * Figures of how believable mouths are: what is drawn, over portraits × speech, one table (docs/evaluation/looks.md).
 *
 *   node --import tsx --conditions=source scripts/mouth-figures.ts FRAMES SPEECHES PICTURE...
 *
 * FRAMES: of each speech, from its first; SPEECHES: files, separated by commas. Default settings, seed 0. U = distance of the
 * outer eye corners. Measures are explained in scripts/mouth-measures.ts. Prints a table and, last, JSON.
 */
import { basename } from 'node:path';
import {
  createMeshMotionSpace,
  createMeshRenderer,
  FRAME_SIZE,
  type MotionFrame,
  type RgbaImage,
  type SpeechFrame,
} from '@pctalk/core';
import { createTalker, decodeAudio, decodeImage } from '@pctalk/node';
import { MouthMeasures } from './mouth-measures.ts';

const [frameText, speechText, ...pictures] = process.argv.slice(2);
if (frameText === undefined || speechText === undefined || pictures.length === 0) {
  throw new Error('mouth-figures: expected FRAMES SPEECHES PICTURE...');
}
const frameCount = Number(frameText);
await using talker = await createTalker();
const { core } = talker;

/** What is said and how it moves, the same for every portrait. */
interface Take {
  readonly motion: MotionFrame;
  readonly speech: SpeechFrame;
}

const takes: Take[][] = [];
for (const path of speechText.split(',')) {
  const director = core.createDirector({ version: 1, seed: 0 });
  const take: Take[] = [];
  const next = director.next.bind(director);
  director.next = async (speech) => {
    const motion = await next(speech);
    take.push(structuredClone({ motion, speech }));
    return motion;
  };
  const still = await core.prepare(await decodeImage(pictures[0]!), { where: path, faceIndex: 0 });
  for await (const { frameIndex } of core.perform(still, decodeAudio(path), director)) {
    if (frameIndex + 1 >= frameCount) break;
  }
  takes.push(take);
}

const measures = new MouthMeasures();
const out = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
for (const path of pictures) {
  const still = await core.prepare(await decodeImage(path), { where: path, faceIndex: 0 });
  using renderer = createMeshRenderer(still.crop, still.tick);
  const space = createMeshMotionSpace(core.basis);
  measures.begin(basename(path), atFrameSize(still.crop), still.tick);
  for (const take of takes) {
    measures.cut();
    for (const { motion, speech } of take) {
      const driven = space.compose(still.tick, motion);
      renderer.render(driven, out);
      measures.add(out, driven, speech);
    }
  }
}
const figures = measures.report();
for (const [name, value] of Object.entries(figures)) console.error(`${name.padEnd(64)}${value}`);
console.log(JSON.stringify(figures));
process.exit(0);

/** The crop as frames show it. */
function atFrameSize(crop: RgbaImage): RgbaImage {
  const ratio = crop.width / FRAME_SIZE;
  const data = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [(i >> 2) % FRAME_SIZE, Math.floor((i >> 2) / FRAME_SIZE)];
    let sum = 0;
    for (let k = 0; k < ratio * ratio; k++) {
      sum += crop.data[((y * ratio + Math.floor(k / ratio)) * crop.width + x * ratio + (k % ratio)) * 4 + (i & 3)]!;
    }
    data[i] = sum / (ratio * ratio);
  }
  return { width: FRAME_SIZE, height: FRAME_SIZE, data };
}
