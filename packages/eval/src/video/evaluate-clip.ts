import { join } from 'node:path';
import {
  type ClipTick,
  COEFFICIENT_COUNT,
  createMeshMotionSpace,
  curvesOfTrack,
  type DrivenFrame,
  type FaceLandmarks,
  type I420Image,
  KEYPOINT_COUNT,
  type LipCurves,
  type MotionFrame,
  pointsAt,
  type RgbaImage,
  type TalkerCore,
  toRgba,
} from '@pctalk/core';
import {
  decodeAudio,
  decodeI420,
  makeTemporaryFolder,
  type OpenedClip,
  openClip,
  readFrames,
  startFfmpeg,
} from '@pctalk/node';
import { type FaceDescriber, likeness } from './face-likeness.ts';
import { deviation, lipDistance, lipGap, mouthBox, STATIC_PLACES, staticJitter, unitOf } from './landmark-figures.ts';
import { type PatchWays, patchMotion, patchTrembling } from './patch-motion.ts';
import { addSquaredError, psnr, type SplitError, ssim } from './picture-distance.ts';

/**
 * What is done to a clip: nothing but encoding it as a take is (what every measure makes of the same face in other bytes); or
 * what drives it: the lips tracked in it, nothing (lips at rest), its own sound, or the sound of another clip.
 */
export const DRIVES = ['encoded', 'own lips', 'silence', 'own sound', 'other sound'] as const;
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
  /** Of the brightness around the same places, result over input: what the picture itself does. */
  readonly patchJitterRatio: number;
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

/** How much of a clip is dubbed, with what, and who compares faces. */
export interface EvaluateClipOptions {
  /** Frames looked at, from the first. */
  readonly frames: number;
  /** Clip whose sound drives `other sound`. */
  readonly other: string;
  readonly describer: FaceDescriber;
}

/** Half the side of the squares around static places, U. */
const PATCH_REACH = 0.06;
/** Frames between two descriptions. */
const DESCRIBE_EVERY = 12;

/** Dubs a clip in every way at once and compares the frames, before encoding, with the clip's. */
export async function evaluateClip(core: TalkerCore, path: string, options: EvaluateClipOptions): Promise<ClipReport> {
  const clip = await openClip(core, path, {}, { version: 1 }, () => {});
  const { source, decode } = clip;
  const dub = core.createClipDub(source, await readFrames(path, decode, source.partFrames));
  /** What takes read from; ended here, since most are longer than what is looked at. */
  const sources: AsyncGenerator[] = [];
  await using _ = {
    [Symbol.asyncDispose]: async () => void (await Promise.all(sources.map((each) => each.return(undefined)))),
  };
  const takes = DRIVES.map((drive) => new Take(drive, pictureOf(drive)));
  const inputWays: PatchWays[] = [];
  let last: { readonly picture: I420Image; readonly points: Float32Array } | undefined;
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
    const places = last && staticPlaces(last.points);
    if (places) inputWays.push(places.map((place) => patchMotion(last!.picture, picture, ...place)));
    const isDescribed = seen !== undefined && frame % DESCRIBE_EVERY === 0;
    const description = isDescribed ? await options.describer.describe(input, seen!.points) : undefined;
    if (description) descriptions.push(description);
    for (const take of takes) {
      const dubbed = await take.pictureOf(picture, tick);
      if (dubbed === undefined) continue;
      if (places && take.last) take.ways.push(places.map((place) => patchMotion(take.last!, dubbed, ...place)));
      take.last = dubbed;
      const result = toRgba(dubbed);
      take.seen = await core.analyser.track(dubbed, previous ?? seen);
      take.after.push(take.seen?.points);
      if (description && take.seen) {
        take.likenesses.push(likeness(description, await options.describer.describe(result, take.seen.points)));
      }
      if (seen && take.seen && tick.strength === 1)
        take.compare(frame, input, result, seen.points, pointsAt(source.track, frame));
    }
    if (seen) last = { picture, points: seen.points };
    frame++;
  }
  const second = Math.round(25 / DESCRIBE_EVERY);
  return {
    drives: takes.map((take) => take.figures(core, before, inputWays)),
    curves: curvesOf(core, before),
    ownLikeness: mean(descriptions.slice(second).map((one, i) => likeness(one, descriptions[i]!))),
    description: descriptions[0]!,
  };

  function pictureOf(drive: Drive): TakePicture {
    if (drive === 'encoded') {
      const frames = decodeEncoded(path, decode);
      sources.push(frames);
      return async () => (await frames.next()).value ?? undefined;
    }
    const driver = driverOf(drive);
    return async (picture, tick) => {
      const driven = await driver(tick);
      if (driven === undefined) return undefined;
      const dubbed = { ...picture, data: picture.data.slice() };
      dub.draw(dubbed, tick, driven);
      return dubbed;
    };
  }

  function driverOf(drive: Exclude<Drive, 'encoded'>): Driver {
    if (drive === 'own lips' || drive === 'silence') {
      const space = createMeshMotionSpace(core.basis);
      return async (tick) => space.compose(tick.neutralised, motion(drive === 'silence' ? undefined : tick.ownLips));
    }
    const sound = decodeAudio(drive === 'own sound' ? path : options.other);
    const frames = core.performClip(source, sound, core.createDirector(clip.performance), 'stop');
    sources.push(frames);
    return async () => (await frames.next()).value?.performed.driven;
  }
}

