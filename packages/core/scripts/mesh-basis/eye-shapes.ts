/**
 * Brow, lid, cheek and nose movements on the canonical face, U at coefficient 1; written for the subject's right (image
 * left) and mirrored, split left/right later.
 *
 * Sizes: brows up .095; blink = the whole gap along the lid curves, lid skin .52, crease .14 of it.
 */
import { RIGHT_EYE } from '../../src/face/canonical-mesh.ts';
import type { Displacement } from './biharmonic.ts';
import { at, PINS, Shape } from './handles.ts';

const UPPER_BLINK_SHARE = 0.94;
const LID_FOLLOWS = 0.52;
const CREASE_FOLLOWS = 0.14;
const COLUMNS = RIGHT_EYE.margin.upper.length;

const middleFace = [PINS.nose, PINS.upperOval, PINS.jawOval, PINS.chin, [61, 0, 17, 13, 14]];
const lids = () => new Shape().pin(...middleFace, PINS.brows, PINS.forehead, PINS.glabella, PINS.bridge, PINS.cheeks);
const column = (i: number): number => Math.sin((Math.PI * i) / (COLUMNS - 1));

function gap(i: number): Displacement {
  const [upper, lower] = [RIGHT_EYE.margin.upper[i]!, RIGHT_EYE.margin.lower[i]!];
  return [at(lower, 0) - at(upper, 0), at(lower, 1) - at(upper, 1), at(lower, 2) - at(upper, 2)];
}

const scaled = ([x, y, z]: Displacement, by: number): Displacement => [x * by, y * by, z * by];

function eyeBlink(): Shape {
  const shape = lids();
  for (let i = 0; i < COLUMNS; i++) {
    const g = gap(i);
    shape.move(RIGHT_EYE.margin.upper[i]!, scaled(g, UPPER_BLINK_SHARE));
    shape.move(RIGHT_EYE.margin.lower[i]!, scaled(g, UPPER_BLINK_SHARE - 1));
    shape.move(RIGHT_EYE.lid.upper[i]!, scaled(g, LID_FOLLOWS));
    shape.move(RIGHT_EYE.lid.lower[i]!, scaled(g, -0.04));
    shape.move(RIGHT_EYE.crease.upper[i]!, scaled(g, CREASE_FOLLOWS));
    shape.move(RIGHT_EYE.crease.lower[i]!, scaled(g, -0.02));
  }
  return shape;
}

function eyeSquint(): Shape {
  const shape = lids();
  for (let i = 0; i < COLUMNS; i++) {
    const g = gap(i);
    shape.move(RIGHT_EYE.margin.upper[i]!, scaled(g, 0.16));
    shape.move(RIGHT_EYE.margin.lower[i]!, scaled(g, -0.34));
    shape.move(RIGHT_EYE.lid.upper[i]!, scaled(g, 0.12));
    shape.move(RIGHT_EYE.lid.lower[i]!, [0, -0.026 * column(i), -0.004 * column(i)]);
    shape.move(RIGHT_EYE.crease.upper[i]!, scaled(g, 0.06));
    shape.move(RIGHT_EYE.crease.lower[i]!, [0, -0.016 * column(i), -0.003 * column(i)]);
  }
  return shape;
}

function eyeWide(): Shape {
  const shape = lids();
  for (let i = 0; i < COLUMNS; i++) {
    shape.move(RIGHT_EYE.margin.upper[i]!, [0, -0.046 * column(i), 0]);
    shape.move(RIGHT_EYE.margin.lower[i]!, [0, 0.009 * column(i), 0]);
    shape.move(RIGHT_EYE.lid.upper[i]!, [0, -0.034 * column(i), 0.004 * column(i)]);
    shape.move(RIGHT_EYE.lid.lower[i]!, [0, 0.005 * column(i), 0]);
    shape.move(RIGHT_EYE.crease.upper[i]!, [0, -0.018 * column(i), 0]);
    shape.move(RIGHT_EYE.crease.lower[i]!, [0, 0.001 * column(i), 0]);
  }
  return shape;
}

const browPins = () =>
  new Shape().pin(...middleFace, PINS.eyes, PINS.bridge, PINS.cheeks, PINS.cheekbones, [10, 109, 67, 103, 54, 21]);
/** Moves the brow: one displacement per column from the temple to the nose, lower edge like the upper. */
function brow(shape: Shape, columns: readonly Displacement[], foreheadShare: number, creaseShare: number): Shape {
  const rows = [
    [70, 63, 105, 66, 107],
    [46, 53, 52, 65, 55],
  ];
  for (const row of rows) for (const [i, vertex] of row.entries()) shape.move(vertex, columns[i]!);
  const forehead = [68, 104, 69, 108];
  for (const [i, vertex] of forehead.entries()) shape.move(vertex, scaled(columns[i + 1]!, foreheadShare));
  const creases: readonly (readonly [number, number])[] = [
    [113, 0],
    [225, 0.5],
    [224, 1],
    [223, 2],
    [222, 3],
    [221, 3.5],
    [189, 4],
  ];
  for (const [vertex, place] of creases) {
    const [low, high] = [columns[Math.floor(place)]!, columns[Math.ceil(place)]!];
    const share = vertex === 189 ? creaseShare * 0.3 : vertex === 113 ? creaseShare * 0.6 : creaseShare;
    shape.move(vertex, [0, share * (low[1] + high[1]) * 0.5, share * (low[2] + high[2]) * 0.5]);
  }
  return shape;
}

