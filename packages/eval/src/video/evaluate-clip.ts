import {
  COEFFICIENT_COUNT,
  createMeshMotionSpace,
  type FaceLandmarks,
  type MotionFrame,
  pointsAt,
  type RgbaImage,
  type SourceTick,
  type TalkerCore,
} from '@pctalk/core';
import { decodeVideo, openClip, readFrames } from '@pctalk/node';
import { deviation, lipDistance, lipGap, mouthBox, staticJitter } from './landmark-figures.ts';
import { addSquaredError, psnr, ssim } from './picture-distance.ts';

/** What drives the clip: its own lips, or nothing at all (lips at rest). */
export type Drive = 'own-lips' | 'silence';

/** Figures of one clip. */
export interface ClipFigures {
  readonly frames: number;
  /** Mean and worst distance of lip landmarks, result against input, U. */
  readonly lipDistance: number;
  readonly worstLipDistance: number;
  /** dB, result against input, before encoding. */
  readonly psnrOutside: number;
  readonly psnrInside: number;
  readonly ssimInside: number;
  /** Of static landmarks, result over input, each tracked anew. */
  readonly jitterRatio: number;
  /** Standard deviation of the lip gap, result and input, U. */
  readonly gapDeviation: number;
  readonly inputGapDeviation: number;
  /** Frame with the largest lip distance, and the pictures of it. */
  readonly worst: { readonly frame: number; readonly input: RgbaImage; readonly result: RgbaImage };
}

/** Dubs a clip with its own lips or with silence and compares the frames, before encoding, with the clip's. */
export async function evaluateClip(core: TalkerCore, path: string, drive: Drive): Promise<ClipFigures> {
  const clip = await openClip(core, path, {}, { version: 1 }, () => {});
  const { source, decode } = clip;
  const dub = core.createClipDub(source, await readFrames(path, decode, source.mouthFrames));
  const space = createMeshMotionSpace(core.basis);
  const error = { inside: 0, outside: 0, insideValues: 0, outsideValues: 0 };
  const before: (Float32Array | undefined)[] = [];
  const after: (Float32Array | undefined)[] = [];
  const similarities: number[] = [];
  const distances: number[] = [];
  let [seenBefore, seenAfter]: (FaceLandmarks | undefined)[] = [];
  let worst: ClipFigures['worst'] | undefined;
  let frame = 0;
  for await (const input of decodeVideo(path, decode)) {
    const tick = source.tickAt(frame);
    const result = { ...input, data: input.data.slice() };
    dub.draw(result, tick, space.compose(tick.neutralised as SourceTick, motion(drive, tick.ownLips)));
    seenBefore = await core.analyser.track(input, seenBefore);
    seenAfter = await core.analyser.track(result, seenAfter);
    before.push(seenBefore?.points);
    after.push(seenAfter?.points);
    if (seenBefore && seenAfter && tick.strength === 1) {
      const box = mouthBox(pointsAt(source.track, frame), input.width, input.height);
      addSquaredError(input, result, box, error);
      similarities.push(ssim(input, result, box));
      const distance = lipDistance(seenBefore.points, seenAfter.points);
      if (distances.every((other) => other < distance)) worst = { frame, input, result };
      distances.push(distance);
    }
    frame++;
  }
  if (worst === undefined) throw new Error(`${path}: no frame could be compared`);
  const gaps = (frames: readonly (Float32Array | undefined)[]) =>
    deviation(frames.flatMap((points) => (points ? [lipGap(points)] : [])));
  return {
    frames: frame,
    lipDistance: mean(distances),
    worstLipDistance: Math.max(...distances),
    psnrOutside: psnr(error.outside, error.outsideValues),
    psnrInside: psnr(error.inside, error.insideValues),
    ssimInside: mean(similarities),
    jitterRatio: staticJitter(after) / staticJitter(before),
    gapDeviation: gaps(after),
    inputGapDeviation: gaps(before),
    worst,
  };
}

function motion(drive: Drive, ownLips: Float32Array): MotionFrame {
  const zero = new Float32Array(COEFFICIENT_COUNT);
  return {
    lips: drive === 'own-lips' ? ownLips : zero,
    emotion: zero,
    life: zero,
    head: { pitch: 0, yaw: 0, roll: 0, shift: [0, 0, 0] },
    gaze: { yaw: 0, pitch: 0 },
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
