import {
  type ClipTick,
  COEFFICIENT_COUNT,
  createMeshMotionSpace,
  curvesOfTrack,
  type DrivenFrame,
  type FaceLandmarks,
  KEYPOINT_COUNT,
  type LipCurves,
  type MotionFrame,
  pointsAt,
  type RgbaImage,
  type TalkerCore,
  toRgba,
} from '@pctalk/core';
import { decodeAudio, decodeI420, openClip, readFrames } from '@pctalk/node';
import { type FaceDescriber, likeness } from './face-likeness.ts';
import { deviation, lipDistance, lipGap, mouthBox, staticJitter } from './landmark-figures.ts';
import { addSquaredError, psnr, type SplitError, ssim } from './picture-distance.ts';

/** What drives a clip: the lips tracked in it, nothing (lips at rest), its own sound, or the sound of another clip. */
export const DRIVES = ['own lips', 'silence', 'own sound', 'other sound'] as const;
export type Drive = (typeof DRIVES)[number];

/** Figures of one clip and drive, result against input, before encoding. */
export interface ClipFigures {
  readonly drive: Drive;
  readonly frames: number;
  /** Mean and worst distance of lip landmarks, U. */
  readonly lipDistance: number;
  readonly worstLipDistance: number;
  /** dB. */
  readonly psnrOutside: number;
  readonly psnrInside: number;
  readonly ssimInside: number;
  /** Cosine of descriptions of the face. */
  readonly likeness: number;
  /** Of static landmarks, result over input, each tracked anew. */
  readonly jitterRatio: number;
  /** Standard deviation of the lip gap, result and input, U. */
  readonly gapDeviation: number;
  readonly inputGapDeviation: number;
  /** Of the lips of the result, tracked anew. */
  readonly curves: LipCurves;
  /** Frame with the largest lip distance, and the pictures of it. */
  readonly worst: { readonly frame: number; readonly input: RgbaImage; readonly result: RgbaImage };
}

/** Figures of one clip. */
export interface ClipReport {
  readonly drives: readonly ClipFigures[];
  /** Of the clip's own lips. */
  readonly curves: LipCurves;
  /** Cosine of descriptions of its own frames a second apart: the yardstick of likeness. */
  readonly ownLikeness: number;
  /** Of its first frame. */
  readonly description: Float32Array;
}

export interface EvaluateClipOptions {
  /** Frames looked at, from the first. */
  readonly frames: number;
  /** Clip whose sound drives `other sound`. */
  readonly other: string;
  readonly describer: FaceDescriber;
}

/** Frames between two descriptions. */
const DESCRIBE_EVERY = 12;

/** Dubs a clip in every way at once and compares the frames, before encoding, with the clip's. */
export async function evaluateClip(core: TalkerCore, path: string, options: EvaluateClipOptions): Promise<ClipReport> {
  const clip = await openClip(core, path, {}, { version: 1 }, () => {});
  const { source, decode } = clip;
  const dub = core.createClipDub(source, await readFrames(path, decode, source.partFrames));
  const takes = DRIVES.map((drive) => new Take(drive, driverOf(drive)));
  const before: (Float32Array | undefined)[] = [];
  const descriptions: Float32Array[] = [];
  let seen: FaceLandmarks | undefined;
  let frame = 0;
  for await (const picture of decodeI420(path, { ...decode, count: options.frames })) {
    const input = toRgba(picture);
    const tick = source.tickAt(frame);
    const previous = seen; // Input and results are looked at through the same crop.
    seen = await core.analyser.track(picture, seen);
    before.push(seen?.points);
    const isDescribed = seen !== undefined && frame % DESCRIBE_EVERY === 0;
    const description = isDescribed ? await options.describer.describe(input, seen!.points) : undefined;
    if (description) descriptions.push(description);
    for (const take of takes) {
      const driven = await take.driver(tick);
      if (driven === undefined) continue;
      const dubbed = { ...picture, data: picture.data.slice() };
      dub.draw(dubbed, tick, driven);
      const result = toRgba(dubbed);
      take.seen = await core.analyser.track(dubbed, previous ?? seen);
      take.after.push(take.seen?.points);
      if (description && take.seen) {
        take.likenesses.push(likeness(description, await options.describer.describe(result, take.seen.points)));
      }
      if (seen && take.seen && tick.strength === 1)
        take.compare(frame, input, result, seen.points, pointsAt(source.track, frame));
    }
    frame++;
  }
  const second = Math.round(25 / DESCRIBE_EVERY);
  return {
    drives: takes.map((take) => take.figures(core, before)),
    curves: curvesOf(core, before),
    ownLikeness: mean(descriptions.slice(second).map((one, i) => likeness(one, descriptions[i]!))),
    description: descriptions[0]!,
  };

  function driverOf(drive: Drive): Driver {
    if (drive === 'own lips' || drive === 'silence') {
      const space = createMeshMotionSpace(core.basis);
      return async (tick) => space.compose(tick.neutralised, motion(drive === 'silence' ? undefined : tick.ownLips));
    }
    const sound = decodeAudio(drive === 'own sound' ? path : options.other);
    const frames = core.performClip(source, sound, core.createDirector(clip.performance), 'stop');
    return async () => (await frames.next()).value?.performed.driven;
  }
}

