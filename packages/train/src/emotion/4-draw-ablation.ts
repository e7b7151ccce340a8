/**
 * Step 4: draws the bundled portrait with D_e, and with CPred(e, a) added without the subtraction, at the widest opening.
 *
 *     npx tsx --conditions=source packages/train/src/emotion/4-draw-ablation.ts --out docs/evaluation/images/emotion-ablation.jpg
 */
import { parseArgs } from 'node:util';
import {
  COEFFICIENT_COUNT,
  COEFFICIENT_INDEX,
  createEmotionDriver,
  createMeshMotionSpace,
  createSpeechDriver,
  EMOTIONS,
  type EmotionFrame,
  FRAME_SIZE,
  ProsodyTracker,
  type SpeechFrame,
  TalkerCore,
} from '@pctalk/core';
import { createNodeRuntime, decodeAudio, decodeImage, readTalkerAssets, sampleFiles } from '@pctalk/node';
import sharp from 'sharp';

const { values } = parseArgs({ options: { out: { type: 'string' } } });
const { out } = values;
if (out === undefined) throw new Error('--out is needed');

const SIDE = 220;
const SHOWN = { left: 120, top: 80, width: 280, height: 280 };
const SHOWN_EMOTIONS = ['happy', 'sad', 'angry', 'surprised'] as const;
const runtime = createNodeRuntime();
const assets = await readTalkerAssets();
const core = await TalkerCore.create(runtime, assets);
const ears = await createSpeechDriver(runtime, assets.speech);
const model = await createEmotionDriver(runtime, assets.emotion!);
const files = sampleFiles();
const source = await core.prepare(await decodeImage(files.source), { where: files.source });

const stream = ears.createStream();
const heard: SpeechFrame[] = [];
for await (const samples of decodeAudio(files.audio)) heard.push(...(await stream.push(samples)));
const feelings = model.createStream();
const prosody = new ProsodyTracker();
let widest: { speech: SpeechFrame; felt: EmotionFrame } | undefined;
const jaw = (speech: SpeechFrame) => speech.lips[COEFFICIENT_INDEX.jawOpen]!;
for (const speech of heard) {
  const felt = await feelings.next(speech, prosody.next(speech));
  if (widest === undefined || jaw(speech) > jaw(widest.speech)) {
    widest = { speech, felt: { differences: felt.differences.slice(), expressions: felt.expressions.slice() } };
  }
}

const space = createMeshMotionSpace(core.basis);
using renderer = core.createRenderer(source);
const none = new Float32Array(COEFFICIENT_COUNT);
async function draw(emotion: Float32Array, label: string): Promise<Buffer> {
  const still = { head: { pitch: 0, yaw: 0, roll: 0, shift: [0, 0, 0] as const }, gaze: { yaw: 0, pitch: 0 } };
  const pixels = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
  renderer.render(space.compose(source.tick, { lips: widest!.speech.lips, emotion, life: none, ...still }), pixels);
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="22"><rect width="100%" height="100%" fill="#fff"/><text x="6" y="16" font-family="sans-serif" font-size="13">${label}</text></svg>`;
  const raw = { width: FRAME_SIZE, height: FRAME_SIZE, channels: 4 } as const;
  const face = await sharp(pixels, { raw }).extract(SHOWN).resize(SIDE, SIDE).png().toBuffer();
  return sharp(face)
    .composite([{ input: Buffer.from(text), top: 0, left: 0 }])
    .png()
    .toBuffer();
}

const tiles = [];
for (const [row, name] of SHOWN_EMOTIONS.entries()) {
  const at = EMOTIONS.indexOf(name) * COEFFICIENT_COUNT;
  const of = (table: Float32Array) => table.subarray(at, at + COEFFICIENT_COUNT);
  const columns = [
    await draw(none, 'speech alone'),
    await draw(of(widest!.felt.differences), `${name}: D_e`),
    await draw(of(widest!.felt.expressions), `${name}: CPred, no subtraction`),
  ];
  for (const [column, input] of columns.entries()) tiles.push({ input, left: column * SIDE, top: row * SIDE });
}
const size = { width: 3 * SIDE, height: SHOWN_EMOTIONS.length * SIDE };
await sharp({ create: { ...size, channels: 3, background: '#fff' } })
  .composite(tiles)
  .jpeg({ quality: 85 })
  .toFile(out);
await Promise.all([core.dispose(), ears.dispose(), model.dispose()]);
