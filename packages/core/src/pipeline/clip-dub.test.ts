import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createCanonicalSource } from '../motion/canonical-source.ts';
import { readMeshBasis } from '../motion/mesh-basis.ts';
import { drawnFrame } from './clip-dub.ts';
import { EYE_VERTICES } from './open-eyes.ts';

const basis = readMeshBasis(readFileSync(new URL('../../assets/mesh-basis.bin', import.meta.url)));
const observed = createCanonicalSource(basis);
const window = { centerX: 256, centerY: 256, size: 512, rotation: 0 };
const driven = {
  keypoints: observed.keypoints.map((x) => x + 2),
  pose: observed.pose,
  coefficients: observed.expression,
  gaze: { yaw: 0, pitch: 0 },
};

it('draws filmed eyes where they were, and the rest as far as the frame is dubbed', () => {
  const { keypoints } = drawnFrame(driven, { window, observed, strength: 0.5, keepsEyes: true });
  const eyes = new Set(EYE_VERTICES);
  for (let v = 0; v < 478; v++) {
    const way = keypoints[v * 3]! - observed.keypoints[v * 3]!;
    expect(way, `vertex ${v}`).toBeCloseTo(eyes.has(v) ? 0 : 1, 3);
  }
  expect(drawnFrame(driven, { window, observed, strength: 1, keepsEyes: false })).toBe(driven);
});
