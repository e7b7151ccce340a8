/**
 * Contact sheets of the embedded renderer for a portrait: rest, speech shapes, emotions, eyes and head motion.
 *
 *   node --import tsx --conditions=source scripts/render-contact-sheet.ts [picture] [folder]
 *
 * Defaults: the bundled portrait, docs/images (renderer-face.jpg and renderer-mouth.jpg).
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  COEFFICIENT_COUNT,
  COEFFICIENT_INDEX,
  type Coefficient,
  createFaceAnalyser,
  createMeshMotionSpace,
  createMeshRenderer,
  FRAME_SIZE,
  prepareStill,
  readMeshBasis,
  type SourceTick,
} from '@pctalk/core';
import { createNodeRuntime, decodeImage, loadFaceAssets, sampleFiles } from '@pctalk/node';
import sharp from 'sharp';

interface Pose {
  readonly coefficients?: Partial<Record<Coefficient, number>>;
  readonly head?: readonly [pitch: number, yaw: number, roll: number];
  readonly gaze?: readonly [yaw: number, pitch: number];
}

const DEGREE = Math.PI / 180;

const MOUTH: Record<string, Pose> = {
  rest: {},
  'jaw .1': { coefficients: { jawOpen: 0.1 } },
  'jaw .25': { coefficients: { jawOpen: 0.25 } },
  'jaw .5': { coefficients: { jawOpen: 0.5 } },
  ee: {
    coefficients: {
      jawOpen: 0.08,
      mouthStretchLeft: 0.6,
      mouthStretchRight: 0.6,
      mouthLowerDownLeft: 0.6,
      mouthLowerDownRight: 0.6,
      mouthUpperUpLeft: 0.3,
      mouthUpperUpRight: 0.3,
    },
  },
  oo: { coefficients: { jawOpen: 0.15, mouthPucker: 0.8, mouthFunnel: 0.3 } },
  p: { coefficients: { mouthPressLeft: 0.6, mouthPressRight: 0.6, mouthRollLower: 0.3, mouthRollUpper: 0.3 } },
  smile: {
    coefficients: {
      jawOpen: 0.15,
      mouthSmileLeft: 0.9,
      mouthSmileRight: 0.9,
      mouthUpperUpLeft: 0.4,
      mouthUpperUpRight: 0.4,
    },
  },
};

const FACE: Record<string, Pose> = {
  rest: {},
  speech: { coefficients: { jawOpen: 0.3 } },
  smile: {
    coefficients: { mouthSmileLeft: 1, mouthSmileRight: 1, cheekSquintLeft: 0.6, cheekSquintRight: 0.6, jawOpen: 0.1 },
  },
  sad: { coefficients: { browInnerUpLeft: 1, browInnerUpRight: 1, mouthFrownLeft: 1, mouthFrownRight: 1 } },
  angry: { coefficients: { browDownLeft: 1, browDownRight: 1, noseSneerLeft: 0.5, noseSneerRight: 0.5 } },
  'half blink': { coefficients: { eyeBlinkLeft: 0.5, eyeBlinkRight: 0.5 } },
  blink: { coefficients: { eyeBlinkLeft: 1, eyeBlinkRight: 1 } },
  'gaze left': { gaze: [-15 * DEGREE, 0] },
  'gaze down': { gaze: [0, 12 * DEGREE] },
  'yaw -10': { head: [0, -10 * DEGREE, 0] },
  'yaw 10': { head: [0, 10 * DEGREE, 0], coefficients: { jawOpen: 0.2 } },
  'pitch 10, roll 8': { head: [10 * DEGREE, 0, 8 * DEGREE] },
};

const picturePath = process.argv[2] ?? sampleFiles().source;
const folder = process.argv[3] ?? 'docs/images';
const prefix = process.argv[2] ? basename(picturePath).replace(/\.\w+$/, '') : 'renderer';
const basis = readMeshBasis(readFileSync(new URL('../packages/core/assets/mesh-basis.bin', import.meta.url)));
const space = createMeshMotionSpace(basis);
const analyser = await createFaceAnalyser(createNodeRuntime(), await loadFaceAssets());
const { crop, tick } = await prepareStill(await decodeImage(picturePath), analyser, basis, {
  faceIndex: 0,
  where: picturePath,
});
using renderer = createMeshRenderer(crop, tick);
mkdirSync(folder, { recursive: true });
await writeSheet(FACE, 4, 300, 0, join(folder, `${prefix}-face.jpg`));
await writeSheet(MOUTH, 4, 260, 1.1, join(folder, `${prefix}-mouth.jpg`));
process.exit(0);

/** @param zoom 0 for the whole frame, else the side of a square around the mouth, U. */
async function writeSheet(
  poses: Record<string, Pose>,
  columns: number,
  side: number,
  zoom: number,
  path: string,
): Promise<void> {
  const tiles = [];
  for (const [i, [name, pose]] of Object.entries(poses).entries()) {
    const left = (i % columns) * side;
    const top = Math.floor(i / columns) * side;
    tiles.push({ input: await drawTile(pose, side, zoom), left, top });
    tiles.push({ input: label(name), left, top });
  }
  const height = Math.ceil(Object.keys(poses).length / columns) * side;
  const sheet = sharp({ create: { width: columns * side, height, channels: 3, background: '#000' } });
  await sheet.composite(tiles).jpeg({ quality: 84 }).toFile(path);
  console.log(path);
}

