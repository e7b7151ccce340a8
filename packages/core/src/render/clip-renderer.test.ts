import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { RgbaImage } from '../image.ts';
import { uniformAt } from '../math/random.ts';
import { createCanonicalSource } from '../motion/canonical-source.ts';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX } from '../motion/coefficients.ts';
import { readMeshBasis } from '../motion/mesh-basis.ts';
import { createMeshMotionSpace } from '../motion/mesh-motion-space.ts';
import { type ClipEyes, readClipEyes } from './clip-eyes.ts';
import { readClipMouth } from './clip-mouth.ts';
import { createClipRenderer } from './clip-renderer.ts';
import { createPatchKernel } from './patch-kernel.ts';
import { interpolatePhoto, TEXTURE_MARGIN, TEXTURE_SIZE } from './photo-texture.ts';

const basis = readMeshBasis(readFileSync(new URL('../../assets/mesh-basis.bin', import.meta.url)));
const source = createCanonicalSource(basis);

/** A grainy picture with a window in its middle. */
function grainy(width: number, height: number): RgbaImage {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let p = 0; p < width * height; p++) {
    for (let c = 0; c < 3; c++) data[p * 4 + c] = 90 + 30 * c + 60 * uniformAt(1, p, c);
    data[p * 4 + 3] = 255;
  }
  return { width, height, data };
}

/** Index of the first value that differs, −1 for none: a comparison that prints no pictures. */
function firstDifference(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  return a.findIndex((value, i) => value !== b[i]);
}

function jawOpen(amount: number) {
  const zero = new Float32Array(COEFFICIENT_COUNT);
  const lips = zero.slice();
  lips[COEFFICIENT_INDEX.jawOpen] = amount;
  return createMeshMotionSpace(basis).compose(source, {
    lips,
    emotion: zero,
    life: zero,
    head: { pitch: 0, yaw: 0, roll: 0, shift: [0, 0, 0] },
    gaze: { yaw: 0, pitch: 0 },
  });
}

for (const [name, size] of [
  ['on whole pixels', 512],
  ['reduced', 700],
] as const) {
  const window = { centerX: 400, centerY: 380, size, rotation: 0 };

  it(`${name}: leaves a face that does not move alone`, () => {
    const picture = grainy(800, 760);
    const renderer = createClipRenderer(readClipMouth(picture, window, source));
    const drawn = { ...picture, data: picture.data.slice() };
    renderer.draw(drawn, window, source, jawOpen(0));
    expect(firstDifference(drawn.data, picture.data)).toBe(-1);
  });

  it(`${name}: an opening jaw changes the lower face and no pixel above the brows`, () => {
    const picture = grainy(800, 760);
    const renderer = createClipRenderer(readClipMouth(picture, window, source));
    const drawn = { ...picture, data: picture.data.slice() };
    renderer.draw(drawn, window, source, jawOpen(0.5));
    const browY = 380 - size / 2 + (source.keypoints[105 * 3 + 1]! * size) / 512;
    const above = Math.floor(browY) * 800 * 4;
    expect(firstDifference(drawn.data, picture.data)).toBeGreaterThanOrEqual(above);
    let changed = 0;
    for (let i = above; i < drawn.data.length; i += 4) if (drawn.data[i] !== picture.data[i]) changed++;
    expect(changed).toBeGreaterThan(5000);
  });
}

it('draws the mouth in the light of the frame', () => {
  const window = { centerX: 400, centerY: 380, size: 512, rotation: 0 };
  const lit = grainy(800, 760);
  const renderer = createClipRenderer(readClipMouth(lit, window, source));
  const insideOf = (share: number): number => {
    const picture = { ...lit, data: lit.data.map((value, i) => (i % 4 === 3 ? 255 : value * share)) };
    const driven = jawOpen(0.6);
    renderer.draw(picture, window, source, driven);
    const [upper, lower] = [13, 14].map((v) => driven.keypoints[v * 3 + 1]!) as [number, number];
    const x = Math.round(400 - 256 + driven.keypoints[13 * 3]!);
    let sum = 0;
    let count = 0;
    for (let y = Math.ceil(380 - 256 + upper + 3); y < 380 - 256 + lower - 3; y++, count++) {
      sum += picture.data[(y * 800 + x) * 4]!;
    }
    expect(count).toBeGreaterThan(10);
    return sum / count;
  };
  expect(insideOf(0.5) / insideOf(1)).toBeCloseTo(0.5, 1);
});

