import type { RgbaImage } from '../image.ts';
import { faceCropRegion, fitInside } from './crop-region.ts';
import type { FaceAnalyser, FaceDetection } from './face-analyser.ts';
import type { FaceRegion } from './face-region.ts';
import { faceSharpness } from './face-sharpness.ts';
import { type FaceWarning, faceWarnings, mouthOpening, mouthUncertainty } from './face-warnings.ts';
import { fitHeadPose, type HeadPose } from './head-pose.ts';
import { surveyLandmarks } from './landmark-survey.ts';

/** All that is known of one face of a still picture. */
export interface InspectedFace {
  readonly detection: FaceDetection;
  /** `[478 × 3]`, pixels of the picture, mean of nine views. */
  readonly points: Float32Array;
  readonly pose: HeadPose;
  /** Degrees, signs as in HeadPose. */
  readonly poseDeg: { readonly pitch: number; readonly yaw: number; readonly roll: number };
  /** The square that becomes the crop. */
  readonly crop: FaceRegion;
  /** How much of the frame must be invented, see `FittedRegion`. */
  readonly border: number;
  readonly sharpness: number;
  readonly mouthUncertainty: number;
  /** Distance of the inner lips, U. */
  readonly mouthOpening: number;
  readonly warnings: readonly FaceWarning[];
}

/** All that is known of the faces of a still picture. */
export interface FaceReport {
  readonly width: number;
  readonly height: number;
  /** From image left to image right: the order of `--face-index`. */
  readonly faces: readonly InspectedFace[];
  /** Warnings that concern the whole picture. */
  readonly warnings: readonly FaceWarning[];
}

/** Finds all faces of a still picture and judges how well each can be driven. */
export async function inspectFace(analyser: FaceAnalyser, image: RgbaImage): Promise<FaceReport> {
  const faces: InspectedFace[] = [];
  for (const detection of await analyser.detect(image)) faces.push(await inspectOne(analyser, image, detection));
  const several: FaceWarning = {
    code: 'several-faces',
    message: `there are ${faces.length} faces; choose one by its place from the left, 0 to ${faces.length - 1}`,
  };
  return { width: image.width, height: image.height, faces, warnings: faces.length > 1 ? [several] : [] };
}

/** Landmarks, pose, crop and warnings of one face that was detected. */
export async function inspectOne(
  analyser: FaceAnalyser,
  image: RgbaImage,
  detection: FaceDetection,
): Promise<InspectedFace> {
  const { points, spread } = await surveyLandmarks(analyser, image, detection.region);
  const pose = fitHeadPose(points);
  const crop = faceCropRegion(points);
  const evidence = {
    pose,
    crop,
    border: fitInside(crop, image.width, image.height).border,
    sharpness: faceSharpness(image, points),
    mouthUncertainty: mouthUncertainty(spread),
    mouthOpening: mouthOpening(points, pose.scale),
  };
  const degrees = (radians: number) => (radians * 180) / Math.PI;
  const poseDeg = { pitch: degrees(pose.pitch), yaw: degrees(pose.yaw), roll: degrees(pose.roll) };
  return { detection, points, poseDeg, ...evidence, warnings: faceWarnings(evidence) };
}