async function drawTile(pose: Pose, side: number, zoom: number): Promise<Buffer> {
  const out = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
  renderer.render(drive(tick, pose), out);
  const picture = sharp(Buffer.from(out.buffer), { raw: { width: FRAME_SIZE, height: FRAME_SIZE, channels: 4 } });
  if (zoom > 0) {
    const width = Math.round(zoom * tick.pose.scale);
    const corner = (at: number): number => Math.max(0, Math.min(FRAME_SIZE - width, Math.round(at - width / 2)));
    picture.extract({
      left: corner(tick.keypoints[13 * 3]!),
      top: corner(tick.keypoints[13 * 3 + 1]! + 8),
      width,
      height: width,
    });
  }
  return picture.resize(side, side, { kernel: 'cubic' }).png().toBuffer();
}

function drive(source: SourceTick, { coefficients = {}, head = [0, 0, 0], gaze = [0, 0] }: Pose) {
  const isLips = (name: string): boolean => /^(jaw|mouth)/.test(name);
  // Smiles and frowns of the source stay by themselves; its other lip shapes are replaced, so rest must name them.
  const isReplaced = (name: string): boolean => isLips(name) && !/Smile|Frown|Dimple/.test(name);
  const undriven = Object.keys(coefficients).length === 0;
  const lips = source.expression.map((value, k) => (undriven && isReplaced(nameOf(k)) ? value : 0));
  const emotion = new Float32Array(COEFFICIENT_COUNT);
  for (const [name, value] of Object.entries(coefficients)) {
    (isLips(name) ? lips : emotion)[COEFFICIENT_INDEX[name as Coefficient]] = value;
  }
  return space.compose(source, {
    lips,
    emotion,
    life: new Float32Array(COEFFICIENT_COUNT),
    head: { pitch: head[0], yaw: head[1], roll: head[2], shift: [0, 0, 0] },
    gaze: { yaw: gaze[0], pitch: gaze[1] },
  });
}

function nameOf(k: number): string {
  return Object.keys(COEFFICIENT_INDEX)[k]!;
}

function label(text: string): Buffer {
  return Buffer.from(
    `<svg width="160" height="22"><text x="6" y="16" font-family="sans-serif" font-size="14" fill="#fff" stroke="#000" stroke-width="3" paint-order="stroke">${text}</text></svg>`,
  );
}
