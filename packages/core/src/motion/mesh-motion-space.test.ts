import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { INNER_LIPS, LEFT_EYE, RIGHT_EYE, SKIN_TRIANGLES } from '../face/canonical-mesh.ts';
import { uniformAt } from '../math/random.ts';
import { createCanonicalSource } from './canonical-source.ts';
import { sourceLips } from './coefficient-sum.ts';
import {
  COEFFICIENT_COUNT,
  COEFFICIENT_INDEX,
  COEFFICIENTS,
  type Coefficient,
  LIP_COEFFICIENTS,
} from './coefficients.ts';
import { emotionOffset } from './emotion-presets.ts';
import { EMOTIONS } from './emotions.ts';
import { measureFace } from './measures.ts';
import { readMeshBasis } from './mesh-basis.ts';
import { createMeshMotionSpace, HEAD_PIVOT } from './mesh-motion-space.ts';
import type { DrivenFrame, HeadPose, MotionFrame, SourceTick } from './motion-space.ts';
import { writeHeadFrame, writeImageFrame, writePoseMatrix } from './pose-matrix.ts';

const basis = readMeshBasis(readFileSync(new URL('../../assets/mesh-basis.bin', import.meta.url)));
const space = createMeshMotionSpace(basis);
const TURNED: HeadPose = { pitch: 0.1, yaw: -0.3, roll: 0.15, scale: 170, translation: [250, 300, 20] };

const vector = (amounts: Partial<Record<Coefficient, number>> = {}): Float32Array => {
  const out = new Float32Array(COEFFICIENT_COUNT);
  for (const [name, amount] of Object.entries(amounts)) out[COEFFICIENT_INDEX[name as Coefficient]] = amount;
  return out;
};
const still = { pitch: 0, yaw: 0, roll: 0, shift: [0, 0, 0] } as const;
const motion = (parts: Partial<MotionFrame> = {}): MotionFrame => ({
  lips: vector(),
  emotion: vector(),
  life: vector(),
  head: still,
  gaze: { yaw: 0, pitch: 0 },
  ...parts,
});
const emotion = (name: (typeof EMOTIONS)[number], intensity = 1): Float32Array => {
  const out = vector();
  emotionOffset([{ emotion: name, region: 'all', intensity }], out);
  return out;
};
const headOf = (frame: DrivenFrame): Float32Array => {
  const matrix = new Float64Array(9);
  writePoseMatrix(frame.pose, matrix);
  const out = new Float32Array(frame.keypoints.length);
  writeHeadFrame(frame.keypoints, frame.pose, matrix, out);
  return out;
};
const gapsOf = (points: Float32Array, rows: { upper: readonly number[]; lower: readonly number[] }): number[] =>
  rows.upper.map((u, i) => points[rows.lower[i]! * 3 + 1]! - points[u * 3 + 1]!).slice(1, -1);
/** The portrait with everything opened and shifted a little by what the basis does not know. */
const oddSource = (expression: Float32Array, seed: number): SourceTick => {
  const source = createCanonicalSource(basis, expression, TURNED);
  const keypoints = source.keypoints.map((x, i) => x + 2 * (uniformAt(seed, 1, i) - 0.5));
  return { ...source, keypoints };
};
const measure = (source: SourceTick, parts: Partial<MotionFrame>) =>
  measureFace(headOf(space.compose(source, motion(parts))));

/** A syllable stream: open vowels, spread and round ones, and a closure every eighth frame. */
const speech = (frame: number): Float32Array => {
  if (frame % 8 === 0) return vector({ jawOpen: 0.06, mouthClose: 0.08, mouthPressLeft: 0.6, mouthPressRight: 0.6 });
  const u = (stream: number) => uniformAt(5, stream, Math.floor(frame / 2));
  return vector({
    jawOpen: 0.1 + 0.4 * u(1),
    mouthPucker: 0.5 * u(2) ** 2,
    mouthFunnel: 0.3 * u(3) ** 2,
    mouthStretchLeft: 0.4 * u(4) ** 2,
    mouthStretchRight: 0.4 * u(4) ** 2,
    mouthLowerDownLeft: 0.3 * u(5),
    mouthLowerDownRight: 0.3 * u(5),
  });
};

