import type { WarningReporter } from '../errors.ts';
import { cropImage, cropSizeFor } from '../face/crop-image.ts';
import { fitInside } from '../face/crop-region.ts';
import type { FaceAnalyser } from '../face/face-analyser.ts';
import type { FaceRegion } from '../face/face-region.ts';
import { halveImage } from '../face/halve-image.ts';
import { fitHeadPose } from '../face/head-pose.ts';
import { inspectOne } from '../face/inspect-face.ts';
import { pictureToCrop } from '../face/region-transform.ts';
import { SPECTACLES_BAR, spectaclesBar } from '../face/spectacles.ts';
import type { RgbaImage } from '../image.ts';
import type { MatteManner, PersonMatte, PersonSegmenter } from '../models/person-matte/person-matte.ts';
import { fitExpression } from '../motion/fit-expression.ts';
import type { MeshBasis } from '../motion/mesh-basis.ts';
import type { SourceTick } from '../motion/motion-space.ts';
import { writeHeadFrame, writePoseMatrix } from '../motion/pose-matrix.ts';
import { coverSourceFace } from '../render/head-surface.ts';
import { holdsFace } from '../render/person-layer.ts';
import { FRAME_SIZE } from '../render/renderer.ts';
import { chooseFace } from './choose-face.ts';
import { refineLips } from './refine-lips.ts';

/** A still picture made ready to speak. */
export interface StillSource {
  /** Square of the picture that is drawn. */
  readonly region: FaceRegion;
  /** What the renderer draws from: 512 × 512, or 1024 × 1024 where the picture has that detail. */
  readonly crop: RgbaImage;
  /** Which pixels of it, at 512 × 512, show the person; undefined where nothing tells. */
  readonly matte?: PersonMatte | undefined;
  /** Whether the person wears spectacles. */
  readonly spectacles?: boolean | undefined;
  /** The same for every frame. */
  readonly tick: SourceTick;
}

/** Choices for a picture as source. */
export interface PrepareStillOptions {
  /** Which face, from the left; may be left out when there is one. */
  readonly faceIndex?: number | undefined;
  /** Names the picture in messages. */
  readonly where: string;
  /** Hears of small, blurred, turned, tilted or covered faces. */
  readonly onWarning?: WarningReporter | undefined;
  /** Tells the person from the background. */
  readonly segmenter?: PersonSegmenter | undefined;
  /** @default 'keep', for the picture's own background */
  readonly matte?: MatteManner | undefined;
}

/** The person in the crop, where the face is held for part of it. */
async function matteOf(
  picture: RgbaImage,
  region: FaceRegion,
  crop: RgbaImage,
  keypoints: Float32Array,
  { segmenter, matte: manner }: PrepareStillOptions,
): Promise<PersonMatte | undefined> {
  const guide = crop.width === FRAME_SIZE ? crop : halveImage(crop);
  const matte = await segmenter?.segment(picture, region, guide, manner);
  return matte && holdsFace(matte.alpha, coverSourceFace(keypoints)) ? matte : undefined;
}

const SPECTACLES_MESSAGE =
  'the person wears spectacles; brows and the skin under the frame are held still, lids move inside it';

/**
 * Finds the face, crops around it and separates the person from the expression.
 * @throws `no-face`, `several-faces`, `face-too-small`, `value-out-of-range`
 */
export async function prepareStill(
  picture: RgbaImage,
  analyser: FaceAnalyser,
  basis: MeshBasis,
  options: PrepareStillOptions,
): Promise<StillSource> {
  const face = chooseFace(await analyser.detect(picture), options.faceIndex, options.where);
  const { points, crop: square, warnings } = await inspectOne(analyser, picture, face);
  for (const { code, message } of warnings) options.onWarning?.({ code, message: `${options.where}: ${message}` });
  const { region } = fitInside(square, picture.width, picture.height);
  const crop = cropImage(picture, region, cropSizeFor(region));
  const keypoints = refineKeypoints(points, region, crop);
  const spectacles = spectaclesBar(picture, points) > SPECTACLES_BAR;
  if (spectacles) options.onWarning?.({ code: 'spectacles', message: `${options.where}: ${SPECTACLES_MESSAGE}` });
  const pose = fitHeadPose(keypoints);
  const matrix = new Float64Array(9);
  writePoseMatrix(pose, matrix);
  const head = new Float32Array(keypoints.length);
  writeHeadFrame(keypoints, pose, matrix, head);
  const { neutral, expression } = fitExpression(basis, head);
  return {
    region,
    crop,
    matte: await matteOf(picture, region, crop, keypoints, options),
    spectacles,
    tick: { keypoints, pose, neutral, expression },
  };
}

/** Landmarks in pixels of the 512 × 512 crop, lips refined at the crop's own size. */
function refineKeypoints(points: Float32Array, region: FaceRegion, crop: RgbaImage): Float32Array {
  const keypoints = new Float32Array(points.length);
  pictureToCrop(points, region, crop.width, keypoints);
  const refined = refineLips(crop, keypoints, fitHeadPose(keypoints).scale);
  return refined.map((place) => (place * FRAME_SIZE) / crop.width);
}