function browDown(): Shape {
  const shape = brow(
    browPins(),
    [
      [0.002, 0.018, 0],
      [0.007, 0.038, -0.002],
      [0.014, 0.055, -0.006],
      [0.024, 0.068, -0.011],
      [0.03, 0.073, -0.014],
    ],
    0.3,
    0.5,
  );
  return shape
    .move(9, [0, 0.03, -0.008])
    .move(8, [0, 0.03, -0.008])
    .move(168, [0, 0.014, -0.003])
    .move(193, [0.01, 0.022, -0.004]);
}

function browInnerUp(): Shape {
  const shape = brow(
    browPins(),
    [
      [0, 0.004, 0],
      [0.002, -0.008, 0],
      [0.006, -0.04, 0],
      [0.01, -0.078, 0.002],
      [0.012, -0.095, 0.004],
    ],
    0.42,
    0.34,
  );
  return shape.move(9, [0, -0.06, 0.002]).move(8, [0, -0.034, 0]).move(151, [0, -0.035, 0.002]);
}

function browOuterUp(): Shape {
  const shape = brow(
    browPins(),
    [
      [-0.006, -0.062, 0.006],
      [-0.004, -0.088, 0.006],
      [-0.002, -0.092, 0.004],
      [0, -0.05, 0.002],
      [0, -0.014, 0],
    ],
    0.42,
    0.34,
  );
  return shape.pin([9, 8, 151]);
}

function cheekSquint(): Shape {
  const shape = new Shape().pin(
    PINS.nose,
    PINS.upperOval,
    PINS.jawOval,
    PINS.chin,
    PINS.brows,
    PINS.bridge,
    PINS.forehead,
  );
  shape.lips(() => [0, 0, 0]).pin(PINS.jawSide);
  shape.move(50, [-0.012, -0.045, -0.022]).move(101, [-0.004, -0.046, -0.018]).move(36, [-0.006, -0.034, -0.012]);
  shape.move(118, [-0.002, -0.036, -0.012]).move(119, [0, -0.034, -0.01]).move(205, [-0.01, -0.036, -0.016]);
  shape.move(187, [-0.008, -0.026, -0.008]);
  for (let i = 0; i < COLUMNS; i++) {
    const c = column(i);
    shape.move(RIGHT_EYE.margin.upper[i]!, [0, 0.004 * c, 0]);
    shape.move(RIGHT_EYE.lid.upper[i]!, [0, 0.004 * c, 0]);
    shape.move(RIGHT_EYE.margin.lower[i]!, [0, -0.022 * c, -0.002 * c]);
    shape.move(RIGHT_EYE.lid.lower[i]!, [0, -0.027 * c, -0.005 * c]);
    shape.move(RIGHT_EYE.crease.lower[i]!, [0, -0.032 * c, -0.009 * c]);
  }
  return shape;
}

/** The levator lifts the lip beside its middle: .4 at the philtrum, 1 at a third of the way, 0 at the corner. */
const sideRise = (a: number): number => Math.max(0, (0.4 + 2.2 * a - 2.6 * a * a) / 0.865);

function noseSneer(): Shape {
  const shape = new Shape().pin(
    PINS.upperOval,
    PINS.jawOval,
    PINS.chin,
    PINS.forehead,
    PINS.eyes,
    [4, 1, 19, 94, 2, 6, 17, 14],
  );
  for (const vertex of [129, 102, 48]) shape.move(vertex, [-0.008, -0.034, 0.002]);
  for (const vertex of [64, 98]) shape.move(vertex, [-0.006, -0.03, 0]);
  shape.move(203, [-0.004, -0.036, -0.012]).move(36, [-0.002, -0.026, -0.012]).move(142, [0, -0.026, -0.012]);
  shape.move(126, [0.002, -0.022, -0.008]).move(165, [-0.002, -0.032, -0.004]).move(101, [0, -0.018, -0.008]);
  shape
    .move(55, [0.006, 0.008, -0.003])
    .move(107, [0.005, 0.006, -0.003])
    .move(65, [0.003, 0.005, 0])
    .move(66, [0.002, 0.003, 0]);
  shape.move(193, [0.004, 0.008, -0.006]).move(122, [0.002, -0.006, -0.008]).move(188, [0.002, -0.012, -0.008]);
  shape.pin([70, 46, 63, 53]);
  shape.lips(({ t, upper }) => [0, upper ? -0.026 * sideRise(Math.abs(t)) : 0, 0]);
  return shape;
}

/** Handles of every movement above the mouth, by unsided name. */
export const EYE_SHAPES: Readonly<Record<string, () => Shape>> = {
  browDown,
  browInnerUp,
  browOuterUp,
  eyeBlink,
  eyeSquint,
  eyeWide,
  cheekSquint,
  noseSneer,
};
