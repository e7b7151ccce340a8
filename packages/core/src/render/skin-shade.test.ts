import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createCanonicalSource } from '../motion/canonical-source.ts';
import { COEFFICIENT_COUNT } from '../motion/coefficients.ts';
import { emotionOffset } from '../motion/emotion-presets.ts';
import type { Emotion, RegionSide } from '../motion/emotions.ts';
import { readMeshBasis } from '../motion/mesh-basis.ts';
import { createMeshMotionSpace } from '../motion/mesh-motion-space.ts';
import { createHeadSurface, moveHeadSurface } from './head-surface.ts';
import { FRAME_SIZE } from './renderer.ts';
import { shadeSkin, shadowOf } from './skin-shade.ts';

const basis = readMeshBasis(readFileSync(new URL('../../assets/mesh-basis.bin', import.meta.url)));
const source = createCanonicalSource(basis);
const space = createMeshMotionSpace(basis);
const surface = createHeadSurface(source);
const GREY = 150;

/** What is added to even grey skin: at a vertex, and anywhere on each side of the midline. */
function shaded(emotion: Emotion, intensity: number, region: RegionSide = 'all', jawOpen = 0) {
  const felt = new Float32Array(COEFFICIENT_COUNT);
  emotionOffset([{ emotion, region, intensity }], felt);
  const lips = new Float32Array(COEFFICIENT_COUNT);
  lips[0] = jawOpen;
  const still = { head: { pitch: 0, yaw: 0, roll: 0, shift: [0, 0, 0] as const }, gaze: { yaw: 0, pitch: 0 } };
  const driven = space.compose(source, { lips, emotion: felt, life: new Float32Array(COEFFICIENT_COUNT), ...still });
  moveHeadSurface(surface, driven);
  const frame = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4).fill(GREY);
  shadeSkin(frame, surface, driven.pose.scale, shadowOf([GREY, GREY, GREY]));
  const greenAt = (x: number, y: number) => frame[(y * FRAME_SIZE + x) * 4 + 1]! - GREY;
  let [right, left] = [0, 0];
  for (let y = 0; y < FRAME_SIZE; y++) {
    for (let x = 0; x < FRAME_SIZE / 2; x++) {
      right = Math.max(right, Math.abs(greenAt(x, y)));
      left = Math.max(left, Math.abs(greenAt(FRAME_SIZE - 1 - x, y)));
    }
  }
  const { positions } = surface;
  const at = (...vertices: number[]) =>
    greenAt(
      Math.floor(vertices.reduce((sum, v) => sum + positions[v * 2]!, 0) / vertices.length),
      Math.floor(vertices.reduce((sum, v) => sum + positions[v * 2 + 1]!, 0) / vertices.length),
    );
  return { at, right, left };
}

describe('shading of the skin', () => {
  it('leaves a neutral face alone, also while it speaks', () => {
    expect(shaded('neutral', 1)).toMatchObject({ right: 0, left: 0 });
    const speech = shaded('neutral', 1, 'all', 0.4);
    expect(Math.max(speech.right, speech.left)).toBeLessThanOrEqual(1);
  });

  it('folds a smile beside the mouth and lifts its cheeks into the light', () => {
    const { at } = shaded('happy', 1);
    expect(at(203, 206)).toBeLessThan(-15);
    expect(at(50)).toBeGreaterThan(6);
  });

  it('furrows anger between the brows and surprise across the forehead', () => {
    expect(shaded('angry', 1).at(55, 8)).toBeLessThan(-12);
    expect(shaded('surprised', 1).at(9, 151)).toBeLessThan(-8);
    expect(shaded('surprised', 1).at(55, 8)).toBeGreaterThan(-4);
  });

  it('reddens the shadows of skin, and not those of a grey picture', () => {
    const [red, green, blue] = shadowOf([200, 150, 120]);
    expect(red).toBeLessThan(green);
    expect(blue).toBeGreaterThan(green);
    expect(shadowOf([90, 90, 90])).toEqual([1, 1, 1]);
  });

  it('grows with intensity and keeps to its side', () => {
    const fold = [0.3, 0.6, 1].map((x) => shaded('happy', x).at(203, 206));
    expect(fold[1]).toBeLessThan(fold[0]!);
    expect(fold[2]).toBeLessThan(fold[1]!);
    const { left, right } = shaded('happy', 1, 'all.left');
    expect(left).toBeGreaterThan(20);
    expect(right).toBeLessThan(left / 4);
  });
});
