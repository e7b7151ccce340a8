import type { LipCurves } from '@pctalk/core';
import { CLOSED, correlation, deviation } from './lip-figures.ts';

/** The same speech at rising lip scales. */
export interface ScaleFigures {
  /** R² of the outer lips' spread as a straight line of the scale. */
  readonly linearity: number;
  /** Share of steps at which that spread rises. */
  readonly rising: number;
  /** Share of frames closed at the middle scale that are closed at each. */
  readonly closuresKept: readonly number[];
  /** Share of all frames that are closed at each scale. */
  readonly closed: readonly number[];
  /** Least r of the gap curve at any scale with that at the lowest. */
  readonly shape: number;
}

/** @param curves one each scale, the scales rising. */
export function scaleFigures(scales: readonly number[], curves: readonly LipCurves[]): ScaleFigures {
  const spreads = curves.map(({ outer }) => deviation(outer));
  const middle = curves[curves.length >> 1]!.opening;
  const closedFrames = [...middle.keys()].filter((t) => middle[t]! < CLOSED);
  const share = (frames: readonly number[], { opening }: LipCurves) =>
    frames.filter((t) => opening[t]! < CLOSED).length / frames.length;
  return {
    linearity: straightness(scales, spreads),
    rising: spreads.slice(1).filter((spread, i) => spread > spreads[i]!).length / (spreads.length - 1),
    closuresKept: curves.map((each) => share(closedFrames, each)),
    closed: curves.map((each) => share([...each.opening.keys()], each)),
    shape: Math.min(...curves.slice(1).map(({ opening }) => correlation(curves[0]!.opening, opening, 0))),
  };
}

/** R² of the best straight line. */
export function straightness(x: readonly number[], y: readonly number[]): number {
  return correlation(Float32Array.from(x), Float32Array.from(y), 0) ** 2;
}
