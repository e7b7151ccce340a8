/**
 * Draws docs/images/styles.jpg: the bundled sample speaks in every preset; one row a preset, one column a moment.
 *
 *     npx tsx --conditions=source scripts/style-sheet.ts
 */
import { FRAME_SIZE, STYLES } from '@pctalk/core';
import { createTalker, decodeAudio, decodeImage, sampleFiles } from '@pctalk/node';
import sharp from 'sharp';

/** Frames shown: vowels, a rounding and a closure. */
const MOMENTS = [21, 26, 29, 36, 48, 53, 65, 72];
/** Which part of the frame is shown, and how large, pixels. */
const VIEW = { left: 166, top: 280, width: 180, height: 135 };
const TILE = { width: 120, height: 90 };
const LABEL = 90;

await using talker = await createTalker();
const { source, audio } = sampleFiles();
const still = await talker.core.prepare(await decodeImage(source), { where: source });
using renderer = talker.core.createRenderer(still);
const data = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
const image = { raw: { width: FRAME_SIZE, height: FRAME_SIZE, channels: 4 as const } };

const tiles: sharp.OverlayOptions[] = [];
for (const [row, preset] of STYLES.entries()) {
  const top = row * TILE.height;
  const name = `<text x="8" y="${TILE.height / 2 + 5}" font-family="sans-serif" font-size="15">${preset}</text>`;
  tiles.push({
    input: Buffer.from(`<svg width="${LABEL}" height="${TILE.height}">${name}</svg>`),
    left: 0,
    top,
  });
  const director = talker.core.createDirector({ version: 1, seed: 4, style: [{ preset }] });
  for await (const { driven, frameIndex } of talker.core.perform(still, decodeAudio(audio), director)) {
    const column = MOMENTS.indexOf(frameIndex);
    if (column < 0) continue;
    renderer.render(driven, data);
    const tile = await sharp(data, image).extract(VIEW).resize(TILE.width, TILE.height).png().toBuffer();
    tiles.push({ input: tile, left: LABEL + column * TILE.width, top });
  }
}
const [width, height] = [LABEL + MOMENTS.length * TILE.width, STYLES.length * TILE.height];
await sharp({ create: { width, height, channels: 3, background: '#fff' } })
  .composite(tiles)
  .jpeg({ quality: 85 })
  .toFile('docs/images/styles.jpg');
