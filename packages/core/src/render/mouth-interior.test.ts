import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { INNER_LIPS } from '../face/canonical-mesh.ts';
import type { RgbaImage } from '../image.ts';
import { createCanonicalSource } from '../motion/canonical-source.ts';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX, type Coefficient } from '../motion/coefficients.ts';
import { readMeshBasis } from '../motion/mesh-basis.ts';
import { createMeshMotionSpace } from '../motion/mesh-motion-space.ts';
import type { HeadPose, MouthInside } from '../motion/motion-space.ts';
import { createMeshRenderer } from './mesh-renderer.ts';
import { FRAME_SIZE } from './renderer.ts';

const basis = readMeshBasis(readFileSync(new URL('../../assets/mesh-basis.bin', import.meta.url)));
const space = createMeshMotionSpace(basis);
const pose: HeadPose = { pitch: 0, yaw: 0, roll: 0, scale: 140, translation: [256, 300, 0] };
const source = createCanonicalSource(basis, undefined, pose);
const SKIN = [205, 160, 140] as const;
const LIPS = [180, 105, 100] as const;
const SKIN_LUMA = 0.299 * SKIN[0] + 0.587 * SKIN[1] + 0.114 * SKIN[2];

/** A face of one colour with lips of another. @param shade of all. */
function picture(shade = 1): RgbaImage {
  const data = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4).fill(255);
  const lipY = source.keypoints[13 * 3 + 1]!;
  for (let p = 0; p < data.length; p += 4) {
    const [x, y] = [(p >> 2) % FRAME_SIZE, Math.floor(p / 4 / FRAME_SIZE)];
    const isLip = ((x - 256) / 40) ** 2 + ((y - lipY) / 16) ** 2 < 1;
    for (let c = 0; c < 3; c++) data[p + c] = shade * (isLip ? LIPS : SKIN)[c]!;
  }
  return { width: FRAME_SIZE, height: FRAME_SIZE, data };
}

interface Motion {
  readonly coefficients: Partial<Record<Coefficient, number>>;
  readonly inside?: MouthInside;
}

/** Luma down the middle of the opening, from the upper lip to the lower, of each pixel. */
function middle({ coefficients, inside }: Motion, photo = picture()): number[] {
  const lips = new Float32Array(COEFFICIENT_COUNT);
  for (const [name, value] of Object.entries(coefficients)) lips[COEFFICIENT_INDEX[name as Coefficient]] = value;
  const none = new Float32Array(COEFFICIENT_COUNT);
  const driven = space.compose(source, {
    lips,
    emotion: none,
    life: none,
    head: { pitch: 0, yaw: 0, roll: 0, shift: [0, 0, 0] },
    gaze: { yaw: 0, pitch: 0 },
    inside,
  });
  using renderer = createMeshRenderer(photo, source);
  const out = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
  renderer.render(driven, out);
  const at = (row: readonly number[]) => Math.round(driven.keypoints[row[5]! * 3 + 1]!);
  const lumas: number[] = [];
  for (let y = at(INNER_LIPS.upper); y < at(INNER_LIPS.lower); y++) {
    const p = (y * FRAME_SIZE + 262) * 4;
    lumas.push(0.299 * out[p]! + 0.587 * out[p + 1]! + 0.114 * out[p + 2]!);
  }
  return lumas;
}

describe('the inside of the mouth', () => {
  test('an open jaw shows upper teeth, then the dark between the rows', () => {
    const lumas = middle({ coefficients: { jawOpen: 0.45 } });
    const third = Math.floor(lumas.length / 3);
    expect(Math.max(...lumas.slice(0, third))).toBeGreaterThan(0.55 * SKIN_LUMA);
    expect(Math.min(...lumas.slice(third, 2 * third))).toBeLessThan(0.3 * SKIN_LUMA);
  });

  test('"oo" is dark in the middle', () => {
    const lumas = middle({ coefficients: { jawOpen: 0.25, mouthPucker: 0.8, mouthFunnel: 0.3 } });
    expect(lumas[lumas.length >> 1]).toBeLessThan(0.45 * SKIN_LUMA);
  });

  test('nothing is brighter than the brightest of the picture', () => {
    const dim = 0.35;
    for (const jawOpen of [0.1, 0.2, 0.4, 0.6]) {
      const lumas = middle({ coefficients: { jawOpen, mouthUpperUpLeft: 0.5, mouthUpperUpRight: 0.5 } }, picture(dim));
      expect(Math.max(...lumas)).toBeLessThanOrEqual(dim * SKIN_LUMA + 1);
    }
  });

  test('a raised tip of the tongue fills the dark behind the teeth', () => {
    const open = { coefficients: { jawOpen: 0.35 } };
    const rest = middle(open);
    const raised = middle({ ...open, inside: { tongueTip: 1, teethClosed: 0 } });
    const dark = rest.indexOf(Math.min(...rest));
    expect(raised[dark]! - rest[dark]!).toBeGreaterThan(15);
  });

  test('closed teeth leave no dark between the rows', () => {
    const open = { coefficients: { jawOpen: 0.3, mouthLowerDownLeft: 0.6, mouthLowerDownRight: 0.6 } };
    const rest = middle(open);
    const closed = middle({ ...open, inside: { tongueTip: 0, teethClosed: 1 } });
    const half = rest.length >> 1;
    const mean = (values: number[]) => values.slice(half - 4, half + 4).reduce((sum, value) => sum + value / 8, 0);
    expect(mean(closed) - mean(rest)).toBeGreaterThan(20);
  });
});
