/** The neural path on Node: released weights from the model store, drawn with LivePortrait. */

import { extname } from 'node:path';
import {
  embedStyle,
  FPS,
  type MotionTemplate,
  type NeuralFrame,
  type NeuralProfile,
  type NeuralSourceFrame,
  NeuralTalker,
  type NeuralTalkerParts,
  PcTalkError,
  type Performance,
  type PersonStyle,
  PORTRAIT_FRAME_SIZE,
  type Portrait,
  type RgbaImage,
  readLivePortraitWeights,
  readMotionTemplate,
  readPcTalkWeights,
  sourceSize,
  type WarningReporter,
} from '@pctalk/core';
import { loadFaceAssets } from './face-models.ts';
import { decodeImage } from './image.ts';
import { limitImage } from './limit-image.ts';
import { ModelStore } from './model-store/model-store.ts';
import { openDevice } from './neural-device.ts';
import { createNodeRuntime, type NodeDevice } from './onnx-runtime.ts';
import { readInput } from './read-input.ts';
import { renderTake, type TakeFrames } from './render-take.ts';
import { checkedPerformance, type RenderFileOptions, type RenderResult, refuseClipOptions } from './talker.ts';
import { decodeVideo } from './video-decode.ts';

/** A person whose style the release's own demonstration uses. @source PC-Talk release, README */
export const DEMONSTRATION_PERSON = 192;

/** Longer side of a source, pixels: the release reduces larger ones. */
const SOURCE_MAX_SIDE = 1280;
/** Of the sound the networks hear, Hz. */
const SAMPLE_RATE = 16_000;

/** What is to speak, and how, on the neural path. */
export interface NeuralRenderOptions extends RenderFileOptions {
  /** @default 'default' */
  readonly profile?: NeuralProfile | undefined;
  /** Speaking style. @default the person of the release's demonstration */
  readonly style?: PersonStyle | undefined;
  /** Motion template or video of a person speaking, whose style is taken; needs `pctalk-style`. Overrides `style`. */
  readonly styleReference?: string | undefined;
  /** Motion template (.pkl or .json), picture or video whose pose and expression are taken. */
  readonly motionReference?: string | undefined;
  /** Where the large networks may run, the first that is there and draws rightly. @default ['cpu'] */
  readonly devices?: readonly NodeDevice[] | undefined;
  /** Of the networks that draw; float16 is for GPUs. @default 'float32' */
  readonly precision?: 'float32' | 'float16' | undefined;
  readonly onWarning?: WarningReporter | undefined;
  /** @default the store of this user */
  readonly store?: ModelStore | undefined;
}

/**
 * Renders a signed MP4 with PC-Talk's released networks on LivePortrait.
 * @throws `model-missing` if weights are not installed, and what `renderTake` throws.
 */
export async function renderNeuralFile(options: NeuralRenderOptions): Promise<RenderResult> {
  const onWarning = options.onWarning ?? (() => {});
  const profile = options.profile ?? 'default';
  const performance = checkedPerformance(options.performance, {
    unsafeRange: options.unsafeRange === true || profile === 'pc-talk',
    onWarning,
  });
  refuseClipOptions(options, 'liveportrait draws this one');
  const source = openSource(options.source, profile);
  const facts = { device: 'cpu', performance, onWarning };
  return renderTake(options, facts, {
    read: () => source.first(),
    async open(first, audio) {
      const { talker, device } = await loadTalker(options, performance, onWarning);
      facts.device = device;
      const waveform = await gather(audio);
      const needed = Math.ceil((waveform.length * FPS) / SAMPLE_RATE);
      const frames = await talker.analyse(firstOf(source.frames(), needed), {
        faceIndex: options.faceIndex,
        where: options.source,
      });
      const plan = await talker.plan(frames, waveform, {
        performance,
        profile,
        style: await readStyle(options, talker, profile),
        reference: await readReference(options.motionReference, talker, profile),
      });
      return takeFrames(talker, source, frames, plan, options.pasteBack === true ? first : undefined);
    },
  });
}

/** Frames of a plan: the crop, or the whole picture where its first one is given. */
function takeFrames(
  talker: NeuralTalker,
  source: SourceFrames,
  frames: readonly NeuralSourceFrame[],
  plan: readonly NeuralFrame[],
  whole: RgbaImage | undefined,
): TakeFrames {
  return {
    width: whole?.width ?? PORTRAIT_FRAME_SIZE,
    height: whole?.height ?? PORTRAIT_FRAME_SIZE,
    async *frames() {
      await using stage = createStage(talker, source, frames);
      for (const { sourceIndex, keypoints } of plan) {
        const { picture, portrait, frame } = await stage.at(sourceIndex);
        const drawn = await talker.draw(portrait, keypoints);
        if (whole === undefined) yield drawn.data;
        else {
          const out = picture.data.slice();
          talker.paste(drawn, picture, frame, out);
          yield out;
        }
      }
    },
    async [Symbol.asyncDispose]() {
      void talker.dispose();
    },
  };
}

/** Reads the weights and opens the device; the files' bytes are let go once the networks are built. */
async function loadTalker(
  options: NeuralRenderOptions,
  performance: Performance,
  onWarning: WarningReporter,
): Promise<{ readonly talker: NeuralTalker; readonly device: string }> {
  const emotions = (performance.emotion ?? []).length > 0;
  const parts = await readParts(options.store ?? new ModelStore(), emotions, onWarning);
  const cpu = createNodeRuntime({ threads: 0, device: 'cpu' });
  const { runtime, form } = await openDevice(options.devices ?? ['cpu'], cpu, onWarning);
  const talker = await NeuralTalker.create(runtime, cpu, { ...parts, form, precision: options.precision });
  return { talker, device: runtime.device };
}

