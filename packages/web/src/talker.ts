import {
  type Consent,
  checkInUse,
  DEFAULT_PERFORMANCE,
  type FaceRegion,
  invariant,
  type Performance,
  parsePerformance,
  STYLES,
  statedConsent,
  type WarningReporter,
} from '@pctalk/core';
import { type DecodedAudio, decodeAudio } from './audio.ts';
import { decodeImage } from './image.ts';
import type { WebRuntimeOptions } from './onnx-runtime.ts';
import { type C2paAddress, sha256Hex } from './provenance.ts';
import type { RenderResult, SourceWarning, TalkerFrame, VideoRequest, WebTalkerAssets } from './talker-protocol.ts';
import { WEB_VIDEO_ENCODER_DEFAULTS, type WebVideoCodec } from './video-encoder.ts';
import { WorkerLine } from './worker-line.ts';

/** Options of `createTalker`. */
export interface WebTalkerOptions {
  /** A module worker that runs `@pctalk/web/worker`; the talker ends it. */
  readonly worker: Worker;
  readonly assets: WebTalkerAssets;
  /** Address of `c2pa.wasm` of `@contentauth/c2pa-wasm`, with which videos are signed. */
  readonly c2pa: C2paAddress;
  readonly runtime?: WebRuntimeOptions;
}

/** A source picture file. */
export interface WebSourceOptions {
  readonly file: Blob;
  /** For messages. */
  readonly name?: string;
  /** Which face, from the left; may be left out when there is one. */
  readonly faceIndex?: number;
}

/** A picture made ready to speak. Who prepares it disposes it. */
export interface WebSource extends Disposable {
  readonly name: string;
  /** SHA-256 of the file, hex. */
  readonly sha256: string;
  /** Square of the picture that is drawn. */
  readonly region: FaceRegion;
  /** What is wrong with the face without stopping the work: small, blurred, turned, covered. */
  readonly warnings: readonly SourceWarning[];
}

/** Options of `WebTalker.render`. */
export interface WebRenderOptions {
  readonly source: WebSource;
  /** Bytes of a sound file. */
  readonly audio: Uint8Array;
  readonly performance?: Performance;
  /** Accept control values outside their limits. */
  readonly unsafeRange?: boolean;
  /** Hears of values outside the recommended ranges. */
  readonly onWarning?: WarningReporter;
  /** Who agreed that the source be made to speak; not needed for the bundled portrait. Kept in the video. */
  readonly consent?: string;
  /** Name shown for the result. */
  readonly title?: string;
  /** Video codecs, tried in this order; the result says which ran. */
  readonly codecs?: readonly WebVideoCodec[];
  /** Video, bits a second. */
  readonly bitrate?: number;
  /** Hears the decoded sound before the first frame. */
  readonly onAudio?: (audio: DecodedAudio) => void;
  /** Gets each frame; the renderer stays at most 8 frames ahead of what it returns or resolves. */
  readonly onFrame?: (frame: TalkerFrame) => void | Promise<void>;
  /** Frames drawn, and all. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops the take; it then throws `cancelled`. */
  readonly signal?: AbortSignal;
}

/** A finished talking video. */
export interface WebVideo {
  /** A signed MP4. */
  readonly file: Blob;
  readonly codec: WebVideoCodec;
  readonly frameCount: number;
}

/** Makes portraits talk in the browser, in a worker of its own. Takes run one after the other. */
export interface WebTalker extends Disposable {
  /** What runs the networks: 'wasm' or 'webgpu'. */
  readonly device: string;
  /** Finds the face. @throws image-…, no-face, several-faces, face-too-small */
  prepare(options: WebSourceOptions): Promise<WebSource>;
  /**
   * Makes a source speak.
   * @throws audio-…, consent-missing, media-tool-missing, cancelled; performance-invalid, unknown-name, value-out-of-range
   */
  render(options: WebRenderOptions): Promise<WebVideo>;
}

/** Opens a talker in a worker. @throws device-missing, model-invalid */
export async function createTalker(options: WebTalkerOptions): Promise<WebTalker> {
  const line = new WorkerLine(options.worker);
  const { device } = await line.ask({
    kind: 'open',
    runtime: options.runtime ?? {},
    assets: options.assets,
  });
  const ids = new WeakMap<WebSource, number>();
  const c2pa = new URL(options.c2pa, globalThis.location.href).href;
  let last: Promise<unknown> = Promise.resolve();

  return {
    device,
    async prepare({ file, name = 'picture', faceIndex }) {
      const picture = await decodeImage(file, name);
      const sha256 = await sha256Hex(new Uint8Array(await file.arrayBuffer()));
      const prepared = await line.ask({ kind: 'prepare', picture, faceIndex, where: name });
      const source: WebSource = {
        name,
        sha256,
        region: prepared.region,
        warnings: prepared.warnings,
        [Symbol.dispose]() {
          if (ids.delete(source) && !line.isClosed) void line.ask({ kind: 'forget', source: prepared.source });
        },
      };
      ids.set(source, prepared.source);
      return source;
    },
    render(take) {
      const id = ids.get(take.source);
      checkInUse(id !== undefined, 'source of this talker');
      const result = last.then(() => renderIn(line, id, take, c2pa));
      last = result.catch(() => undefined);
      return result;
    },
    [Symbol.dispose]: () => line.close(),
  };
}

async function renderIn(line: WorkerLine, source: number, take: WebRenderOptions, c2pa: string): Promise<WebVideo> {
  const { unsafeRange = false, onWarning = () => {} } = take;
  const checks = { styles: STYLES, unsafeRange, onWarning };
  const performance = parsePerformance(take.performance ?? DEFAULT_PERFORMANCE, 'performance', checks);
  const consent = await recordConsent(take.source, take.consent);
  const inputs = [
    { role: 'source', sha256: take.source.sha256 },
    { role: 'audio', sha256: await sha256Hex(take.audio) },
  ];
  const audio = await decodeAudio(take.audio);
  take.onAudio?.(audio);
  const video: VideoRequest = {
    sound: audio.sound,
    codecs: take.codecs ?? WEB_VIDEO_ENCODER_DEFAULTS.codecs,
    bitrate: take.bitrate ?? WEB_VIDEO_ENCODER_DEFAULTS.bitrate,
    title: take.title ?? 'talking face',
    inputs,
    consent,
    c2pa,
  };
  const frames = take.onFrame !== undefined;
  const request = { kind: 'render', source, speech: audio.speech, performance, frames, video } as const;
  const result: RenderResult = await line.ask(request, take);
  invariant(result.video !== undefined, 'a video was asked for');
  const file = new Blob([result.video.bytes as BufferSource], { type: 'video/mp4' });
  return { file, codec: result.video.codec, frameCount: result.frameCount };
}

async function recordConsent(source: WebSource, text: string | undefined): Promise<Consent> {
  const stated = statedConsent(source, text, 'consent');
  const textSha256 = await sha256Hex(new TextEncoder().encode(stated));
  return { text: stated, textSha256, sourceSha256: source.sha256, time: new Date().toISOString() };
}
