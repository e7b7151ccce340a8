/**
 * Speed and sharpness of the embedded renderer, one thread.
 *
 *   node --import tsx --conditions=source benchmarks/renderer.ts
 *
 * Times are CPU time a frame and, since machines differ, multiples of copying one 512 × 512 RGBA frame in the same run.
 * Grain kept: deviation of film grain after a shift by half a pixel over that of the photo, by the renderer's texture (two
 * samples a pixel) and by bilinear sampling of the photo itself.
 */
import { readFileSync } from 'node:fs';
import {
  COEFFICIENT_COUNT,
  COEFFICIENT_INDEX,
  createMeshMotionSpace,
  createMeshRenderer,
  FRAME_SIZE,
  type PersonMatte,
  type RgbaImage,
  readMeshBasis,
} from '@pctalk/core';
import { normalAt } from '../packages/core/src/math/random.ts';
import { createCanonicalSource } from '../packages/core/src/motion/canonical-source.ts';
import { interpolatePhoto, TEXTURE_MARGIN, TEXTURE_SIZE } from '../packages/core/src/render/photo-texture.ts';

const ROUNDS = 6;
const FRAMES = 50;

const basis = readMeshBasis(readFileSync(new URL('../packages/core/assets/mesh-basis.bin', import.meta.url)));
const space = createMeshMotionSpace(basis);
const source = createCanonicalSource(basis, undefined, {
  pitch: 0,
  yaw: 0,
  roll: 0,
  scale: 140,
  translation: [256, 300, 0],
});
const photo = grainyPicture();

const cases = {
  'at rest': (): void => {},
  'lips move': (i: number, c: Float32Array): void => {
    c[COEFFICIENT_INDEX.jawOpen] = 0.2 + 0.2 * Math.sin(i);
  },
  'lips and lids move': (i: number, c: Float32Array): void => {
    c[COEFFICIENT_INDEX.jawOpen] = 0.2 + 0.2 * Math.sin(i);
    c[COEFFICIENT_INDEX.eyeBlinkLeft] = c[COEFFICIENT_INDEX.eyeBlinkRight] = (i % 10) / 10;
  },
  'lips, lids and head move': (i: number, c: Float32Array): void => {
    c[COEFFICIENT_INDEX.jawOpen] = 0.2 + 0.2 * Math.sin(i);
    c[COEFFICIENT_INDEX.eyeBlinkLeft] = c[COEFFICIENT_INDEX.eyeBlinkRight] = (i % 10) / 10;
  },
  'the same, head before a background': (i: number, c: Float32Array): void => {
    c[COEFFICIENT_INDEX.jawOpen] = 0.2 + 0.2 * Math.sin(i);
    c[COEFFICIENT_INDEX.eyeBlinkLeft] = c[COEFFICIENT_INDEX.eyeBlinkRight] = (i % 10) / 10;
  },
};

const report: Record<string, unknown> = {};
const prepared = cpu(() => createMeshRenderer(photo, source)[Symbol.dispose]());
using renderer = createMeshRenderer(photo, source);
using layered = createMeshRenderer(photo, source, { matte: ovalMatte() });
const out = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
const copies = Array.from({ length: 5 }, () => cpu(() => repeat(400, () => out.set(photo.data))) / 400);
const copy = Math.min(...copies);
report['prepare, first time'] = { ms: round(prepared) };
report['copy of a frame'] = { ms: round(copy) };
for (const [name, move] of Object.entries(cases)) {
  const frames = Array.from({ length: FRAMES }, (_, i) => {
    const coefficients = new Float32Array(COEFFICIENT_COUNT);
    move(i, coefficients);
    const turn = name.includes('head') ? 1 : 0;
    const frame = space.compose(source, {
      lips: coefficients,
      emotion: new Float32Array(COEFFICIENT_COUNT),
      life: new Float32Array(COEFFICIENT_COUNT),
      head: { pitch: 0.07 * turn, yaw: 0.14 * Math.sin(i / 7) * turn, roll: 0.05 * turn, shift: [0, 0, 0] },
      gaze: { yaw: 0.05 * turn, pitch: 0 },
    });
    return { ...frame, keypoints: frame.keypoints.slice(), pose: structuredClone(frame.pose) };
  });
  const drawer = name.includes('background') ? layered : renderer;
  const draw = (): void => {
    for (const frame of frames) drawer.render(frame, out);
  };
  draw();
  const ms = Math.min(...Array.from({ length: ROUNDS }, () => cpu(draw) / FRAMES));
  report[name] = { ms: round(ms), copies: Math.round(ms / copy) };
}
report['grain kept at half a pixel'] = { texture: round(grainOfTexture()), bilinear: round(grainOfBilinear()) };
console.table(report);

/** CPU milliseconds of the whole process. */
function cpu(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const spent = process.cpuUsage(start);
  return (spent.user + spent.system) / 1000;
}

function repeat(times: number, work: () => void): void {
  for (let i = 0; i < times; i++) work();
}

function grainyPicture(): RgbaImage {
  const data = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
  for (let i = 0; i < data.length; i++) data[i] = (i & 3) === 3 ? 255 : 150 + 6 * normalAt(1, i & 3, i >> 2);
  return { width: FRAME_SIZE, height: FRAME_SIZE, data };
}

/** Head and shoulders, with a soft rim. */
function ovalMatte(): PersonMatte {
  const alpha = Uint8Array.from({ length: FRAME_SIZE * FRAME_SIZE }, (_, i) => {
    const [x, y] = [i % FRAME_SIZE, Math.floor(i / FRAME_SIZE)];
    const head = 1 - Math.hypot((x - 256) / 170, (y - 230) / 210);
    const body = (y - 380 - 0.5 * Math.abs(x - 256)) / 200;
    return Math.max(0, Math.min(255, 255 * 12 * Math.max(head, body)));
  });
  return { side: FRAME_SIZE, alpha };
}

/** Grain after a quarter pixel (between samples of the texture, its worst case) and half a pixel, the smaller. */
function grainOfTexture(): number {
  const packed = new Int32Array(TEXTURE_SIZE * TEXTURE_SIZE);
  interpolatePhoto(photo, packed);
  const texture = new Uint8Array(packed.buffer);
  const at = (x: number, y: number): number =>
    texture[((y + 2 * TEXTURE_MARGIN) * TEXTURE_SIZE + x + 2 * TEXTURE_MARGIN) * 4]!;
  const half = deviation((x, y) => at(2 * x + 1, 2 * y));
  const quarter = deviation((x, y) => (at(2 * x, 2 * y) + at(2 * x + 1, 2 * y)) / 2);
  return Math.min(half, quarter) / deviation((x, y) => photo.data[(y * FRAME_SIZE + x) * 4]!);
}

function grainOfBilinear(): number {
  const at = (x: number, y: number): number => photo.data[(y * FRAME_SIZE + x) * 4]!;
  return deviation((x, y) => (at(x, y) + at(x + 1, y)) / 2) / deviation(at);
}

function deviation(value: (x: number, y: number) => number): number {
  let sum = 0;
  let squares = 0;
  const side = 256;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const v = value(x + 100, y + 100);
      sum += v;
      squares += v * v;
    }
  }
  return Math.sqrt(squares / side ** 2 - (sum / side ** 2) ** 2);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