/** The style asked for: embedded from a reference clip, or of a person. */
async function readStyle(
  options: NeuralRenderOptions,
  talker: NeuralTalker,
  profile: NeuralProfile,
): Promise<PersonStyle> {
  if (options.styleReference === undefined) return options.style ?? { kind: 'person', person: DEMONSTRATION_PERSON };
  const bytes = await (options.store ?? new ModelStore()).read('pctalk-style');
  const clip = await readReference(options.styleReference, talker, profile);
  return embedStyle(bytes, clip.frames, createNodeRuntime());
}

async function readParts(
  store: ModelStore,
  emotions: boolean,
  warn: WarningReporter,
): Promise<Omit<NeuralTalkerParts, 'form'>> {
  const open = (model: Parameters<ModelStore['read']>[0]) => store.read(model);
  return {
    face: await loadFaceAssets(),
    portrait: await readLivePortraitWeights(open),
    speech: await readPcTalkWeights(open, { emotions }),
    warn,
  };
}

/** The frames of a source, readable more than once. */
interface SourceFrames {
  first(): Promise<RgbaImage>;
  frames(): AsyncIterable<RgbaImage>;
}

const VIDEO_EXTENSIONS = new Set(['.mp4', '.mov', '.webm', '.mkv', '.avi', '.m4v']);

/** The release takes the frames of a video as they come; mended, they are brought to 25 a second first. */
function openSource(path: string, profile: NeuralProfile): SourceFrames {
  let first: Promise<RgbaImage> | undefined;
  const reduce = async (picture: RgbaImage) => evenSides(await limitImage(picture, SOURCE_MAX_SIDE));
  async function* frames(): AsyncGenerator<RgbaImage> {
    if (!VIDEO_EXTENSIONS.has(extname(path).toLowerCase())) yield reduce(await decodeImage(path));
    else
      for await (const picture of decodeVideo(path, { fps: profile === 'pc-talk' ? 'source' : FPS }))
        yield reduce(picture);
  }
  return {
    frames,
    async first() {
      first ??= (async () => {
        for await (const picture of frames()) return picture; // Leaving the loop ends the decoder.
        throw unreadable(path);
      })();
      return first;
    },
  };
}

function unreadable(where: string): PcTalkError {
  return new PcTalkError('image-unreadable', `${where}: expected a picture, got none; try another file.`);
}

/** Cuts an odd last row and column away. */
function evenSides(picture: RgbaImage): RgbaImage {
  const { width, height } = sourceSize(picture.width, picture.height);
  if (width === picture.width && height === picture.height) return picture;
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    data.set(picture.data.subarray(y * picture.width * 4, (y * picture.width + width) * 4), y * width * 4);
  }
  return { width, height, data };
}

/** Pictures and portraits by frame of the source; a video is read again where the order turns back. */
function createStage(talker: NeuralTalker, source: SourceFrames, frames: readonly NeuralSourceFrame[]) {
  let reader: AsyncIterator<RgbaImage> | undefined;
  let next = 0;
  let current: { readonly index: number; readonly picture: RgbaImage; readonly portrait: Portrait } | undefined;
  async function pictureAt(index: number): Promise<RgbaImage> {
    if (reader === undefined || index < next) {
      await reader?.return?.();
      reader = source.frames()[Symbol.asyncIterator]();
      next = 0;
    }
    for (;;) {
      const { value, done } = await reader.next();
      if (done) throw unreadable(`frame ${index}`);
      if (next++ === index) return value;
    }
  }
  return {
    async at(index: number) {
      if (current?.index !== index) {
        const picture = await pictureAt(index);
        current = { index, picture, portrait: await talker.prepare(picture, frames[index]!) };
      }
      return { ...current, frame: frames[index]! };
    },
    async [Symbol.asyncDispose]() {
      await reader?.return?.();
    },
  };
}

/** Motion of a template, or of the face in a picture or video. */
async function readReference(path: string, talker: NeuralTalker, profile: NeuralProfile): Promise<MotionTemplate>;
async function readReference(
  path: string | undefined,
  talker: NeuralTalker,
  profile: NeuralProfile,
): Promise<MotionTemplate | undefined>;
async function readReference(path: string | undefined, talker: NeuralTalker, profile: NeuralProfile) {
  if (path === undefined) return undefined;
  const extension = extname(path).toLowerCase();
  if (extension === '.pkl' || extension === '.json') return readMotionTemplate(await readTemplate(path), path);
  const seen = await talker.analyse(openSource(path, profile).frames(), { where: path });
  return { fps: FPS, frames: seen.map(({ canonical, motion }) => ({ ...motion, keypoints: canonical })) };
}

function readTemplate(path: string): Promise<Uint8Array> {
  return readInput(path, (got, cause) => {
    const message = `${path}: expected a motion template (.pkl or .json), ${got}; check the path`;
    return new PcTalkError('model-invalid', message, { cause });
  });
}

/** At most the first `count` of a sequence, at least one. */
async function* firstOf<Item>(items: AsyncIterable<Item>, count: number): AsyncGenerator<Item> {
  let seen = 0;
  for await (const item of items) {
    yield item;
    if (++seen >= count) return;
  }
}

async function gather(audio: AsyncIterable<Float32Array>): Promise<Float32Array> {
  const chunks: Float32Array[] = [];
  for await (const chunk of audio) chunks.push(chunk.slice());
  const out = new Float32Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}
