import { isI420, type Picture } from '../image.ts';
import { cropImage } from './crop-image.ts';
import { cutPicture, rectAround } from './cut-picture.ts';
import type { FaceAnalyser } from './face-analyser.ts';
import { type FaceRegion, regionOfLandmarks } from './face-region.ts';
import { LANDMARK_COUNT } from './landmarks.ts';
import { cropToPicture } from './region-transform.ts';

/** Landmarks seen from several slightly different regions. */
export interface LandmarkSurvey {
  /** Mean of all views `[478 × 3]`, pixels; steadier than one view. */
  readonly points: Float32Array;
  /** How far each landmark strays from its mean in the picture plane `[478]`, pixels, root mean square. */
  readonly spread: Float32Array;
  /** Lowest score of the views, 0–1. */
  readonly score: number;
}

/** How many views are compared, and how often the region is corrected before. */
export interface SurveyOptions {
  /** 3–9, in the order of `VIEWS`. */
  readonly views: number;
  readonly iterations: number;
}

/** Defaults for stills. */
export const SURVEY_DEFAULTS: SurveyOptions = Object.freeze({ views: 9, iterations: 3 });

/** Faces whose region is larger than this are surveyed in a reduced copy, pixels. */
const LARGE_FACE = 900;
const WORKING_SIZE = 900;
/** What the crop's filters reach beyond it, and the grid on which it is halved, pixels. */
const CROP_ROOM = 32;

/** Shift right and down (sides), size, turn (radians) of each view. */
const VIEWS = [
  [0, 0, 1, 0],
  [0.06, 0, 1, 0],
  [0, -0.06, 1, 0],
  [0, 0, 0.9, 0],
  [0, 0, 1, 0.1],
  [-0.06, 0, 1, 0],
  [0, 0.06, 1, 0],
  [0, 0, 1.11, 0],
  [0, 0, 1, -0.1],
] as const;

/**
 * Looks at a still face nine times, from regions shifted by 6 %, resized by 10 % and turned by 6°. What the network sees
 * clearly stays; what it guesses moves.
 * @param region where the face is; corrected before the survey.
 */
export async function surveyLandmarks(
  analyser: FaceAnalyser,
  image: Picture,
  region: FaceRegion,
  options: Partial<SurveyOptions> = {},
): Promise<LandmarkSurvey> {
  const { views: count, iterations } = { ...SURVEY_DEFAULTS, ...options };
  // A working copy of a large face, so that the picture is reduced once and not for every view.
  if (region.size > LARGE_FACE) {
    const window = { ...region, size: region.size * 1.5 };
    const part = rectAround(image, window, CROP_ROOM, CROP_ROOM);
    const { centerX, centerY } = window;
    const shifted = { ...window, centerX: centerX - part.left, centerY: centerY - part.top };
    const copy = cropImage(cutPicture(image, part), shifted, WORKING_SIZE);
    const inside = { centerX: WORKING_SIZE / 2, centerY: WORKING_SIZE / 2, size: WORKING_SIZE / 1.5, rotation: 0 };
    const { points, spread, score } = await surveyLandmarks(analyser, copy, inside, options);
    cropToPicture(points, window, WORKING_SIZE, points);
    return { points, spread: spread.map((value) => (value * window.size) / WORKING_SIZE), score };
  }
  // Of a planar picture only what is looked at is converted.
  if (isI420(image)) {
    const part = rectAround(image, { ...region, size: region.size * 1.5 }, 0, CROP_ROOM);
    const shifted = { ...region, centerX: region.centerX - part.left, centerY: region.centerY - part.top };
    const survey = await surveyLandmarks(analyser, cutPicture(image, part), shifted, options);
    for (let i = 0; i < survey.points.length; i += 3) {
      survey.points[i]! += part.left;
      survey.points[i + 1]! += part.top;
    }
    return survey;
  }
  const first = await analyser.landmarks(image, region, { iterations });
  const base = regionOfLandmarks(first.points);
  const views: Float32Array[] = [];
  let score = 1;
  for (const [right, down, size, turn] of VIEWS.slice(0, count)) {
    const view = {
      centerX: base.centerX + right * base.size,
      centerY: base.centerY + down * base.size,
      size: base.size * size,
      rotation: base.rotation + turn,
    };
    const seen = await analyser.landmarks(image, view, { iterations: 1 });
    views.push(seen.points);
    score = Math.min(score, seen.score);
  }
  const points = meanOf(views);
  return { points, spread: spreadOf(views, points), score };
}

function meanOf(views: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(LANDMARK_COUNT * 3);
  for (const view of views) for (let i = 0; i < mean.length; i++) mean[i]! += view[i]! / views.length;
  return mean;
}

function spreadOf(views: readonly Float32Array[], mean: Float32Array): Float32Array {
  const spread = new Float32Array(LANDMARK_COUNT);
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    let sum = 0;
    for (const view of views) sum += (view[i * 3]! - mean[i * 3]!) ** 2 + (view[i * 3 + 1]! - mean[i * 3 + 1]!) ** 2;
    spread[i] = Math.sqrt(sum / views.length);
  }
  return spread;
}
