/**
 * Draws docs/evaluation/images/control-sheet.jpg: the bundled sample says the same with one lip control moved; one row a
 * control and moment, one column a scale.
 *
 *     npx tsx --conditions=source scripts/control-sheet.ts
 */
import { COEFFICIENT_INDEX, type Coefficient, FRAME_SIZE, type Performance } from '@pctalk/core';
import { createTalker, decodeAudio, decodeImage, sampleFiles } from '@pctalk/node';
import sharp from 'sharp';

const SCALES = [0, 0.5, 1, 1.5, 2] as const;
/** Which part of the frame is shown, and how large, pixels. */
const VIEW = { left: 166, top: 280, width: 180, height: 135 };
const TILE = { width: 180, height: 135 };
const LABEL = 190;

type Sum = (at: (name: Coefficient) => number) => number;

/** Each control in the frame of the unedited take in which its movement is largest; a mouth is narrowest when it is puckered. */
const ROWS: readonly {
  readonly label: string;
  readonly most: Sum;
  readonly at: (scale: number) => Partial<Performance>;
}[] = [
  ...(
    [
      ['opening', (at) => at('jawOpen') - at('mouthClose')],
      ['pursing', (at) => at('mouthPucker')],
      ['widening', (at) => at('mouthPucker')],
    ] as const satisfies readonly (readonly [string, Sum])[]
  ).map(([movement, most]) => ({
    label: movement,
    most,
    at: (scale: number) => ({ articulation: [{ movement, scale }] }),
  })),
  {
    label: 'lip scale × 0.8',
    most: (at) => at('jawOpen') - at('mouthClose'),
    at: (scale) => ({ lipScale: 0.8 * scale }),
  },
];

await using talker = await createTalker();
const { source, audio } = sampleFiles();
const still = await talker.core.prepare(await decodeImage(source), { where: source });
using renderer = talker.core.createRenderer(still);
const data = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
const image = { raw: { width: FRAME_SIZE, height: FRAME_SIZE, channels: 4 as const } };
const STILL = { version: 1, seed: 4, headMotion: 0, blink: 0, gaze: 0, brow: 0, energy: 1, idle: 0 } as const;

/** The frame of the unedited take in which `most` is largest. */
async function momentOf(most: Sum): Promise<number> {
  let best = { frame: 0, amount: Number.NEGATIVE_INFINITY };
  const director = talker.core.createDirector(STILL);
  for await (const { driven, frameIndex } of talker.core.perform(still, decodeAudio(audio), director)) {
    const amount = most((name) => driven.coefficients[COEFFICIENT_INDEX[name]]!);
    if (amount > best.amount) best = { frame: frameIndex, amount };
  }
  return best.frame;
}

const tiles: sharp.OverlayOptions[] = [];
const write = (text: string, left: number, top: number, width: number, height: number) => {
  const line = `<text x="8" y="${height / 2 + 5}" font-family="sans-serif" font-size="15">${text}</text>`;
  tiles.push({ input: Buffer.from(`<svg width="${width}" height="${height}">${line}</svg>`), left, top });
};
const HEAD = 28;
SCALES.forEach((scale, column) => {
  write(String(scale), LABEL + column * TILE.width, 0, TILE.width, HEAD);
});
for (const [row, { label, most, at }] of ROWS.entries()) {
  const top = HEAD + row * TILE.height;
  const moment = await momentOf(most);
  write(`${label}, ${(moment / 25).toFixed(2)} s`, 0, top, LABEL, TILE.height);
  for (const [column, scale] of SCALES.entries()) {
    const director = talker.core.createDirector({ ...STILL, ...at(scale) });
    for await (const { driven, frameIndex } of talker.core.perform(still, decodeAudio(audio), director)) {
      if (frameIndex !== moment) continue;
      renderer.render(driven, data);
      const tile = await sharp(data, image).extract(VIEW).resize(TILE.width, TILE.height).png().toBuffer();
      tiles.push({ input: tile, left: LABEL + column * TILE.width, top });
    }
  }
}
const [width, height] = [LABEL + SCALES.length * TILE.width, HEAD + ROWS.length * TILE.height];
await sharp({ create: { width, height, channels: 3, background: '#fff' } })
  .composite(tiles)
  .jpeg({ quality: 85 })
  .toFile('docs/evaluation/images/control-sheet.jpg');
