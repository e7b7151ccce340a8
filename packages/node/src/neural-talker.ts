/** The neural path on Node: released weights from the model store, drawn with LivePortrait. */

import { dirname, extname, join } from 'node:path';
import {
  embedStyle,
  type FinishedPortrait,
  FPS,
  type MotionTemplate,
  type NeuralFinish,
  type NeuralFrame,
  type NeuralProfile,
  type NeuralSourceFrame,
  type NeuralTake,
  NeuralTalker,
  type NeuralTalkerParts,
  PcTalkError,
  type Performance,
  type PersonStyle,
  PORTRAIT_FRAME_SIZE,
  type RgbaImage,
  readLivePortraitWeights,
  readMotionTemplate,
  readPcTalkWeights,
  type WarningReporter,
  type WeightFiles,
} from '@pctalk/core';
import { loadFaceAssets } from './face-models.ts';
import { GraphFolder } from './model-store/graph-folder.ts';
import { ModelStore } from './model-store/model-store.ts';
import { openDevice } from './neural-device.ts';
import { firstOf, type NeuralSource, openNeuralSource } from './neural-source.ts';
import { createNodeRuntime, type NodeDevice } from './onnx-runtime.ts';
import { readInput } from './read-input.ts';
import { renderTake, type TakeFrames } from './render-take.ts';
import {
  checkedPerformance,
  type RenderFileOptions,
  type RenderResult,
  refuseClipOptions,
  refuseStillOptions,
} from './talker.ts';

/** A person whose style the release's own demonstration uses. @source PC-Talk release, README */
export const DEMONSTRATION_PERSON = 192;

/** Of the sound the networks hear, Hz. */
const SAMPLE_RATE = 16_000;

/** How the motion of a reference and the networks' predictions are taken. */
export type NeuralMotionChoice = Partial<
  Pick<NeuralTake, 'relative' | 'drivingOption' | 'overlap' | 'emotionPerson' | 'smoothEmotions'>
>;

/** What is to speak, and how, on the neural path. */
export interface NeuralRenderOptions extends RenderFileOptions, NeuralMotionChoice {
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
  /** How driven keypoints are finished before they are drawn. @default as the release */
  readonly finish?: NeuralFinish | undefined;
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
  refuseStillOptions(options, 'liveportrait draws this one');
  const source = openNeuralSource(options.source, frameRate(profile), options);
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
        relative: options.relative,
        drivingOption: options.drivingOption,
        overlap: options.overlap,
        emotionPerson: options.emotionPerson,
        smoothEmotions: options.smoothEmotions,
        reference: await readReference(options.motionReference, options, talker, profile),
      });
      const whole = options.pasteBack === true ? first : undefined;
      const finish = { ...options.finish, relative: options.relative };
      return takeFrames({ talker, source, frames, plan, finish, whole });
    },
  });
}

/** A plan with all that drawing it needs. */
interface Drawing {
  readonly talker: NeuralTalker;
  readonly source: NeuralSource;
  /** What is known of the source's frames. */
  readonly frames: readonly NeuralSourceFrame[];
  readonly plan: readonly NeuralFrame[];
  readonly finish: NeuralFinish & Pick<NeuralTake, 'relative'>;
  /** First picture of the source where faces are put back into it; otherwise the crop is drawn alone. */
  readonly whole: RgbaImage | undefined;
}

/** Draws the frames of a plan one after the other. */
function takeFrames({ talker, source, frames, plan, finish, whole }: Drawing): TakeFrames {
  return {
    width: whole?.width ?? PORTRAIT_FRAME_SIZE,
    height: whole?.height ?? PORTRAIT_FRAME_SIZE,
    async *frames() {
      await using reader = source.reader();
      let at: { readonly index: number; readonly picture: RgbaImage; readonly portrait: FinishedPortrait } | undefined;
      for (const frame of plan) {
        const known = frames[frame.sourceIndex]!;
        if (at?.index !== frame.sourceIndex) {
          const picture = await reader.at(frame.sourceIndex);
          const portrait = await talker.prepare(picture, known, finish, frames.length > 1 ? frames[0] : undefined);
          at = { index: frame.sourceIndex, picture, portrait };
        }
        const drawn = await talker.draw(at.portrait, frame);
        if (whole === undefined) yield drawn.data;
        else {
          const out = at.picture.data.slice();
          talker.paste(drawn, at.picture, known, out);
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
  const clip = await readReference(options.styleReference, options, talker, profile);
  return embedStyle(bytes, clip.frames, createNodeRuntime());
}

async function readParts(
  store: ModelStore,
  emotions: boolean,
  warn: WarningReporter,
): Promise<Omit<NeuralTalkerParts, 'form'>> {
  const files: WeightFiles = {
    open: (model) => store.read(model),
    async hash(model) {
      const [status] = await store.list({ models: [model] });
      return status?.state === 'installed' ? status.record?.sha256 : undefined;
    },
  };
  return {
    face: await loadFaceAssets(),
    portrait: await readLivePortraitWeights(files),
    speech: await readPcTalkWeights(files, { emotions }),
    warn,
    cache: new GraphFolder(join(dirname(store.folder), 'graphs')),
  };
}

/** Motion of a template, or of the face in a picture or video. */
async function readReference<Path extends string | undefined>(
  path: Path,
  options: NeuralRenderOptions,
  talker: NeuralTalker,
  profile: NeuralProfile,
): Promise<MotionTemplate | (Path extends string ? never : undefined)> {
  if (path === undefined) return undefined as Path extends string ? never : undefined;
  const extension = extname(path).toLowerCase();
  if (extension === '.pkl' || extension === '.json') return readMotionTemplate(await readTemplate(path), path);
  const seen = await talker.analyse(openNeuralSource(path, frameRate(profile), options).frames(), { where: path });
  return {
    fps: FPS,
    frames: seen.map(({ canonical, motion }) => ({ ...motion, keypoints: canonical })),
    eyeRatios: seen.map(({ openness }) => openness!.eyes),
    lipRatios: seen.map(({ openness }) => openness!.lips),
  };
}

function readTemplate(path: string): Promise<Uint8Array> {
  return readInput(path, (got, cause) => {
    const message = `${path}: expected a motion template (.pkl or .json), ${got}; check the path`;
    return new PcTalkError('model-invalid', message, { cause });
  });
}

/** The release takes the frames of a video as they come; mended, they are brought to 25 a second first. */
function frameRate(profile: NeuralProfile): number | 'source' {
  return profile === 'pc-talk' ? 'source' : FPS;
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
