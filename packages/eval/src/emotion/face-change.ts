import { createFaceMeasures, type FaceMeasures, LEFT_BROW, measureFace, PLACES, RIGHT_BROW } from '@pctalk/core';

/**
 * What emotion does to a face besides its lips' speech, in the order tables show it: heights of the inner and outer half of
 * the brows over their eyes (AU1, 2, 4), distance of the brows (AU4), opening of the lids (AU5, 7), height of the wings of
 * the nose over the nose base (AU9), of the upper lip over the nose base (less is raised: AU10), of the corners of the mouth
 * over its middle (AU12, 15), width of the mouth (AU12, 20), gap of the lips (AU25) and way of the chin from the nose base
 * (AU17, 26).
 */
export const FACE_SHAPE = [
  'browInner',
  'browOuter',
  'browsApart',
  'eyeOpening',
  'noseWing',
  'upperLip',
  'cornerLift',
  'mouthWidth',
  'lipGap',
  'chinDrop',
] as const;

/** The measures above, means over frames, U. */
export type FaceShape = Readonly<Record<(typeof FACE_SHAPE)[number], number>>;

const INNER_BROWS = [3, 4].flatMap((i) => [RIGHT_BROW.lower[i]!, LEFT_BROW.lower[i]!]);
const OUTER_BROWS = [0, 1, 2].flatMap((i) => [RIGHT_BROW.lower[i]!, LEFT_BROW.lower[i]!]);
const EYE_CORNERS = [PLACES.rightEyeOuter, PLACES.rightEyeInner, PLACES.leftEyeInner, PLACES.leftEyeOuter];
const [RIGHT_INNER_BROW, LEFT_INNER_BROW] = [RIGHT_BROW.lower[4]!, LEFT_BROW.lower[4]!];
const NOSE_WINGS = [129, 358];
const UPPER_LIP = [0, 37, 267];

/** Collects measures of frames. */
export class FaceShapeMean {
  readonly #measures: FaceMeasures = createFaceMeasures();
  readonly #sums = Object.fromEntries(FACE_SHAPE.map((name) => [name, 0])) as Record<keyof FaceShape, number>;
  #count = 0;

  /** @param head landmarks in the head frame `[478 × 3]`, U. @returns the measures of this frame, overwritten by the next. */
  add(head: Float32Array): FaceMeasures {
    const m = measureFace(head, this.#measures);
    const eyes = heightOf(head, EYE_CORNERS);
    const noseBase = head[PLACES.noseBase * 3 + 1]!;
    const sums = this.#sums;
    sums.browInner += eyes - heightOf(head, INNER_BROWS);
    sums.browOuter += eyes - heightOf(head, OUTER_BROWS);
    sums.browsApart += head[LEFT_INNER_BROW * 3]! - head[RIGHT_INNER_BROW * 3]!;
    sums.eyeOpening += (m.eyeOpeningLeft + m.eyeOpeningRight) / 2;
    sums.noseWing += noseBase - heightOf(head, NOSE_WINGS);
    sums.upperLip += heightOf(head, UPPER_LIP) - noseBase;
    sums.cornerLift += m.cornerLift;
    sums.mouthWidth += m.mouthWidth;
    sums.lipGap += m.lipGap;
    sums.chinDrop += head[PLACES.chin * 3 + 1]! - noseBase;
    this.#count++;
    return m;
  }

  /** Means so far. */
  shape(): FaceShape {
    return shapeOf((name) => this.#sums[name] / this.#count);
  }
}

/** a − b. */
export function shapeDifference(a: FaceShape, b: FaceShape): FaceShape {
  return shapeOf((name) => a[name] - b[name]);
}

/** The mean of several. */
export function meanShape(shapes: readonly FaceShape[]): FaceShape {
  return shapeOf((name) => shapes.reduce((sum, shape) => sum + shape[name], 0) / shapes.length);
}

function shapeOf(value: (name: keyof FaceShape) => number): FaceShape {
  return Object.fromEntries(FACE_SHAPE.map((name) => [name, value(name)])) as FaceShape;
}

/** Mean y of vertices; y points down. */
function heightOf(head: Float32Array, vertices: readonly number[]): number {
  return vertices.reduce((sum, v) => sum + head[v * 3 + 1]!, 0) / vertices.length;
}
