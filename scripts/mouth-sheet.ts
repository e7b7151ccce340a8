/**
 * Sheets of consecutive mouths, one PNG a portrait, to be looked at as a hard viewer would.
 *
 *   node --import tsx --conditions=source scripts/mouth-sheet.ts SPEECH FIRST_FRAME COUNT FOLDER PICTURE...
 *
 * Default settings, seed 0. Each tile is 1.15 U wide around the mouth, enlarged to 300 pixels.
 */
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FRAME_SIZE } from '@pctalk/core';
import { createTalker, decodeAudio, decodeImage } from '@pctalk/node';
import sharp from 'sharp';

const WIDTH = 300;
const HEIGHT = 230;
const COLUMNS = 4;
/** Width of a tile, U. */
const VIEW = 1.15;

const [speech, first, count, folder, ...pictures] = process.argv.slice(2);
if (speech === undefined || folder === undefined || pictures.length === 0) {
  throw new Error('mouth-sheet: expected SPEECH FIRST_FRAME COUNT FOLDER PICTURE...');
}
const [from, to] = [Number(first), Number(first) + Number(count)];
mkdirSync(folder, { recursive: true });
await using talker = await createTalker();
const data = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
for (const path of pictures) {
  const still = await talker.core.prepare(await decodeImage(path), { where: path, faceIndex: 0 });
  using renderer = talker.core.createRenderer(still);
  const { keypoints, pose } = still.tick;
  const width = Math.min(FRAME_SIZE, Math.round(VIEW * pose.scale));
  const height = Math.round((width * HEIGHT) / WIDTH);
  const corner = (at: number, side: number) => Math.max(0, Math.min(FRAME_SIZE - side, Math.round(at - side / 2)));
  const view = {
    left: corner((keypoints[61 * 3]! + keypoints[291 * 3]!) / 2, width),
    top: corner(keypoints[14 * 3 + 1]! + 0.1 * pose.scale, height),
    width,
    height,
  };
  const tiles: sharp.OverlayOptions[] = [];
  const director = talker.core.createDirector({ version: 1, seed: 0 });
  for await (const { driven, frameIndex } of talker.core.perform(still, decodeAudio(speech), director)) {
    if (frameIndex < from) continue;
    if (frameIndex >= to) break;
    renderer.render(driven, data);
    const input = await sharp(data, { raw: { width: FRAME_SIZE, height: FRAME_SIZE, channels: 4 } })
      .extract(view)
      .resize(WIDTH, HEIGHT, { kernel: 'cubic' })
      .png()
      .toBuffer();
    const i = tiles.length;
    tiles.push({ input, left: (i % COLUMNS) * WIDTH, top: Math.floor(i / COLUMNS) * HEIGHT });
  }
  const size = { width: COLUMNS * WIDTH, height: Math.ceil(tiles.length / COLUMNS) * HEIGHT };
  const out = join(folder, `${basename(path).replace(/\.\w+$/, '')}.png`);
  await sharp({ create: { ...size, channels: 3, background: '#000' } })
    .composite(tiles)
    .png()
    .toFile(out);
  console.log(out);
}