it('opens a shut eye with the eye of a frame that shows it open', () => {
  const window = { centerX: 256, centerY: 256, size: 512, rotation: 0 };
  const skin = {
    width: 512,
    height: 512,
    data: new Uint8ClampedArray(512 * 512 * 4).map((_, i) => [190, 150, 130, 255][i % 4]!),
  };
  const [irisX, irisY] = [source.keypoints[468 * 3]!, source.keypoints[468 * 3 + 1]!];
  const iris = { ...skin, data: skin.data.slice() };
  for (let p = 0; p < 512 * 512; p++) {
    if (Math.hypot((p % 512) + 0.5 - irisX, Math.floor(p / 512) + 0.5 - irisY) < 9) iris.data.set([20, 40, 200], p * 4);
  }
  const zero = new Float32Array(COEFFICIENT_COUNT);
  const life = zero.slice();
  life[COEFFICIENT_INDEX.eyeBlinkLeft] = life[COEFFICIENT_INDEX.eyeBlinkRight] = 1;
  const still = { head: { pitch: 0, yaw: 0, roll: 0, shift: [0, 0, 0] }, gaze: { yaw: 0, pitch: 0 } } as const;
  const { keypoints } = createMeshMotionSpace(basis).compose(source, { lips: zero, emotion: zero, life, ...still });
  const shut = { ...source, keypoints: keypoints.slice() };
  const open = { keypoints: source.keypoints, pose: source.pose, coefficients: zero, gaze: still.gaze };
  const mouth = readClipMouth(skin, window, source);
  const blueAt = (eyes: ClipEyes | undefined) => {
    const picture = { ...skin, data: skin.data.slice() };
    createClipRenderer(mouth, eyes).draw(picture, window, shut, open);
    return picture.data[(Math.floor(irisY) * 512 + Math.floor(irisX)) * 4 + 2]!;
  };
  expect(blueAt(readClipEyes(iris, window, source))).toBeGreaterThan(180);
  expect(blueAt(undefined)).toBeLessThan(150);
});

for (const simd of [true, false]) {
  it(`interpolates a patch as the whole photo is interpolated, ${simd ? 'with' : 'without'} SIMD`, () => {
    const photo = grainy(512, 512);
    const whole = new Int32Array(TEXTURE_SIZE * TEXTURE_SIZE);
    interpolatePhoto(photo, whole);
    const interpolate = createPatchKernel(simd);
    for (const rect of [
      { left: 100, top: 40, right: 181, bottom: 90 },
      { left: 0, top: 480, right: 30, bottom: 512 },
      { left: 485, top: 0, right: 512, bottom: 7 },
    ]) {
      const patch = new Int32Array(TEXTURE_SIZE * TEXTURE_SIZE);
      interpolate(photo.data, rect, patch);
      let [inside, outside] = [0, 0];
      for (let y = 0; y < TEXTURE_SIZE; y++) {
        for (let x = 0; x < TEXTURE_SIZE; x++) {
          const i = y * TEXTURE_SIZE + x;
          const [px, py] = [(x >> 1) - TEXTURE_MARGIN, (y >> 1) - TEXTURE_MARGIN];
          if (px < rect.left || px >= rect.right || py < rect.top || py >= rect.bottom)
            outside += patch[i] === 0 ? 0 : 1;
          else inside = Math.max(inside, furthest(patch[i]!, whole[i]!));
        }
      }
      expect(inside).toBeLessThanOrEqual(simd ? 1 : 0);
      expect(outside).toBe(0);
    }
  });
}

/** Largest difference of a channel of two packed pixels. */
function furthest(a: number, b: number): number {
  return Math.max(...[0, 8, 16, 24].map((shift) => Math.abs(((a >> shift) & 255) - ((b >> shift) & 255))));
}

it('closes an open mouth without a pixel of no colour where the lips touch', () => {
  const window = { centerX: 400, centerY: 380, size: 512, rotation: 0 };
  const picture = grainy(800, 760);
  for (const amount of [0.2, 0.5, 0.8]) {
    const open = { ...source, keypoints: jawOpen(amount).keypoints };
    const shut = jawOpen(0);
    const keypoints = shut.keypoints.slice();
    for (const lower of [95, 88, 178, 87, 14, 317, 402, 318, 324]) keypoints[lower * 3 + 1]! -= 2;
    const renderer = createClipRenderer(readClipMouth(picture, window, open));
    const drawn = { ...picture, data: picture.data.slice() };
    renderer.draw(drawn, window, open, { ...shut, keypoints });
    let black = 0;
    for (let p = 0; p < drawn.data.length; p += 4) {
      if (drawn.data[p]! + drawn.data[p + 1]! + drawn.data[p + 2]! === 0) black++;
    }
    expect(black, `jaw ${amount}`).toBe(0);
  }
});