describe('mesh motion space: compose', () => {
  it('returns K_s exactly when nothing changes, whatever the source does', () => {
    const expressions = [vector(), vector({ jawOpen: 0.3, mouthSmileLeft: 0.6, browDownLeft: 0.2, eyeBlinkLeft: 0.1 })];
    for (const [seed, expression] of expressions.entries()) {
      const source = oddSource(expression, seed);
      const lips = vector();
      sourceLips(expression, lips);
      expect(space.compose(source, motion({ lips })).keypoints).toEqual(source.keypoints);
    }
  });

  it('goes there continuously', () => {
    const expression = vector({ jawOpen: 0.3, mouthSmileLeft: 0.5, mouthUpperUpLeft: 0.4 });
    const source = oddSource(expression, 3);
    const lips = vector();
    sourceLips(expression, lips);
    lips[COEFFICIENT_INDEX.jawOpen]! += 1e-4;
    const { keypoints } = space.compose(source, motion({ lips }));
    expect(Math.max(...keypoints.map((x, i) => Math.abs(x - source.keypoints[i]!)))).toBeLessThan(0.05);
  });

  it('adds basis · c in the head frame and turns it with the head', () => {
    const source = createCanonicalSource(basis, vector(), TURNED);
    const head = { pitch: 0.05, yaw: 0.2, roll: -0.1, shift: [0.02, 0.01, 0] } as const;
    const frame = space.compose(source, motion({ lips: vector({ jawOpen: 0.5 }), head }));
    const chin = headOf(frame).slice(152 * 3, 152 * 3 + 3);
    const start = (COEFFICIENT_INDEX.jawOpen * 468 + 152) * 3;
    for (let axis = 0; axis < 3; axis++) {
      const expected = source.neutral[152 * 3 + axis]! + 0.5 * basis.displacements[start + axis]!;
      expect(chin[axis]).toBeCloseTo(expected, 3);
    }
  });

  it('turns the head about the neck', () => {
    const source = createCanonicalSource(basis, vector(), TURNED);
    const pivot = Float32Array.from(HEAD_PIVOT);
    const where = (pose: HeadPose) => {
      const matrix = new Float64Array(9);
      writePoseMatrix(pose, matrix);
      const out = new Float32Array(3);
      writeImageFrame(pivot, pose, matrix, out);
      return [...out];
    };
    const { pose } = space.compose(source, motion({ head: { ...still, yaw: 0.4, pitch: 0.2 } }));
    for (const [axis, value] of where(pose).entries()) expect(value).toBeCloseTo(where(source.pose)[axis]!, 3);
    expect(pose.yaw).toBeCloseTo(TURNED.yaw + 0.4, 6);
  });

  it('never lets lips or lids cross, on random frames and odd faces', () => {
    for (let trial = 0; trial < 300; trial++) {
      const random = (stream: number) =>
        vector(Object.fromEntries(COEFFICIENTS.map((n, i) => [n, uniformAt(trial, stream, i) ** 2 * 1.2])));
      const source = oddSource(trial % 2 === 0 ? vector() : vector({ jawOpen: 0.2, mouthUpperUpLeft: 0.3 }), trial);
      const before = headOf({ ...space.compose(source, motion()), keypoints: source.keypoints, pose: source.pose });
      const frame = headOf(
        space.compose(
          source,
          motion({ lips: random(11), emotion: random(12), life: random(13), gaze: { yaw: 0.2, pitch: 0.3 } }),
        ),
      );
      for (const rows of [INNER_LIPS, RIGHT_EYE.margin, LEFT_EYE.margin]) {
        const own = gapsOf(before, rows);
        for (const [i, gap] of gapsOf(frame, rows).entries()) expect(gap).toBeGreaterThan(Math.min(0, own[i]!) - 1e-3);
      }
    }
  });

  it('keeps closures and the shape of the gap curve under every emotion at full intensity', () => {
    const source = createCanonicalSource(basis);
    const curve = (name: (typeof EMOTIONS)[number]) =>
      Array.from(
        { length: 120 },
        (_, f) => measure(source, { lips: speech(f), emotion: emotion(name) }).lipGapPerWidth,
      );
    const plain = curve('neutral');
    expect(plain.filter((gap) => gap < 0.01).length).toBe(15);
    for (const name of EMOTIONS) {
      const felt = curve(name);
      for (let f = 0; f < 120; f += 8) expect(felt[f]).toBeLessThan(0.01);
      expect(correlation(plain, felt)).toBeGreaterThan(0.95);
    }
  });

  it('lets surprise part lips that rest, and none that speech presses, at any lip scale', () => {
    const source = createCanonicalSource(basis);
    const surprised = (lips: Float32Array) => measure(source, { lips, emotion: emotion('surprised') }).lipGap;
    expect(surprised(vector())).toBeGreaterThan(0.03);
    for (const scale of [0.4, 1, 1.4]) {
      const p = { jawOpen: 0.15, mouthClose: 0.15, mouthPressLeft: 0.12, mouthPressRight: 0.12 };
      expect(surprised(vector(p).map((x) => scale * x))).toBeLessThan(0.006);
    }
  });

  it('closes a mouth that is open in the photo', () => {
    const source = oddSource(
      vector({ jawOpen: 0.35, mouthUpperUpLeft: 0.4, mouthUpperUpRight: 0.4, mouthSmileLeft: 0.7 }),
      9,
    );
    expect(measure(source, {}).lipGap).toBeLessThan(0.012);
    expect(measure(source, { lips: speech(0) }).lipGap).toBeLessThan(0.004);
  });

  it('shuts the eyes at blink 1, under every emotion and gaze', () => {
    for (const name of EMOTIONS) {
      const life = vector({ eyeBlinkLeft: 1, eyeBlinkRight: 1 });
      const m = measure(oddSource(vector(), 4), { life, emotion: emotion(name), gaze: { yaw: 0.1, pitch: -0.2 } });
      expect(Math.max(m.eyeOpeningLeft, m.eyeOpeningRight)).toBeLessThan(1e-3);
    }
  });

  it('lets irises and lids follow the gaze', () => {
    const source = createCanonicalSource(basis);
    const at = (gaze: { yaw: number; pitch: number }) => headOf(space.compose(source, motion({ gaze })));
    const centre = at({ yaw: 0, pitch: 0 });
    const aside = at({ yaw: 0.3, pitch: 0 });
    const down = at({ yaw: 0, pitch: 0.3 });
    for (const iris of [468, 473]) {
      expect(aside[iris * 3]! - centre[iris * 3]!).toBeCloseTo(0.133 * Math.sin(0.3), 3);
      expect(down[iris * 3 + 1]! - centre[iris * 3 + 1]!).toBeCloseTo(0.133 * Math.sin(0.3), 3);
    }
    expect(measureFace(down).eyeOpeningLeft).toBeLessThan(measureFace(centre).eyeOpeningLeft - 0.01);
    expect(measureFace(aside).eyeOpeningLeft).toBeCloseTo(measureFace(centre).eyeOpeningLeft, 4);
  });

  it('scales with the lips linearly and moves nothing above them', () => {
    const source = createCanonicalSource(basis);
    const whole = speech(3);
    const steps = Array.from({ length: 17 }, (_, i) => i / 10);
    const measures = steps.map((scale) => measure(source, { lips: whole.map((x) => x * scale) }));
    expect(
      correlation(
        steps,
        measures.map((m) => m.outerLipOpening),
      ) ** 2,
    ).toBeGreaterThan(0.999);
    expect(
      correlation(
        steps,
        measures.map((m) => m.lipGap),
      ) ** 2,
    ).toBeGreaterThan(0.998);
    for (const m of measures) {
      expect(Math.abs(m.browHeightLeft - measures[0]!.browHeightLeft)).toBeLessThan(0.005);
      expect(Math.abs(m.eyeOpeningLeft - measures[0]!.eyeOpeningLeft)).toBeLessThan(0.005);
    }
  });

  it('grows with every emotion and bounds the sum', () => {
    const source = createCanonicalSource(basis);
    const smile = [0, 0.25, 0.5, 0.75, 1].map(
      (level) => measure(source, { emotion: emotion('happy', level) }).cornerLift,
    );
    for (let i = 1; i < smile.length; i++) expect(smile[i]).toBeGreaterThan(smile[i - 1]! + 0.01);
    const huge = space.compose(source, motion({ lips: vector({ jawOpen: 9 }), emotion: emotion('happy', 40) }));
    expect(Math.max(...huge.coefficients)).toBeLessThanOrEqual(1.3);
  });

  it('folds no triangle of the skin larger than a sliver under any emotion, silent or speaking', () => {
    const source = createCanonicalSource(basis);
    for (const name of EMOTIONS) {
      for (const lips of [vector(), vector({ jawOpen: 0.5 }), vector({ mouthPucker: 0.8, mouthFunnel: 0.4 })]) {
        const { keypoints } = space.compose(source, motion({ lips, emotion: emotion(name) }));
        for (let t = 0; t < SKIN_TRIANGLES.length; t += 3) {
          const before = areaOf(source.keypoints, t);
          if (Math.abs(before) > 20) expect(areaOf(keypoints, t) * Math.sign(before)).toBeGreaterThan(-4);
        }
      }
    }
  });

  it('names a place for every lip coefficient in D_l', () => {
    const whole = new Float32Array(COEFFICIENT_COUNT).fill(1);
    const lips = vector();
    sourceLips(whole, lips);
    for (const [k, weight] of lips.entries()) {
      if (weight === 1) expect(LIP_COEFFICIENTS).toContain(COEFFICIENTS[k]);
    }
    expect(lips[COEFFICIENT_INDEX.mouthSmileLeft]).toBe(0);
  });
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (v: readonly number[]) => v.reduce((s, x) => s + x, 0) / v.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [i, x] of a.entries()) {
    ab += (x - ma) * (b[i]! - mb);
    aa += (x - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Twice the area of a triangle on the picture, with the sign of its turn. */
function areaOf(points: Float32Array, t: number): number {
  const [a, b, c] = [0, 1, 2].map((k) => SKIN_TRIANGLES[t + k]! * 3) as [number, number, number];
  const across = (points[b]! - points[a]!) * (points[c + 1]! - points[a + 1]!);
  return across - (points[c]! - points[a]!) * (points[b + 1]! - points[a + 1]!);
}
