import { PcTalkError } from '../errors.ts';
import type { FaceAnalyser, FaceLandmarks } from '../face/face-analyser.ts';
import { type FaceRegion, regionOfLandmarks } from '../face/face-region.ts';
import { mouthUncertainty } from '../face/face-warnings.ts';
import { surveyLandmarks } from '../face/landmark-survey.ts';
import { LANDMARK_COUNT } from '../face/landmarks.ts';
import type { SourceTrack, TrackFinding } from '../formats/source-track.ts';
import type { Picture } from '../image.ts';
import { chooseFace } from './choose-face.ts';
import { FPS } from './director.ts';
import { MouthCover } from './mouth-cover.ts';
import { MouthWatch } from './mouth-watch.ts';
import { SceneCuts } from './scene-cuts.ts';
import { steadyLandmarks } from './steady-landmarks.ts';

/** Frames between two looks at who else is there. */
const LOOK_EVERY = 12;
/** Views the mouth is compared in: the region has just been corrected by the frame before. */
const LOOK = { views: 5, iterations: 1 } as const;
/**
 * Uncertainty of the mouth from which it is covered. Above the limit for stills: of 17 clips with bare mouths one exceeded
 * 1.5 in half of its frames, while a hand and a microphone passing before four others gave 2.2 to 6.5.
 */
const COVERED = 2;
/** What is before the mouth longer than this stays, seconds. */
const PASSING_SECONDS = 2;
/** Of a face turned further than this (cos) half the places around the mouth are guessed. */
const LEAST_FRONTAL = 0.87;
/** A face that has jumped by this share of its region, or changed in size by this factor, is another one. */
const JUMP = 0.3;
const RESIZE = 1.35;
/** Faces whose regions' middles are nearer than this many sides may be taken for one another. */
const CLOSE = 1.2;
const ROW = LANDMARK_COUNT * 3;

/** Which face to follow. */
export interface TrackOptions {
  /** Which face, from the left, in the first frame that has one and after every cut; may be left out for one face. */
  readonly faceIndex?: number | undefined;
  /** Names the clip in messages. */
  readonly where: string;
}

/** Follows one face through a clip, frame by frame. */
export class VideoTracker {
  readonly #analyser: FaceAnalyser;
  readonly #options: TrackOptions;
  readonly #cuts = new SceneCuts();
  readonly #watch = new MouthWatch();
  readonly #cover = new MouthCover();
  readonly #chunks: (Float32Array | undefined)[] = [];
  readonly #shots: number[] = [];
  readonly #findings: TrackFinding[] = [];
  #shotFrom = 0;
  #previous: FaceLandmarks | undefined;
  #width = 0;
  #height = 0;
  #shot = 0;

  constructor(analyser: FaceAnalyser, options: TrackOptions) {
    this.#analyser = analyser;
    this.#options = options;
  }

  /**
   * Looks at the next frame; its memory may be used again afterwards.
   * @throws `several-faces`, `face-too-small`, `value-out-of-range` where the face must be chosen
   */
  async push(picture: Picture): Promise<void> {
    const frame = this.#chunks.length;
    this.#width = picture.width;
    this.#height = picture.height;
    if (this.#cuts.next(picture)) {
      this.#previous = undefined;
      this.#watch.reset();
      this.#cover.reset();
      this.#endFindings(frame);
      this.#shotFrom = frame;
      this.#shot++;
      this.#note('scene-cut', frame, frame + 1);
    }
    const found =
      this.#previous === undefined ? await this.#find(picture) : await this.#follow(picture, this.#previous);
    this.#chunks.push(found?.points.slice());
    this.#shots.push(this.#shot);
    this.#previous = found ?? this.#previous;
    if (found === undefined) this.#note('face-lost', frame, frame + 1);
    else {
      const region = regionOfLandmarks(found.points);
      await this.#watchMouth(picture, found.points, region, frame);
      if (frame % LOOK_EVERY === LOOK_EVERY >> 1) await this.#lookForOthers(picture, region, frame);
    }
  }

