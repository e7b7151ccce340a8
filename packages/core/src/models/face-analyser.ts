import type { FaceAnalyser, FaceDetection, FaceLandmarks, LandmarkOptions } from '../face/face-analyser.ts';
import { LANDMARK_DEFAULTS } from '../face/face-analyser.ts';
import { type FaceRegion, REGION_MARGIN, regionAround, regionOfLandmarks } from '../face/face-region.ts';
import { ImagePyramid, QUICK_STEP } from '../face/image-pyramid.ts';
import type { RegionTensorOptions } from '../face/sample-region.ts';
import type { Picture } from '../image.ts';
import type { TensorRuntime, TensorSession } from '../tensor-runtime.ts';
import type { FaceModelAssets } from './face-assets.ts';
import { buildFaceDetector, DETECTOR_OUTPUTS, DETECTOR_SIZE } from './face-detector/network.ts';
import { decodeDetections, mergeDetections, type RawDetection } from './face-detector/postprocess.ts';
import { searchRounds, turnedRegions } from './face-detector/search.ts';
import {
  buildFaceLandmarks,
  LANDMARK_OUTPUTS,
  LANDMARKS_SIZE,
  type LandmarkNetwork,
} from './face-landmarks/network.ts';
import { joinLandmarks } from './face-landmarks/postprocess.ts';

const DETECTOR_INPUT: RegionTensorOptions = { size: DETECTOR_SIZE, border: 'black', range: [-1, 1] };
const LANDMARKS_INPUT: RegionTensorOptions = { size: LANDMARKS_SIZE, border: 'replicate', range: [0, 1] };
/** Below this the detector sees no face, and the landmark network has lost it. */
const MIN_SCORE = 0.5;
/** How far around a face its neighbours are sought, and how near a detection is the face itself, sides of its region. */
const NEIGHBOURHOOD = 4;
const SAME_FACE = 0.25;

/** From this logit on the landmark network sees an upright face: 18 and more on pictures, 6 to 12 in profile, up to 22 on its head. */
const SURE_LOGIT = 12;
/** Hair and collars of turned heads that were taken for faces reached 2.4. */
const DOUBTFUL_LOGIT = 4;
/** Faces that the detector is so sure of, so little turned, are upright: on their head it was never surer than .8. */
const SURE_SCORE = 0.88;
const SURE_ROTATION = Math.PI / 4;
const TURNS = [0, 0.5, 1, 1.5].map((turn) => turn * Math.PI);
/** Faces whose middles are nearer than this share of the larger one's region are one. */
const DOUBLE = 0.35;

/** A face the right way up, and how sure the landmark network is of it. */
interface UprightFace {
  readonly face: FaceDetection;
  /** Where the landmarks have settled. */
  readonly region: FaceRegion;
  readonly logit: number;
}

/** Builds the two networks from their TFLite files and loads them. */
export async function createFaceAnalyser(runtime: TensorRuntime, assets: FaceModelAssets): Promise<FaceAnalyser> {
  const network = buildFaceLandmarks(assets.landmarks);
  const [detector, landmarks] = await Promise.all([
    runtime.load(buildFaceDetector(assets.detector)),
    runtime.load(network.onnx),
  ]);
  return new NetworkFaceAnalyser(detector, landmarks, network.subsets);
}

class NetworkFaceAnalyser implements FaceAnalyser {
  readonly #detector: TensorSession;
  readonly #landmarks: TensorSession;
  readonly #subsets: LandmarkNetwork['subsets'];
  /** Inputs of the landmark network that are not in use. */
  readonly #spare: Float32Array[] = [];
  readonly #pyramids = new WeakMap<Picture, ImagePyramid>();

  constructor(detector: TensorSession, landmarks: TensorSession, subsets: LandmarkNetwork['subsets']) {
    this.#detector = detector;
    this.#landmarks = landmarks;
    this.#subsets = subsets;
  }

