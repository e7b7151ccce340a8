import {
  type Consent,
  checkInUse,
  DEFAULT_PERFORMANCE,
  type EarKind,
  type OutputKind,
  PcTalkError,
  type Performance,
  type PerformedFrame,
  parsePerformance,
  STYLES,
  TalkerCore,
  type WarningReporter,
} from '@pctalk/core';
import { decodeAudio } from './audio-decode.ts';
import { hashBytes } from './consent.ts';
import { type ClipOptions, dubClip, openClip } from './dub-clip.ts';
import type { MediaOptions } from './duration-limit.ts';
import { decodeImage, readImageFile } from './image.ts';
import { isVideoFile } from './is-video-file.ts';
import { createNodeRuntime } from './onnx-runtime.ts';
import { probeVideo } from './probe-video.ts';
import { renderTake } from './render-take.ts';
import { setStillStage } from './still-stage.ts';
import { readTalkerAssets } from './talker-assets.ts';

/** What a talker hears with, and how it reports. */
export interface TalkerOptions {
  /** What lips are heard with. @default 'light' */
  readonly ear?: EarKind | undefined;
  /** Hears of trouble that does not stop the work. */
  readonly onWarning?: WarningReporter | undefined;
}

/** What is to speak, and how. */
export interface TakeOptions extends MediaOptions {
  /** Path of a picture (JPEG, PNG or WebP) or of a clip (MP4, MOV, WebM and others; see `isVideoFile`); told apart by content. */
  readonly source: string;
  /** Path of the speech, in any format and rate ffmpeg reads. */
  readonly audio: string;
  /** @default every control at its default */
  readonly performance?: Performance | undefined;
  /** Which face, from the left; may be left out when there is one. */
  readonly faceIndex?: number | undefined;
  /** Accept control values outside their limits. */
  readonly unsafeRange?: boolean | undefined;
}

/** A take, where its video goes, and who agreed. */
export interface RenderFileOptions extends TakeOptions, ClipOptions {
  /** Path of the result; its name says what it is, see `OUTPUT_FORMATS`. */
  readonly output: string;
  /** What lies behind the person of a picture: see `readBackground`. @default the picture's own background */
  readonly background?: string | undefined;
  /** Puts the face back into the whole picture instead of showing the 512 × 512 crop; clips are always shown whole. */
  readonly pasteBack?: boolean | undefined;
  /** Who agreed that this face be made to speak; not needed for the bundled sample. */
  readonly consent?: string | undefined;
  readonly onProgress?: ((progress: RenderProgress) => void) | undefined;
}

/** Where a render stands. */
export interface RenderProgress {
  /** Frames done and to do. */
  readonly frame: number;
  readonly frames: number;
  /** Frames a second since the first. */
  readonly fps: number;
  readonly etaSeconds: number;
}

/** What was made, and from what. */
export interface RenderResult {
  readonly output: string;
  readonly kind: OutputKind;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** Of the sound, seconds. */
  readonly duration: number;
  /** Execution provider that ran the networks. */
  readonly device: string;
  readonly consent: Consent;
  readonly performance: Performance;
  /** From the call to the first frame, and to the finished file, seconds. */
  readonly seconds: { readonly firstFrame: number; readonly total: number };
}

/** A portrait that talks, on Node. Dispose it when done. */
export interface Talker extends AsyncDisposable {
  readonly core: TalkerCore;
  /**
   * Renders a signed result: 25 frames a second, as long as the sound. Nothing is left behind on error or cancellation.
   * @throws PcTalkError; docs/errors.md lists the codes
   */
  renderFile(options: RenderFileOptions): Promise<RenderResult>;
  /** The driven keypoints and coefficients alone, without drawing; a frame is overwritten by the next. */
  motion(options: TakeOptions): AsyncGenerator<PerformedFrame>;
}

