/**
 * Mouth and jaw movements on the canonical face, U at coefficient 1. Symmetric movements are split left/right later.
 *
 * Sizes: jaw .28 down .08 back, corners .30 of it; pucker −38 % width, −.09 deep; funnel −30 %; stretch +20 %; smile
 * corners .075 out .085 up; frown .065; lip rises .055 / .06. Signs: x is written for the subject's right (image left,
 * x < 0), so −x is outward there.
 */

import { INNER_LIPS } from '../../src/face/canonical-mesh.ts';
import type { Coefficient } from '../../src/motion/coefficients.ts';
import { solveBiharmonic } from './biharmonic.ts';
import { at, ease, PINS, Shape, UPPER_FACE } from './handles.ts';

type MouthShape = Extract<Coefficient, `mouth${string}` | `jaw${string}`>;
/** Movements solved whole and split afterwards carry no side. */
export type Unsided<T extends string> = T extends `${infer Name}Left` | `${infer Name}Right` ? Name : T;

const JAW_DOWN = 0.28;
const JAW_BACK = 0.08;
const CORNER_FOLLOWS = 0.3;
/** Share of the jaw's movement along the jaw line, from the chin to the ear. */
const JAW_LINE: readonly (readonly [number, number])[] = [
  [152, 1], [148, 0.99], [176, 0.96], [149, 0.89], [150, 0.78], [136, 0.62], [172, 0.44], [58, 0.27],
  [132, 0.13], [93, 0.05], [175, 1], [199, 1], [200, 1], [171, 0.99], [208, 0.99], [201, 0.99], [140, 0.96], [32, 0.96],
  [170, 0.9], [169, 0.78], [135, 0.6], [18, 0.985], [83, 0.98],
]; // biome-ignore format: table

/** Hill of height 1 in the middle of the mouth, 0 at the corners. */
const hill = (t: number, power = 2): number => 1 - Math.abs(t) ** power;
/** Hill on each half, highest at |t| = peak. */
const sideHill = (t: number, peak: number): number => {
  const a = Math.abs(t);
  return a < peak ? 0.92 + 0.08 * ease(a / peak) : 1 - ease((a - peak) / (1 - peak));
};
const mouth = () => new Shape().pin(...UPPER_FACE, PINS.nose);
const out = (t: number): number => Math.sign(t);

function jawOpen(): Shape {
  const shape = mouth().pin(PINS.cheekbones);
  for (const [vertex, share] of JAW_LINE) shape.move(vertex, [0, JAW_DOWN * share, JAW_BACK * share]);
  return shape.lips(({ t, upper }) => {
    const a = Math.abs(t);
    const share = upper ? CORNER_FOLLOWS * a ** 3.2 : CORNER_FOLLOWS + (0.96 - CORNER_FOLLOWS) * (1 - a ** 2.6);
    return [-0.028 * out(t) * a ** 2, JAW_DOWN * share, JAW_BACK * share];
  });
}

function jawSideways(direction: 1 | -1): Shape {
  const shape = mouth().pin(PINS.cheekbones);
  for (const [vertex, share] of JAW_LINE) {
    shape.move(vertex, [0, 0, 0]);
    shape.moveOne(vertex, [direction * 0.08 * share, 0, 0]);
    if (at(vertex, 0) !== 0) shape.moveOne(mirrorOf(vertex), [direction * 0.08 * share, 0, 0]);
  }
  return shape.lips(({ t, upper }) => [direction * (upper ? 0.016 : 0.03 + 0.04 * hill(t)), 0, 0]);
}

/** Brings the lips together over an open jaw: per column 42 % from above, 58 % from below, at coefficient 1 = jawOpen 1. */
function mouthClose(): Shape {
  const jaw = solveBiharmonic(jawOpen().done);
  return mouth()
    .pin(PINS.chin, PINS.jawOval)
    .lips(({ t, row, upper }) => {
      const column = Math.round(t * 5 + 5);
      const gap = jaw[INNER_LIPS.lower[column]! * 3 + 1]! - jaw[INNER_LIPS.upper[column]! * 3 + 1]!;
      const depth = jaw[INNER_LIPS.lower[column]! * 3 + 2]! - jaw[INNER_LIPS.upper[column]! * 3 + 2]!;
      const share = [0.8, 0.88, 0.96, 1][row]! * (upper ? 0.42 : -0.58);
      return [0, gap * share, depth * share];
    });
}

