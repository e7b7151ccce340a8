import {
  FPS,
  FRAME_SIZE,
  type ManifestSigner,
  PcTalkError,
  type Renderer,
  type StillSource,
  type TalkerCore,
  VERSION,
} from '@pctalk/core';
import { SPEECH_RATE } from './audio.ts';
import { signVideo } from './provenance.ts';
import type { RenderRequest, RenderResult, TalkerFrame, VideoRequest } from './talker-protocol.ts';
import { openVideoEncoder, type WebVideoEncoder } from './video-encoder.ts';

/** Where a take's frames and news go. */
export interface TakeListener {
  /** Awaited, so that a slow page holds the renderer back; the frame's memory is the listener's. */
  onFrame(frame: TalkerFrame): Promise<void>;
  onProgress(done: number, total: number): void;
}

/** What a take is made with. */
export interface TakeParts {
  readonly core: TalkerCore;
  readonly source: StillSource;
  readonly signer: () => Promise<ManifestSigner>;
  readonly signal: AbortSignal;
}

/**
 * Draws a take frame by frame, hands the frames on and encodes them as wanted.
 * @throws cancelled
 */
export async function renderTake(
  request: RenderRequest,
  parts: TakeParts,
  listener: TakeListener,
): Promise<RenderResult> {
  using renderer = parts.core.createRenderer(parts.source);
  const encoder = request.video && (await openEncoder(request.video));
  try {
    const frameCount = await drawFrames(request, parts, renderer, encoder, listener);
    if (encoder === undefined || request.video === undefined) return { frameCount, video: undefined };
    const mp4 = await encoder.finish();
    throwIfCancelled(parts.signal);
    return { frameCount, video: { bytes: await sign(mp4, request.video, parts), codec: encoder.codec } };
  } catch (error) {
    await encoder?.cancel();
    throw error;
  }
}

async function drawFrames(
  { speech, performance, frames }: RenderRequest,
  { core, source, signal }: TakeParts,
  renderer: Renderer,
  encoder: WebVideoEncoder | undefined,
  listener: TakeListener,
): Promise<number> {
  const total = Math.ceil((speech.length * FPS) / SPEECH_RATE);
  let pixels = newPixels();
  let done = 0;
  for await (const { frameIndex, driven } of core.perform(
    source,
    inSeconds(speech),
    core.createDirector(performance),
  )) {
    throwIfCancelled(signal);
    renderer.render(driven, pixels);
    await encoder?.write(pixels);
    if (frames) {
      const image = { width: FRAME_SIZE, height: FRAME_SIZE, data: pixels };
      await listener.onFrame({ frameIndex, image, coefficients: driven.coefficients.slice() });
      pixels = newPixels(); // The listener may have sent the memory away.
    }
    listener.onProgress(++done, total);
    await nextTask();
  }
  return done;
}

function newPixels(): Uint8ClampedArray<ArrayBuffer> {
  return new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
}

function openEncoder({ sound, codecs, bitrate }: VideoRequest): Promise<WebVideoEncoder> {
  return openVideoEncoder({ width: FRAME_SIZE, height: FRAME_SIZE, frameRate: FPS, sound, codecs, bitrate });
}

async function sign(mp4: Uint8Array, video: VideoRequest, { signer }: TakeParts): Promise<Uint8Array> {
  const { title, inputs, consent } = video;
  return signVideo(mp4, { title, version: VERSION, inputs, consent }, await signer(), video.c2pa);
}

/** Views of a second each, so that memory does not grow with the sound. */
function* inSeconds(speech: Float32Array): Generator<Float32Array> {
  for (let from = 0; from < speech.length; from += SPEECH_RATE) yield speech.subarray(from, from + SPEECH_RATE);
}

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new PcTalkError('cancelled', 'cancelled: nothing was written', { cause: signal.reason });
}

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port2.onmessage = () => waiting.shift()?.();

/** Lets messages in, such as a cancel; timers would cost 4 ms a frame. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port1.postMessage(0);
  });
}