  async detect(image: Picture): Promise<FaceDetection[]> {
    const pyramid = this.#pyramid(image);
    let found: RawDetection[] = [];
    let isEnough = false;
    for (const round of searchRounds(image.width, image.height)) {
      found = await this.#search(pyramid, round.regions, found);
      isEnough = found.some((one) => one.values[2]! - one.values[0]! >= round.minWidth);
      if (isEnough) break;
    }
    let faces = await this.#upright(pyramid, found);
    if (!isEnough || faces.every(({ logit }) => logit < SURE_LOGIT)) {
      const turned = await this.#search(pyramid, turnedRegions(image.width, image.height), found);
      faces = await this.#upright(pyramid, turned);
    }
    return withoutDoubles(faces)
      .map(({ face }) => face)
      .sort((a, b) => a.box.left + a.box.right - b.box.left - b.box.right);
  }

  async landmarks(image: Picture, region: FaceRegion, options: Partial<LandmarkOptions> = {}): Promise<FaceLandmarks> {
    const { iterations } = { ...LANDMARK_DEFAULTS, ...options };
    const pyramid = this.#pyramid(image);
    let result = await this.#landmarksIn(pyramid, region);
    for (let i = 1; i < iterations; i++) result = await this.#landmarksIn(pyramid, regionOfLandmarks(result.points));
    return result;
  }

  async track(image: Picture, previous: FaceLandmarks | undefined): Promise<FaceLandmarks | undefined> {
    if (previous) {
      const part = regionOfLandmarks(previous.points);
      const next = await this.#landmarksIn(new ImagePyramid(image, { maxStep: QUICK_STEP, part }), part);
      if (next.score >= MIN_SCORE) return next;
    }
    const faces = await this.detect(image);
    if (faces.length === 0) return undefined;
    const wanted = previous ? regionOfLandmarks(previous.points) : undefined;
    const face = wanted ? nearest(faces, wanted) : largest(faces);
    const next = await this.landmarks(image, face.region, { iterations: 2 });
    return next.score >= MIN_SCORE ? next : undefined;
  }

  async neighbours(image: Picture, region: FaceRegion): Promise<FaceDetection[]> {
    const around = { ...region, size: NEIGHBOURHOOD * region.size, rotation: 0 };
    const pyramid = new ImagePyramid(image, { maxStep: QUICK_STEP, part: around });
    const found = mergeDetections(await this.#detectIn(pyramid, around)).map(toDetection);
    const others: FaceDetection[] = [];
    for (const face of found) {
      if (distance(face.region, region) < SAME_FACE * region.size) continue;
      const part = new ImagePyramid(image, { maxStep: QUICK_STEP, part: face.region });
      const { score } = await this.#landmarksIn(part, face.region);
      if (score >= MIN_SCORE) others.push(face);
    }
    return others;
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#detector.dispose(), this.#landmarks.dispose()]);
  }

  #pyramid(image: Picture): ImagePyramid {
    const pyramid = this.#pyramids.get(image) ?? new ImagePyramid(image);
    this.#pyramids.set(image, pyramid);
    return pyramid;
  }