function mouthFunnel(): Shape {
  const lift = [0.026, 0.03, 0.034, 0.036];
  const drop = [0.036, 0.042, 0.048, 0.052];
  return mouth()
    .pin(PINS.jawOval, [199, 175])
    .lips(({ t, row, upper, vertex }) => [
      -0.3 * at(vertex, 0),
      (upper ? -lift[row]! : drop[row]!) * hill(t, 2.4),
      -0.03 - (0.062 - 0.008 * row) * hill(t),
    ]);
}

function mouthPucker(): Shape {
  return mouth()
    .pin(PINS.jawOval, [199, 175])
    .lips(({ t, row, upper, vertex }) => [
      -0.38 * at(vertex, 0),
      (upper ? -1 : 1) * (0.012 - 0.004 * row) * hill(t),
      -0.035 - (0.055 + (row === 1 || row === 2 ? 0.008 : 0)) * hill(t),
    ]);
}

function mouthSideways(direction: 1 | -1): Shape {
  return mouth()
    .pin(PINS.jawOval, PINS.cheekbones)
    .lips(({ t }) => [direction * (0.085 + 0.02 * direction * t), -0.012 * direction * t, 0.012 * Math.abs(t)]);
}

function mouthSmile(): Shape {
  const shape = mouth().pin(PINS.jawOval, [200, 199]);
  shape.move(50, [-0.018, -0.038, -0.022]).move(205, [-0.026, -0.048, -0.022]).move(36, [-0.014, -0.038, -0.016]);
  shape.move(101, [-0.006, -0.026, -0.01]).move(118, [-0.004, -0.018, -0.004]).move(119, [0, -0.016, -0.002]);
  shape.move(129, [-0.014, -0.008, 0.004]).move(64, [-0.01, -0.006, 0.002]).move(98, [-0.006, -0.003, 0.002]);
  shape.move(57, [-0.07, -0.094, 0.035]).move(212, [-0.058, -0.055, 0.025]).move(187, [-0.024, -0.034, -0.004]);
  for (const [lid, rise] of [
    [7, 0.006],
    [163, 0.011],
    [144, 0.013],
    [145, 0.013],
    [153, 0.011],
    [154, 0.006],
  ] as const) {
    shape.move(lid, [0, -rise, 0]);
  }
  for (const lid of [110, 24, 23, 22, 25]) shape.move(lid, [0, -0.014, -0.003]);
  for (const fold of [228, 229, 230, 231]) shape.move(fold, [0, -0.019, -0.006]);
  return shape.lips(({ t, upper, row }) => {
    const a = Math.abs(t);
    const thin = upper ? 0.004 * (3 - row) : -0.005 * (3 - row);
    return [
      0.075 * out(t) * a ** 1.1,
      -0.085 * a ** 1.35 - (upper ? 0.012 : 0.004) * hill(t) + thin * hill(t),
      0.012 * hill(t) + 0.034 * a ** 2,
    ];
  });
}

function mouthFrown(): Shape {
  const shape = mouth().pin([152, 175], PINS.cheekbones);
  shape
    .move(57, [0, 0.084, 0.006])
    .move(202, [0, 0.05, 0])
    .move(43, [0.004, 0.058, 0.004])
    .move(200, [0, -0.012, -0.006]);
  return shape.lips(({ t, upper }) => {
    const a = Math.abs(t);
    return [
      0.01 * out(t) * a,
      0.065 * a ** 1.2 - (upper ? 0 : 0.012) * hill(t),
      0.006 * a - (upper ? 0 : 0.008) * hill(t),
    ];
  });
}

function mouthDimple(): Shape {
  const shape = mouth().pin(PINS.jawOval, PINS.cheekbones, [200, 199]);
  shape.move(57, [-0.028, -0.012, 0.045]).move(212, [-0.03, -0.008, 0.012]);
  return shape.lips(({ t, upper, row }) => {
    const a = Math.abs(t);
    return [
      0.036 * out(t) * a ** 1.5,
      -0.014 * a ** 2 + (upper ? 0.002 : -0.002) * (3 - row) * hill(t),
      0.036 * a ** 2,
    ];
  });
}

function mouthStretch(): Shape {
  const shape = mouth().pin([152, 175, 199], PINS.cheekbones);
  shape.move(57, [-0.05, 0.012, 0.03]).move(202, [-0.03, 0.016, 0.012]);
  return shape.lips(({ t, upper, row, vertex }) => {
    const a = Math.abs(t);
    return [
      0.2 * at(vertex, 0),
      0.012 * a ** 2 + (upper ? 0.003 : -0.004) * (3 - row) * hill(t),
      0.008 + 0.026 * a ** 2,
    ];
  });
}

