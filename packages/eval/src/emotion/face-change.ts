import { createFaceMeasures, type FaceMeasures, measureFace } from '@pctalk/core';

/** What emotion does to a face besides its lips' speech, means over frames, U. */
export interface FaceShape {
  readonly browHeight: number;
  readonly eyeOpening: number;
  readonly cornerLift: number;
  readonly mouthWidth: number;
  readonly lipGap: number;
}

/** The measures, in the order tables show them. */
export const FACE_SHAPE = ['browHeight', 'eyeOpening', 'cornerLift', 'mouthWidth', 'lipGap'] as const;

/** Collects measures of frames. */
export class FaceShapeMean {
  readonly #measures: FaceMeasures = createFaceMeasures();
  readonly #sums = { browHeight: 0, eyeOpening: 0, cornerLift: 0, mouthWidth: 0, lipGap: 0 };
  #count = 0;

  /** @param head landmarks in the head frame `[478 × 3]`, U. @returns the measures of this frame, overwritten by the next. */
  add(head: Float32Array): FaceMeasures {
    const m = measureFace(head, this.#measures);
    this.#sums.browHeight += (m.browHeightLeft + m.browHeightRight) / 2;
    this.#sums.eyeOpening += (m.eyeOpeningLeft + m.eyeOpeningRight) / 2;
    this.#sums.cornerLift += m.cornerLift;
    this.#sums.mouthWidth += m.mouthWidth;
    this.#sums.lipGap += m.lipGap;
    this.#count++;
    return m;
  }

  /** Means so far. */
  shape(): FaceShape {
    const entries = FACE_SHAPE.map((name) => [name, this.#sums[name] / this.#count]);
    return Object.fromEntries(entries) as FaceShape;
  }
}

/** a − b. */
export function shapeDifference(a: FaceShape, b: FaceShape): FaceShape {
  return Object.fromEntries(FACE_SHAPE.map((name) => [name, a[name] - b[name]])) as unknown as FaceShape;
}

/** The mean of several. */
export function meanShape(shapes: readonly FaceShape[]): FaceShape {
  const entries = FACE_SHAPE.map((name) => [name, shapes.reduce((sum, shape) => sum + shape[name], 0) / shapes.length]);
  return Object.fromEntries(entries) as FaceShape;
}
