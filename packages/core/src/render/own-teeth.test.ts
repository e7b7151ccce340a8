import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { INNER_LIPS, OUTER_LIPS } from '../face/canonical-mesh.ts';
import type { RgbaImage } from '../image.ts';
import { createCanonicalSource } from '../motion/canonical-source.ts';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX } from '../motion/coefficients.ts';
import { readMeshBasis } from '../motion/mesh-basis.ts';
import { createMeshMotionSpace } from '../motion/mesh-motion-space.ts';
import type { HeadPose } from '../motion/motion-space.ts';
import { type Aperture, createAperture, measureAperture } from './aperture.ts';
import { createHeadSurface } from './head-surface.ts';
import { createMeshRenderer } from './mesh-renderer.ts';
import { placeMouth } from './mouth-plane.ts';
import { findTeeth } from './own-teeth.ts';
import { type Rgb, readPhotoTone } from './photo-tone.ts';
import { FRAME_SIZE } from './renderer.ts';

const basis = readMeshBasis(readFileSync(new URL('../../assets/mesh-basis.bin', import.meta.url)));
const pose: HeadPose = { pitch: 0, yaw: 0, roll: 0, scale: 140, translation: [256, 300, 0] };
const open = new Float32Array(COEFFICIENT_COUNT);
open[COEFFICIENT_INDEX.jawOpen] = 0.5;
const source = createCanonicalSource(basis, open, pose);
const surface = createHeadSurface(source);
const plane = placeMouth(surface, source.neutral);
const [inner, outer] = [INNER_LIPS, OUTER_LIPS].map((rows) => {
  const aperture = createAperture(rows.upper.length);
  measureAperture(rows, surface.source, 2, aperture);
  return aperture;
}) as [Aperture, Aperture];

const SKIN: Rgb = [205, 160, 140];
const LIPS: Rgb = [180, 105, 100];
const TOOTH: Rgb = [200, 190, 175];
const TONGUE: Rgb = [160, 122, 116];
const DARK: Rgb = [50, 20, 16];

/** A face with an open mouth. @param inside colour by how far below the upper lip, U, and above the lower. */
function picture(inside: (below: number, above: number) => Rgb): RgbaImage {
  const data = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4).fill(255);
  for (let p = 0; p < data.length; p += 4) {
    const [x, y] = [((p >> 2) % FRAME_SIZE) + 0.5, Math.floor(p / 4 / FRAME_SIZE) + 0.5];
    const within = (a: Aperture) => {
      const c = Math.round(((x - a.originX) / a.length) * 64);
      return c < 0 || c > 64 ? [-1, -1] : [y - a.originY - a.upper[c]!, a.originY + a.lower[c]! - y];
    };
    const [below, above] = within(inner) as [number, number];
    const [out, under] = within(outer) as [number, number];
    const colour =
      below > 0 && above > 0 ? inside(below / pose.scale, above / pose.scale) : out > 0 && under > 0 ? LIPS : SKIN;
    data.set(colour, p);
  }
  return { width: FRAME_SIZE, height: FRAME_SIZE, data };
}

function look(photo: RgbaImage) {
  const tone = readPhotoTone(photo, source.keypoints);
  return findTeeth(photo, tone, inner, plane, pose.scale, Number.POSITIVE_INFINITY);
}

describe('teeth of the photo', () => {
  test('an upper row over a dark mouth is kept, with its edge and colour', () => {
    const { row, colour } = look(picture((below) => (below < 0.05 ? TOOTH : DARK)));
    const edge = plane.yy * (inner.originY + inner.upper[32]!) + plane.y0 + 0.05;
    expect(Math.abs(row!.edge - edge)).toBeLessThan(0.012);
    for (let c = 0; c < 3; c++) expect(Math.abs(colour![c]! - TOOTH[c]!)).toBeLessThan(3);
  });

  test('a tongue is no row of teeth, and neither are lower teeth', () => {
    const tongue = look(picture((below) => (below < 0.05 ? TONGUE : DARK)));
    expect([tongue.row, tongue.colour]).toEqual([undefined, undefined]);
    const { row, colour } = look(picture((_, above) => (above < 0.04 ? TOOTH : DARK)));
    expect(row).toBeUndefined();
    expect(colour).toBeDefined();
  });

  test('two rows in one are not taken for an upper one', () => {
    expect(look(picture(() => TOOTH)).row).toBeUndefined();
  });

  test('speech that passes through the opening of the photo does not show its inside among the painted', () => {
    const GREEN: Rgb = [40, 200, 40];
    const photo = picture(() => GREEN);
    using renderer = createMeshRenderer(photo, source);
    const space = createMeshMotionSpace(basis);
    const none = new Float32Array(COEFFICIENT_COUNT);
    const head = { pitch: 0, yaw: 0, roll: 0, shift: [0, 0, 0] as const };
    const out = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
    for (let jaw = 0.4; jaw < 0.6; jaw += 0.015) {
      const lips = new Float32Array(COEFFICIENT_COUNT);
      lips[COEFFICIENT_INDEX.jawOpen] = jaw;
      lips[COEFFICIENT_INDEX.mouthStretchLeft] = 0.1;
      lips[COEFFICIENT_INDEX.mouthStretchRight] = 0.1;
      renderer.render(
        space.compose(source, { lips, emotion: none, life: none, head, gaze: { yaw: 0, pitch: 0 } }),
        out,
      );
      const y = Math.round(inner.originY + (inner.upper[32]! + inner.lower[32]!) / 2);
      const p = (y * FRAME_SIZE + 256) * 4;
      expect(out[p + 1]! - out[p]!).toBeLessThan(20);
    }
  });
});
