import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { uniformAt } from '../math/random.ts';
import { createArticulationEditor, vectorOf } from './articulation.ts';
import { createCanonicalSource } from './canonical-source.ts';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX, type Coefficient } from './coefficients.ts';
import { ARTICULATIONS, type Articulation } from './emotions.ts';
import { measureFace } from './measures.ts';
import { readMeshBasis } from './mesh-basis.ts';
import { createMeshMotionSpace } from './mesh-motion-space.ts';
import { writeHeadFrame, writePoseMatrix } from './pose-matrix.ts';

const basis = readMeshBasis(readFileSync(new URL('../../assets/mesh-basis.bin', import.meta.url)));
const edit = createArticulationEditor(basis);
const space = createMeshMotionSpace(basis);
const source = createCanonicalSource(basis);
const zero = new Float32Array(COEFFICIENT_COUNT);

/** Speech-like lips with left and right alike. */
const lipsAt = (frame: number): Float32Array => {
  const out = new Float32Array(COEFFICIENT_COUNT);
  const set = (name: string, amount: number) => {
    for (const n of [name, `${name}Left`, `${name}Right`]) {
      const index = COEFFICIENT_INDEX[n as Coefficient] as number | undefined;
      if (index !== undefined) out[index] = amount;
    }
  };
  const u = (stream: number) => uniformAt(3, stream, frame);
  if (frame % 8 === 0) {
    set('jawOpen', 0.05);
    set('mouthClose', 0.06);
    set('mouthPress', 0.5);
    return out;
  }
  set('jawOpen', 0.08 + 0.35 * u(1));
  set(u(2) < 0.5 ? 'mouthPucker' : 'mouthStretch', 0.35 * u(3));
  set('mouthFunnel', 0.2 * u(4));
  set('mouthLowerDown', 0.3 * u(5));
  return out;
};
/** What each edit is to scale. */
interface Measures extends Readonly<Record<Articulation, number>> {
  readonly gapPerWidth: number;
  readonly protrusion: number;
}
const measured = (lips: Float32Array): Measures => {
  const frame = space.compose(source, {
    lips,
    emotion: zero,
    life: zero,
    head: { pitch: 0, yaw: 0, roll: 0, shift: [0, 0, 0] },
    gaze: { yaw: 0, pitch: 0 },
  });
  const matrix = new Float64Array(9);
  writePoseMatrix(frame.pose, matrix);
  const head = new Float32Array(frame.keypoints.length);
  writeHeadFrame(frame.keypoints, frame.pose, matrix, head);
  const { lipGap, outerLipOpening, mouthWidth, lipGapPerWidth, lipProtrusion } = measureFace(head);
  return {
    opening: lipGap,
    pursing: outerLipOpening - lipGap,
    widening: mouthWidth,
    gapPerWidth: lipGapPerWidth,
    protrusion: lipProtrusion,
  };
};
const rest = measured(zero);
const clip = (scales: Partial<Record<Articulation, number>>) =>
  Array.from({ length: 64 }, (_, frame) => {
    const lips = lipsAt(frame);
    edit(lips, { opening: 1, pursing: 1, widening: 1, ...scales });
    return measured(lips);
  });
const deviation = (values: readonly Measures[], name: Articulation) =>
  Math.sqrt(values.reduce((sum, m) => sum + (m[name] - rest[name]) ** 2, 0) / values.length);

