/**
 * Draws docs/images/sample-strip.jpg: frames of the bundled sample, chosen by their coefficients.
 *
 *     npx tsx --conditions=source scripts/sample-strip.ts
 */
import { mkdir } from 'node:fs/promises';
import { COEFFICIENT_INDEX, type Coefficient, FRAME_SIZE, type Performance } from '@pctalk/core';
import { createTalker, decodeAudio, decodeImage, sampleFiles } from '@pctalk/node';
import sharp from 'sharp';

/** Which part of the frame is shown, and how large, pixels. */
const VIEW = { left: 76, top: 0, width: 360, height: 480 };
const TILE = { width: 210, height: 280 };
const HAPPY: Performance = { version: 1, emotion: [{ emotion: 'happy', intensity: 0.8 }] };

/** One tile: the frame in which `amount` of the coefficients is largest. */
interface Choice {
  readonly performance: Performance;
  readonly amount: (coefficient: (name: Coefficient) => number, frameIndex: number) => number;
}

const CHOICES: readonly Choice[] = [
  { performance: { version: 1 }, amount: (_, frameIndex) => -frameIndex },
  { performance: { version: 1 }, amount: (c) => c('jawOpen') },
  { performance: { version: 1 }, amount: (c) => c('mouthPucker') + c('mouthFunnel') },
  { performance: { version: 1 }, amount: (c) => c('mouthStretchLeft') },
  { performance: HAPPY, amount: (c) => c('mouthSmileLeft') - c('jawOpen') - c('eyeBlinkLeft') },
  { performance: { version: 1 }, amount: (c) => c('eyeBlinkLeft') },
];

await using talker = await createTalker();
const { source, audio } = sampleFiles();
const still = await talker.core.prepare(await decodeImage(source), { where: source });
using renderer = talker.core.createRenderer(still);

const tiles = [];
for (const [i, choice] of CHOICES.entries()) {
  const { data } = await bestFrame(choice);
  const image = { raw: { width: FRAME_SIZE, height: FRAME_SIZE, channels: 4 as const } };
  const tile = await sharp(data, image).extract(VIEW).resize(TILE.width, TILE.height).png().toBuffer();
  tiles.push({ input: tile, left: i * TILE.width, top: 0 });
}
await mkdir('docs/images', { recursive: true });
await sharp({ create: { width: TILE.width * tiles.length, height: TILE.height, channels: 3, background: '#fff' } })
  .composite(tiles)
  .jpeg({ quality: 82 })
  .toFile('docs/images/sample-strip.jpg');

async function bestFrame({ performance, amount }: Choice): Promise<{ data: Uint8ClampedArray }> {
  const data = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
  let best = Number.NEGATIVE_INFINITY;
  for await (const { driven, frameIndex } of talker.core.perform(
    still,
    decodeAudio(audio),
    talker.core.createDirector(performance),
  )) {
    const score = amount((name) => driven.coefficients[COEFFICIENT_INDEX[name]]!, frameIndex);
    if (score <= best) continue;
    best = score;
    renderer.render(driven, data);
  }
  return { data };
}
