import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { INNER_LIPS, OUTER_LIPS, PLACES } from '../face/canonical-mesh.ts';
import { createCanonicalSource } from './canonical-source.ts';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX, type Coefficient } from './coefficients.ts';
import { evertLips, LIP_EVERSION } from './lip-eversion.ts';
import { measureFace } from './measures.ts';
import { readMeshBasis } from './mesh-basis.ts';
import { createMeshMotionSpace } from './mesh-motion-space.ts';
import { KEYPOINT_COUNT } from './motion-space.ts';
import { writeHeadFrame, writePoseMatrix } from './pose-matrix.ts';

const basis = readMeshBasis(readFileSync(new URL('../../assets/mesh-basis.bin', import.meta.url)));
const space = createMeshMotionSpace(basis);
const source = createCanonicalSource(basis);

function measured(lipsAt: Partial<Record<Coefficient, number>>) {
  const lips = new Float32Array(COEFFICIENT_COUNT);
  for (const [name, value] of Object.entries(lipsAt)) lips[COEFFICIENT_INDEX[name as Coefficient]] = value;
  const nothing = new Float32Array(COEFFICIENT_COUNT);
  const head = { pitch: 0, yaw: 0, roll: 0, shift: [0, 0, 0] as const };
  const frame = space.compose(source, { lips, emotion: nothing, life: nothing, head, gaze: { yaw: 0, pitch: 0 } });
  const matrix = new Float64Array(9);
  writePoseMatrix(frame.pose, matrix);
  const points = new Float32Array(KEYPOINT_COUNT * 3);
  writeHeadFrame(frame.keypoints, frame.pose, matrix, points);
  return measureFace(points);
}

describe('turning puckered lips out', () => {
  it('makes them higher as the mouth narrows, as much as real lips in rounded vowels', () => {
    const rest = measured({ jawOpen: 0.2 });
    const rounded = measured({ jawOpen: 0.2, mouthPucker: 0.3 });
    const height = rounded.outerLipOpening - rounded.lipGap - (rest.outerLipOpening - rest.lipGap);
    expect(height / (rest.mouthWidth - rounded.mouthWidth)).toBeCloseTo(0.011 / 0.0248, 1);
    expect(rounded.lipGap).toBeCloseTo(rest.lipGap, 3);
  });

  it('moves both sides of the gap alike, neither corners nor nose nor chin', () => {
    for (const [i, upper] of INNER_LIPS.upper.entries()) {
      expect(LIP_EVERSION[INNER_LIPS.lower[i]!]).toBeCloseTo(LIP_EVERSION[upper]!, 9);
    }
    for (const v of [OUTER_LIPS.upper[0]!, OUTER_LIPS.upper[10]!, PLACES.noseBase, PLACES.chin]) {
      expect(Math.abs(LIP_EVERSION[v]!)).toBeLessThan(0.0045);
    }
  });

  it('leaves unpuckered lips as they are', () => {
    const displacement = new Float32Array(KEYPOINT_COUNT * 3);
    evertLips(0, displacement);
    expect(displacement.every((x) => x === 0)).toBe(true);
  });
});