  async #detectIn(pyramid: ImagePyramid, region: FaceRegion): Promise<RawDetection[]> {
    const data = pyramid.sample(region, DETECTOR_INPUT);
    const outputs = await this.#detector.run({ input: { data, dims: [1, 3, DETECTOR_SIZE, DETECTOR_SIZE] } });
    const boxes = outputs[DETECTOR_OUTPUTS.boxes]!.data as Float32Array;
    const logits = outputs[DETECTOR_OUTPUTS.scores]!.data as Float32Array;
    return decodeDetections(boxes, logits, region, MIN_SCORE);
  }

  /** Looks into regions. @returns what is found there and was found before, each face once or nearly so. */
  async #search(pyramid: ImagePyramid, regions: readonly FaceRegion[], before: readonly RawDetection[]) {
    const found = [...before];
    for (const region of regions) found.push(...(await this.#detectIn(pyramid, region)));
    return this.#confirmed(pyramid, mergeDetections(found));
  }

  /** Keeps the detections in which the landmark network sees a face too. */
  async #confirmed(pyramid: ImagePyramid, detections: readonly RawDetection[]): Promise<RawDetection[]> {
    const kept: RawDetection[] = [];
    for (const one of detections) {
      const { score } = await this.#landmarksIn(pyramid, toDetection(one).region);
      if (score >= MIN_SCORE) kept.push(one);
    }
    return kept;
  }

  /**
   * Turns each face the right way up: both networks see faces, less surely, in ones that lie or stand on their head.
   * Of four turns that one is right in which the landmark network is surest once it has corrected its region.
   */
  async #upright(pyramid: ImagePyramid, detections: readonly RawDetection[]): Promise<UprightFace[]> {
    const faces: UprightFace[] = [];
    for (const one of detections) {
      const face = toDetection(one);
      const isSure = one.score >= SURE_SCORE && Math.abs(face.region.rotation) < SURE_ROTATION;
      let best: UprightFace | undefined;
      for (const turn of isSure ? [0] : TURNS) {
        let region = { ...face.region, rotation: face.region.rotation + turn };
        let logit = 0;
        for (let i = 0; i < LANDMARK_DEFAULTS.iterations; i++) {
          const seen = await this.#landmarksIn(pyramid, region);
          region = regionOfLandmarks(seen.points);
          logit = Math.log(seen.score / (1 - seen.score));
        }
        // The right way up the detector's own region is kept: it is where landmarks have always begun.
        if (best === undefined || logit > best.logit)
          best = { logit, region, face: turn === 0 ? face : atRegion(face, region) };
      }
      faces.push(best!);
    }
    return faces;
  }

  async #landmarksIn(pyramid: ImagePyramid, region: FaceRegion): Promise<FaceLandmarks> {
    const data = pyramid.sample(region, LANDMARKS_INPUT, this.#spare.pop());
    const outputs = await this.#landmarks.run({ input: { data, dims: [1, 3, LANDMARKS_SIZE, LANDMARKS_SIZE] } });
    this.#spare.push(data);
    const logit = outputs[LANDMARK_OUTPUTS.faceFlag]!.data[0] as number;
    return { points: joinLandmarks(outputs, this.#subsets, region), score: 1 / (1 + Math.exp(-logit)) };
  }
}

function toDetection({ values, score }: RawDetection): FaceDetection {
  const [left, top, right, bottom, x0, y0, x1, y1] = values as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const box = { left, top, right, bottom };
  return { box, score, region: regionAround(box, [x1 - x0, y1 - y0]) };
}

/** A detection moved to where its landmarks are. */
function atRegion({ score }: FaceDetection, region: FaceRegion): FaceDetection {
  const half = region.size / REGION_MARGIN / 2;
  const { centerX: x, centerY: y } = region;
  return { box: { left: x - half, top: y - half, right: x + half, bottom: y + half }, score, region };
}

/** Each face once, the surest of what lies in the same place; beside a face that is sure, what hardly looks like one is none. */
function withoutDoubles(faces: readonly UprightFace[]): UprightFace[] {
  const kept: UprightFace[] = [];
  for (const one of faces.toSorted((a, b) => b.logit - a.logit)) {
    if (one.logit < DOUBTFUL_LOGIT && kept.some(({ logit }) => logit >= SURE_LOGIT)) continue;
    const isDouble = kept.some(
      (other) => distance(one.region, other.region) < DOUBLE * Math.max(one.region.size, other.region.size),
    );
    if (!isDouble) kept.push(one);
  }
  return kept;
}

function nearest(faces: readonly FaceDetection[], region: FaceRegion): FaceDetection {
  const from = (face: FaceDetection) => distance(face.region, region);
  return faces.reduce((best, face) => (from(face) < from(best) ? face : best));
}

function largest(faces: readonly FaceDetection[]): FaceDetection {
  return faces.reduce((best, face) => (face.region.size > best.region.size ? face : best));
}

function distance(a: FaceRegion, b: FaceRegion): number {
  return Math.hypot(a.centerX - b.centerX, a.centerY - b.centerY);
}