/** The driven face of the next frame; undefined when the sound has ended. */
type Driver = (tick: ClipTick) => Promise<DrivenFrame | undefined>;

/** One way of driving a clip under way. */
class Take {
  readonly drive: Drive;
  readonly driver: Driver;
  readonly after: (Float32Array | undefined)[] = [];
  readonly likenesses: number[] = [];
  seen: FaceLandmarks | undefined;
  readonly #error: SplitError = { inside: 0, outside: 0, insideValues: 0, outsideValues: 0 };
  readonly #similarities: number[] = [];
  readonly #distances: number[] = [];
  #worst: ClipFigures['worst'] | undefined;

  constructor(drive: Drive, driver: Driver) {
    this.drive = drive;
    this.driver = driver;
  }

  /** @param own landmarks tracked in the input. @param track the same as the dubbing knew them. */
  compare(frame: number, input: RgbaImage, result: RgbaImage, own: Float32Array, track: Float32Array): void {
    const box = mouthBox(track, input.width, input.height);
    addSquaredError(input, result, box, this.#error);
    this.#similarities.push(ssim(input, result, box));
    const distance = lipDistance(own, this.seen!.points);
    if (this.#distances.every((other) => other < distance)) this.#worst = { frame, input, result };
    this.#distances.push(distance);
  }

  figures(core: TalkerCore, before: readonly (Float32Array | undefined)[]): ClipFigures {
    const { inside, insideValues, outside, outsideValues } = this.#error;
    const same = before.slice(0, this.after.length);
    return {
      drive: this.drive,
      frames: this.after.length,
      lipDistance: mean(this.#distances),
      worstLipDistance: Math.max(...this.#distances),
      psnrOutside: psnr(outside, outsideValues),
      psnrInside: psnr(inside, insideValues),
      ssimInside: mean(this.#similarities),
      likeness: mean(this.likenesses),
      jitterRatio: staticJitter(this.after) / staticJitter(same),
      gapDeviation: gapDeviation(this.after),
      inputGapDeviation: gapDeviation(same),
      curves: curvesOf(core, this.after),
      worst: this.#worst!,
    };
  }
}

/** Lips at rest unless given. */
function motion(lips: Float32Array | undefined): MotionFrame {
  const zero = new Float32Array(COEFFICIENT_COUNT);
  return {
    lips: lips ?? zero,
    emotion: zero,
    life: zero,
    head: { pitch: 0, yaw: 0, roll: 0, shift: [0, 0, 0] },
    gaze: { yaw: 0, pitch: 0 },
  };
}

/** Curves of tracked frames; a lost one is the frame before. */
function curvesOf(core: TalkerCore, frames: readonly (Float32Array | undefined)[]): LipCurves {
  const landmarks = new Float32Array(frames.length * KEYPOINT_COUNT * 3);
  let last = frames.find((points) => points !== undefined)!;
  for (const [f, points] of frames.entries()) {
    last = points ?? last;
    landmarks.set(last, f * KEYPOINT_COUNT * 3);
  }
  return curvesOfTrack(core.basis, landmarks);
}

function gapDeviation(frames: readonly (Float32Array | undefined)[]): number {
  return deviation(frames.flatMap((points) => (points ? [lipGap(points)] : [])));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