/** Loads the shipped models. @throws `model-missing`, `model-invalid` */
export async function createTalker(options: TalkerOptions = {}): Promise<Talker> {
  const runtime = createNodeRuntime();
  const core = await TalkerCore.create(runtime, await readTalkerAssets(options.ear));
  let isInUse = true;
  return {
    core,
    renderFile: async (take) => {
      checkInUse(isInUse, 'talker');
      const render = (await isVideoFile(take.source)) ? renderClip : renderFile;
      return render(core, runtime.device, take, options.onWarning ?? (() => {}));
    },
    async *motion(take) {
      checkInUse(isInUse, 'talker');
      if (await isVideoFile(take.source)) {
        yield* clipMotion(core, take, options.onWarning ?? (() => {}));
        return;
      }
      const { onWarning = () => {} } = options;
      const performance = checkedPerformance(take.performance, { unsafeRange: take.unsafeRange === true, onWarning });
      const picture = await decodeImage(take.source);
      const source = await core.prepare(picture, { faceIndex: take.faceIndex, where: take.source, onWarning });
      const audio = decodeAudio(take.audio, { signal: take.signal, maxDuration: take.maxDuration, onWarning });
      yield* core.perform(source, audio, core.createDirector(performance));
    },
    async [Symbol.asyncDispose]() {
      isInUse = false;
      await core.dispose();
    },
  };
}

async function renderFile(
  core: TalkerCore,
  device: string,
  options: RenderFileOptions,
  onWarning: WarningReporter,
): Promise<RenderResult> {
  const take = checkedPerformance(options.performance, { unsafeRange: options.unsafeRange === true, onWarning });
  let sha256 = '';
  return renderTake(
    options,
    { device, performance: take, onWarning },
    {
      async read() {
        const bytes = await readImageFile(options.source);
        sha256 = hashBytes(bytes);
        const picture = await decodeImage(bytes, options.source);
        refuseClipOptions(options, `${options.source} is a picture`);
        return picture;
      },
      hash: () => sha256,
      async open(picture, audio) {
        const stage = await setStillStage(core, picture, options, onWarning);
        return {
          width: stage.width,
          height: stage.height,
          transparent: stage.transparent,
          inputs: stage.inputs,
          frames: () => stage.draw(core.perform(stage.source, audio, core.createDirector(take))),
          [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
        };
      },
    },
  );
}

async function renderClip(
  core: TalkerCore,
  device: string,
  options: RenderFileOptions,
  onWarning: WarningReporter,
): Promise<RenderResult> {
  const take = checkedPerformance(options.performance, { unsafeRange: options.unsafeRange === true, onWarning });
  return renderTake(
    options,
    { device, performance: take, onWarning },
    {
      read: () => {
        refuseStillOptions(options, `${options.source} is a clip`);
        return probeVideo(options.source, options);
      },
      async open(_, audio, info) {
        const clip = await openClip(core, options.source, options, take, onWarning);
        return dubClip(core, options.source, clip, audio, options, info, onWarning);
      },
    },
  );
}

async function* clipMotion(
  core: TalkerCore,
  take: TakeOptions,
  onWarning: WarningReporter,
): AsyncGenerator<PerformedFrame> {
  const performance = checkedPerformance(take.performance, { unsafeRange: take.unsafeRange === true, onWarning });
  const clip = await openClip(core, take.source, take, performance, onWarning);
  const director = core.createDirector(clip.performance);
  const audio = decodeAudio(take.audio, { signal: take.signal, maxDuration: take.maxDuration, onWarning });
  for await (const { performed } of core.performClip(clip.source, audio, director, 'hold')) yield performed;
}

/** @throws usage: options of clips, which a take that does not dub one would ignore */
export function refuseClipOptions({ whenShort, whenLong, originalSound }: ClipOptions, why: string): void {
  const given = [
    whenShort !== undefined && '--when-short',
    whenLong !== undefined && '--when-long',
    originalSound !== undefined && '--original-sound',
  ];
  const names = given.filter(Boolean).join(' and ');
  if (names === '') return;
  throw new PcTalkError('usage', `${names}: expected a clip to dub on the mesh renderer, but ${why}; leave it out`);
}

/** @throws usage: options of pictures, which a take of anything else would ignore */
export function refuseStillOptions({ background }: Pick<RenderFileOptions, 'background'>, why: string): void {
  if (background === undefined) return;
  const message = `--background: expected a picture on the mesh renderer, but ${why}; leave it out`;
  throw new PcTalkError('usage', message);
}

/** The performance of a take, checked. */
export function checkedPerformance(
  performance: Performance | undefined,
  options: { readonly unsafeRange?: boolean; readonly onWarning?: WarningReporter },
): Performance {
  return parsePerformance(performance ?? DEFAULT_PERFORMANCE, 'performance', { ...options, styles: STYLES });
}