/** The driven face of the next frame; undefined when the sound has ended. */
type Driver = (tick: ClipTick) => Promise<DrivenFrame | undefined>;

/** The next frame of a take; undefined when it has ended. */
type TakePicture = (picture: I420Image, tick: ClipTick) => Promise<I420Image | undefined>;

/** A clip's frames after encoding as takes are encoded. */
async function* decodeEncoded(path: string, decode: OpenedClip['decode']): AsyncGenerator<I420Image> {
  await using folder = await makeTemporaryFolder();
  const encoded = join(folder.path, 'encoded.mp4');
  const codec = ['-c:v', 'libx264', '-preset', 'superfast', '-crf', '22', '-bf', '0', '-an'];
  using encoder = startFfmpeg(['-v', 'error', '-i', path, '-r', '25', ...codec, encoded], { output: encoded });
  encoder.stdout.resume();
  await encoder.exit;
  yield* decodeI420(encoded, decode);
}

/** Middle and half the side of the squares whose trembling is measured, pixels. */
function staticPlaces(points: Float32Array): [x: number, y: number, reach: number][] {
  const reach = Math.max(4, Math.round(PATCH_REACH * unitOf(points)));
  return STATIC_PLACES.map((v) => [points[v * 3]!, points[v * 3 + 1]!, reach]);
}

/** One way of driving a clip under way. */
class Take {
  readonly drive: Drive;
  readonly pictureOf: TakePicture;
  readonly ways: PatchWays[] = [];
  last: I420Image | undefined;
  readonly after: (Float32Array | undefined)[] = [];
  readonly likenesses: number[] = [];
  seen: FaceLandmarks | undefined;
  readonly #error: SplitError = { inside: 0, outside: 0, insideValues: 0, outsideValues: 0 };
  readonly #similarities: number[] = [];
  readonly #distances: number[] = [];
  #worst: ClipFigures['worst'] | undefined;

  constructor(drive: Drive, pictureOf: TakePicture) {
    this.drive = drive;
    this.pictureOf = pictureOf;
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

  figures(
    core: TalkerCore,
    before: readonly (Float32Array | undefined)[],
    inputWays: readonly PatchWays[],
  ): ClipFigures {
    const [trembling, inputTrembling] = patchTrembling([this.ways, inputWays]) as [number, number];
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
      patchJitterRatio: trembling / inputTrembling,
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