  /** @returns the track, landmarks steadied. @throws `no-face` when no frame has shown the face */
  async finish(): Promise<SourceTrack> {
    const frameCount = this.#chunks.length;
    const seen = Uint8Array.from(this.#chunks, (points) => (points === undefined ? 0 : 1));
    if (!seen.includes(1)) {
      throw new PcTalkError(
        'no-face',
        `${this.#options.where}: expected a face in at least one frame, found none in ${frameCount}; use a clip in which eyes, nose and mouth are visible from the front`,
      );
    }
    const landmarks = new Float32Array(frameCount * ROW);
    for (let f = 0; f < frameCount; f++) {
      const points = this.#chunks[f];
      if (points !== undefined) landmarks.set(points, f * ROW);
      this.#chunks[f] = undefined; // Ten minutes are 86 MB, once is enough.
    }
    this.#endFindings(frameCount);
    const shots = Uint16Array.from(this.#shots);
    steadyLandmarks(landmarks, seen, shots);
    return {
      fps: FPS,
      width: this.#width,
      height: this.#height,
      frameCount,
      landmarks,
      seen,
      shots,
      findings: this.#findings.map(staying).toSorted((a, b) => a.from - b.from),
    };
  }

  /** The chosen face where none is being followed: at the beginning and after a cut. */
  async #find(picture: Picture): Promise<FaceLandmarks | undefined> {
    const faces = await this.#analyser.detect(picture);
    if (faces.length === 0) return undefined;
    // After a cut the picture may show fewer people: the only face is taken, and the cut is reported.
    const isFirst = this.#chunks.every((points) => points === undefined);
    const index = faces.length === 1 && !isFirst ? undefined : this.#options.faceIndex;
    if (!isFirst && (index ?? 0) >= faces.length) return undefined;
    const face =
      !isFirst && index === undefined
        ? faces.reduce((best, one) => (one.region.size > best.region.size ? one : best))
        : chooseFace(faces, index, this.#options.where);
    return this.#analyser.landmarks(picture, face.region, { iterations: 2 });
  }

  /** The same face in the next frame; one that has jumped or changed its size is somebody else's. */
  async #follow(picture: Picture, previous: FaceLandmarks): Promise<FaceLandmarks | undefined> {
    const found = await this.#analyser.track(picture, previous);
    if (found === undefined) return undefined;
    const lostFor = this.#lostFor();
    const before = regionOfLandmarks(previous.points);
    const now = regionOfLandmarks(found.points);
    const allowed = JUMP * (1 + Math.min(lostFor, 2 * FPS) / 10) * before.size;
    const ratio = Math.max(now.size / before.size, before.size / now.size);
    return distance(before, now) <= allowed && ratio <= RESIZE * (1 + Math.min(lostFor, 2 * FPS) / 50)
      ? found
      : undefined;
  }

  #lostFor(): number {
    const last = this.#chunks.findLastIndex((points) => points !== undefined);
    return this.#chunks.length - 1 - last;
  }

  async #watchMouth(picture: Picture, points: Float32Array, region: FaceRegion, frame: number): Promise<void> {
    if (frontality(points) < LEAST_FRONTAL) {
      this.#watch.reset();
      this.#cover.reset();
      return;
    }
    const unusual = this.#watch.next(picture, points);
    const { covered, hasCome, isChanged } = await this.#cover.next(frame, unusual, async () => {
      const { spread } = await surveyLandmarks(this.#analyser, picture, region, LOOK);
      return mouthUncertainty(spread) > COVERED;
    });
    if (covered) this.#note(hasCome ? 'mouth-passed' : 'mouth-covered', covered[0], covered[1]);
    if (isChanged) this.#watch.reset();
  }

  async #lookForOthers(picture: Picture, region: FaceRegion, frame: number): Promise<void> {
    const from = frame - (LOOK_EVERY >> 1);
    const others = await this.#analyser.neighbours(picture, region);
    if (others.some((other) => distance(other.region, region) < CLOSE * region.size)) {
      this.#note('faces-close', from, from + LOOK_EVERY);
    }
  }

  /** Findings of a look in the middle reach ahead: none beyond its shot or the clip. */
  #endFindings(frame: number): void {
    this.#findings.forEach((finding, i) => {
      if (finding.to > frame) this.#findings[i] = { ...finding, to: frame };
    });
  }

  /** Adds a finding, or lengthens the last one of its kind. */
  #note(code: TrackFinding['code'], first: number, to: number): void {
    const from = Math.max(first, this.#shotFrom);
    const last = this.#findings.findLastIndex((one) => one.code === code && one.to >= from && one.from <= to);
    if (last < 0) this.#findings.push({ code, from, to });
    else {
      const before = this.#findings[last]!;
      this.#findings[last] = { code, from: Math.min(before.from, from), to: Math.max(before.to, to) };
    }
  }
}

/** What has come before the mouth and stays covers it. */
function staying(finding: TrackFinding): TrackFinding {
  const isLong = finding.to - finding.from > PASSING_SECONDS * FPS;
  return finding.code === 'mouth-passed' && isLong ? { ...finding, code: 'mouth-covered' } : finding;
}

/** Distance of the eye corners in the picture over that in space: about the cosine of the turn. */
function frontality(points: Float32Array): number {
  const [a, b] = [33 * 3, 263 * 3];
  const [x, y, z] = [points[a]! - points[b]!, points[a + 1]! - points[b + 1]!, points[a + 2]! - points[b + 2]!];
  return Math.hypot(x, y) / Math.hypot(x, y, z);
}

function distance(a: FaceRegion, b: FaceRegion): number {
  return Math.hypot(a.centerX - b.centerX, a.centerY - b.centerY);
}
