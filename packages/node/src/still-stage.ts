import {
  createPasteBack,
  type DrivenFrame,
  type FaceRegion,
  FRAME_SIZE,
  PcTalkError,
  type PerformedFrame,
  type RgbaImage,
  type StillSource,
  type TalkerCore,
  type WarningReporter,
} from '@pctalk/core';
import { type Background, readBackground, unpremultiply } from './background.ts';
import { limitImage } from './limit-image.ts';
import { type RenderThread, startRenderThread } from './render-thread.ts';
import type { RenderFileOptions } from './talker.ts';

/** Longer side of a pasted-back video, pixels; larger pictures are reduced to it once the face is found and cropped. */
export const PASTE_BACK_MAX_SIDE = 1920;

/** Draws performed frames of a still, as the crop or in the whole picture. */
export interface StillStage extends AsyncDisposable {
  readonly source: StillSource;
  readonly width: number;
  readonly height: number;
  /** Whether frames have an alpha channel that counts. */
  readonly transparent: boolean;
  /** See `TakeFrames`. */
  readonly inputs: readonly { readonly role: string; readonly sha256: string }[];
  /** @returns RGBA `[height × width × 4]`; a frame is overwritten once the next is asked for. */
  draw(frames: AsyncIterable<PerformedFrame>): AsyncGenerator<Uint8ClampedArray>;
}

/** Finds the face and makes ready to draw. */
export async function setStillStage(
  core: TalkerCore,
  picture: RgbaImage,
  options: RenderFileOptions,
  onWarning: WarningReporter,
): Promise<StillStage> {
  const thread = startRenderThread(); // First, so that it loads while the face is found.
  try {
    return await prepareStage(core, picture, options, onWarning, thread);
  } catch (cause) {
    await thread[Symbol.asyncDispose]();
    throw cause;
  }
}

async function prepareStage(
  core: TalkerCore,
  picture: RgbaImage,
  options: RenderFileOptions,
  onWarning: WarningReporter,
  thread: RenderThread,
): Promise<StillStage> {
  const background = options.background === undefined ? undefined : await backgroundOf(options.background, options);
  const source = await core.prepare(picture, {
    faceIndex: options.faceIndex,
    where: options.source,
    // Pasted back, the frame ends where the picture does.
    onWarning: (warning) => {
      if (options.pasteBack !== true || warning.code !== 'border-invented') onWarning(warning);
    },
    matte: background === undefined ? 'keep' : 'cut',
  });
  if (background !== undefined && source.matte === undefined) {
    throw new PcTalkError(
      'no-person',
      `${options.source}: expected a person that stands out from the background, could not tell them apart; leave --background out, or use a picture with a plainer background`,
    );
  }
  const { crop, tick, matte, spectacles } = source;
  thread.prepare({ crop, tick, matte, spectacles, backdrop: background?.backdrop });
  if (options.pasteBack !== true) return cropStage(source, thread, background);
  const whole = await limitImage(picture, PASTE_BACK_MAX_SIDE);
  return wholeStage(whole, scaledRegion(source.region, picture, whole), source, thread);
}

/** A region of a picture in the same picture reduced. */
function scaledRegion({ centerX, centerY, size, rotation }: FaceRegion, from: RgbaImage, to: RgbaImage): FaceRegion {
  const [kx, ky] = [to.width / from.width, to.height / from.height];
  return { centerX: centerX * kx, centerY: centerY * ky, size: size * Math.sqrt(kx * ky), rotation };
}

/** @throws usage: the whole picture has a background of its own */
function backgroundOf(text: string, { pasteBack }: RenderFileOptions): Promise<Background> {
  if (pasteBack !== true) return readBackground(text);
  const message =
    '--background: expected the face alone, but --paste-back shows the whole picture; leave one of them out';
  throw new PcTalkError('usage', message);
}

function cropStage(source: StillSource, thread: RenderThread, background: Background | undefined): StillStage {
  const transparent = background?.backdrop === 'transparent';
  return {
    source,
    width: FRAME_SIZE,
    height: FRAME_SIZE,
    transparent,
    inputs: background?.sha256 === undefined ? [] : [{ role: 'background', sha256: background.sha256 }],
    async *draw(frames) {
      for await (const frame of thread.draw(drivenOf(frames))) {
        if (transparent) unpremultiply(frame, frame);
        yield frame;
      }
    },
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}

/** @param picture to paste into. @param region where in it. */
function wholeStage(picture: RgbaImage, region: FaceRegion, source: StillSource, thread: RenderThread): StillStage {
  return {
    source,
    width: picture.width,
    height: picture.height,
    transparent: false,
    inputs: [],
    async *draw(frames) {
      const undriven = { width: FRAME_SIZE, height: FRAME_SIZE, data: await drawUndriven(source, thread) };
      const pasteBack = createPasteBack(picture, undriven, region);
      const out = picture.data.slice();
      for await (const frame of thread.draw(drivenOf(frames))) {
        pasteBack.paste(frame, out);
        yield out;
      }
    },
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}

async function* drivenOf(frames: AsyncIterable<PerformedFrame>): AsyncGenerator<DrivenFrame> {
  for await (const { driven } of frames) yield driven;
}

/** The source as it is, as the renderer draws it: new memory. */
async function drawUndriven({ tick }: StillSource, thread: RenderThread): Promise<Uint8ClampedArray> {
  const { keypoints, pose, expression } = tick;
  const undriven: DrivenFrame = { keypoints, pose, coefficients: expression, gaze: { yaw: 0, pitch: 0 } };
  for await (const pixels of thread.draw([undriven])) return pixels.slice();
  throw new Error('pctalk bug: the drawing thread gave no frame');
}