function mouthPress(): Shape {
  const upperIn = [0.012, 0.015, 0.012, 0.008];
  const lowerIn = [0.022, 0.022, 0.016, 0.01];
  return mouth()
    .pin(PINS.jawOval, PINS.cheekbones, [199])
    .lips(({ t, row, upper }) => {
      const a = Math.abs(t);
      return [
        0.008 * out(t) * a,
        (upper ? upperIn[row]! : -lowerIn[row]!) * (0.35 + 0.65 * hill(t)),
        0.012 + 0.012 * a,
      ];
    });
}

function mouthRollLower(): Shape {
  const rise = [0.03, 0.036, 0.028, 0.012];
  const back = [0.02, 0.045, 0.058, 0.06];
  return mouth()
    .pin(PINS.jawOval, PINS.cheekbones, [199])
    .lips(({ t, row, upper }) => (upper ? [0, 0, 0] : [0, -rise[row]! * hill(t, 3), back[row]! * hill(t, 3)]));
}

function mouthRollUpper(): Shape {
  const drop = [0.018, 0.025, 0.023, 0.016];
  const back = [0.014, 0.036, 0.05, 0.054];
  return mouth()
    .pin(PINS.jawOval, PINS.cheekbones, [199])
    .lips(({ t, row, upper }) => (upper ? [0, drop[row]! * hill(t, 3), back[row]! * hill(t, 3)] : [0, 0, 0]));
}

function mouthShrugLower(): Shape {
  const shape = mouth().pin([152, 148, 176], PINS.cheekbones);
  shape.move(200, [0, -0.05, -0.022]).move(199, [0, -0.04, -0.018]).move(175, [0, -0.018, -0.01]);
  shape.move(201, [0, -0.046, -0.018]).move(208, [0, -0.036, -0.014]).move(18, [0, -0.05, -0.014]);
  return shape.lips(({ t, row, upper }) => {
    const h = hill(t);
    return upper ? [0, -0.034 * h, -0.012 * h] : [0, -(0.046 - 0.004 * row) * h, -(0.034 - 0.004 * row) * h];
  });
}

function mouthLowerDown(): Shape {
  return mouth()
    .pin([152, 175, 148], PINS.cheekbones)
    .lips(({ t, row, upper }) => {
      if (upper) return [0, 0, 0];
      const h = sideHill(t, 0.4);
      return [0.008 * out(t) * h, (0.062 - 0.001 * row) * h, (0.004 + 0.004 * row) * h];
    });
}

function mouthUpperUp(): Shape {
  const shape = mouth().pin(PINS.jawOval, [200, 199]);
  shape.move(129, [-0.004, -0.014, 0]).move(64, [-0.004, -0.016, -0.002]).move(98, [-0.004, -0.014, -0.002]);
  shape.move(203, [-0.006, -0.024, -0.008]).move(165, [-0.004, -0.034, -0.004]).move(36, [-0.002, -0.014, -0.006]);
  return shape.lips(({ t, row, upper }) => {
    if (!upper) return [0, 0, 0];
    const h = sideHill(t, 0.45);
    return [0.004 * out(t) * h, -(0.037 + 0.008 * row) * h, (0.002 + 0.004 * row) * h];
  });
}

function mirrorOf(vertex: number): number {
  const shape = new Shape().move(vertex, [1, 0, 0]);
  return [...shape.handles.keys()].find((v) => v !== vertex) ?? vertex;
}

/** Handles of every mouth movement, by unsided name. */
export const MOUTH_SHAPES: Readonly<
  Record<
    Exclude<Unsided<MouthShape>, 'jaw' | 'mouth'> | 'jawLeft' | 'jawRight' | 'mouthLeft' | 'mouthRight',
    () => Shape
  >
> = {
  jawOpen,
  jawLeft: () => jawSideways(1),
  jawRight: () => jawSideways(-1),
  mouthClose,
  mouthFunnel,
  mouthPucker,
  mouthLeft: () => mouthSideways(1),
  mouthRight: () => mouthSideways(-1),
  mouthSmile,
  mouthFrown,
  mouthDimple,
  mouthStretch,
  mouthPress,
  mouthRollLower,
  mouthRollUpper,
  mouthShrugLower,
  mouthLowerDown,
  mouthUpperUp,
};