describe('articulation', () => {
  const plain = clip({});

  it('scales its own measure by at least 30 % at 0.5 and 1.5, monotonically', () => {
    for (const name of ARTICULATIONS) {
      const sizes = [0.5, 0.75, 1, 1.25, 1.5].map((scale) => {
        const edited = clip({ [name]: scale });
        return name === 'widening' ? widest(edited) : deviation(edited, name);
      });
      for (let i = 1; i < sizes.length; i++) expect(sizes[i]).toBeGreaterThan(sizes[i - 1]!);
      expect(sizes[0]! / sizes[2]!).toBeLessThan(0.7);
      expect(sizes[4]! / sizes[2]!).toBeGreaterThan(1.3);
    }
  });

  it('leaves the others: all by opening and widening, the gap by pursing', () => {
    const moved = (name: Articulation, other: Articulation) =>
      shift(plain, clip({ [name]: 1.5 }), other) / deviation(plain, other);
    for (const name of ARTICULATIONS) {
      for (const other of ARTICULATIONS) {
        if (other === name || (name === 'pursing' && other === 'widening')) continue;
        expect(moved(name, other)).toBeLessThan(0.1 * moved(name, name));
      }
    }
  });

  it('narrows a rounded mouth by more pursing and never by more widening', () => {
    const [pursed, widened, flat] = [clip({ pursing: 1.5 }), clip({ widening: 2 }), clip({ widening: 0 })];
    const round = plain.map((_, i) => i).filter((i) => lipsAt(i)[COEFFICIENT_INDEX.mouthPucker]! > 0.15);
    expect(round.length).toBeGreaterThan(5);
    for (const i of round) {
      expect(pursed[i]!.widening).toBeLessThan(plain[i]!.widening - 0.01);
      expect(pursed[i]!.pursing).toBeGreaterThan(plain[i]!.pursing);
    }
    plain.forEach(({ widening }, i) => {
      expect(widened[i]!.widening).toBeGreaterThanOrEqual(widening - 1e-4);
      expect(flat[i]!.widening).toBeLessThanOrEqual(widening + 1e-4);
    });
  });

  it('scales a further articulation along its vector and nothing beside it', () => {
    const bare = vectorOf({ mouthUpperUpLeft: 0.5, mouthUpperUpRight: 0.5 });
    const lips = lipsAt(5);
    lips[COEFFICIENT_INDEX.mouthUpperUpLeft] = 0.3;
    lips[COEFFICIENT_INDEX.mouthUpperUpRight] = 0.1;
    const before = lips.slice();
    edit(lips, { opening: 1, pursing: 1, widening: 1 }, [{ vector: bare, scale: 2 }]);
    expect(lips[COEFFICIENT_INDEX.mouthUpperUpLeft]).toBeCloseTo(0.5, 6);
    expect(lips[COEFFICIENT_INDEX.mouthUpperUpRight]).toBeCloseTo(0.3, 6);
    for (const name of ['jawOpen', 'mouthPucker', 'mouthStretchLeft'] as const) {
      expect(lips[COEFFICIENT_INDEX[name]]).toBe(before[COEFFICIENT_INDEX[name]]);
    }
  });

  it('brings the lips forward by pursing alone', () => {
    const spread = Math.sqrt(plain.reduce((sum, m) => sum + (m.protrusion - rest.protrusion) ** 2, 0) / plain.length);
    for (const name of ARTICULATIONS) {
      const edited = clip({ [name]: 1.5 });
      const change =
        edited.reduce((sum, m, i) => sum + Math.abs(m.protrusion - plain[i]!.protrusion), 0) / plain.length;
      if (name === 'pursing') expect(change / spread).toBeGreaterThan(0.3);
      else expect(change / spread).toBeLessThan(0.05);
    }
  });

  it('keeps closures', () => {
    for (const name of ARTICULATIONS) {
      const edited = clip({ [name]: 2 });
      for (let frame = 0; frame < 64; frame += 8) expect(edited[frame]!.gapPerWidth).toBeLessThan(0.02);
    }
  });

  it('does not depend on the order of edits and leaves rest alone', () => {
    const together = lipsAt(5);
    edit(together, { opening: 1.4, pursing: 1.2, widening: 0.7 });
    const apart = lipsAt(5);
    edit(apart, { opening: 1, pursing: 1, widening: 0.7 });
    edit(apart, { opening: 1, pursing: 1.2, widening: 1 });
    edit(apart, { opening: 1.4, pursing: 1, widening: 1 });
    for (const [k, value] of together.entries()) expect(apart[k]).toBeCloseTo(value, 5);
    const still = new Float32Array(COEFFICIENT_COUNT);
    edit(still, { opening: 2, pursing: 2, widening: 2 });
    expect(still).toEqual(zero);
  });
});

/** Mean width beyond rest where the lips are spread. */
function widest(frames: readonly Measures[]): number {
  const spread = frames.map((m, i) =>
    lipsAt(i)[COEFFICIENT_INDEX.mouthStretchLeft]! > 0.1 ? [m.widening - narrow(i)] : [],
  );
  const values = spread.flat();
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** Width of the same lips without what spreads them. */
function narrow(frame: number): number {
  const lips = lipsAt(frame);
  lips[COEFFICIENT_INDEX.mouthStretchLeft] = lips[COEFFICIENT_INDEX.mouthStretchRight] = 0;
  return measured(lips).widening;
}

function shift(a: readonly Measures[], b: readonly Measures[], name: Articulation): number {
  return Math.sqrt(a.reduce((sum, m, i) => sum + (m[name] - b[i]![name]) ** 2, 0) / a.length);
}
