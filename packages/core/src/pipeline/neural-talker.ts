/** The neural path: PC-Talk's motion on LivePortrait, from pictures and a voice to drawn frames. */
import type { WarningReporter } from '../errors.ts';
import { faceCropRegion } from '../face/crop-region.ts';
import type { FaceAnalyser, FaceLandmarks } from '../face/face-analyser.ts';
import type { RgbaImage } from '../image.ts';
import { createFaceAnalyser } from '../models/face-analyser.ts';
import type { FaceModelAssets } from '../models/face-assets.ts';
import { drawCrop, planesToImage, portraitTensor } from '../models/liveportrait/crop.ts';
import { LivePortrait, type LivePortraitWeights, PORTRAIT_FRAME_SIZE } from '../models/liveportrait/liveportrait.ts';
import { pastePortrait } from '../models/liveportrait/paste-portrait.ts';
import { faceOpenness } from '../models/liveportrait/retargeting.ts';
import type { WarpingForm } from '../models/liveportrait/volumes.ts';
import { PcTalkMotion, type PcTalkWeights } from '../models/pctalk/pctalk-motion.ts';
import type { GraphCache } from '../models/released/graph-cache.ts';
import type { TensorRuntime } from '../tensor-runtime.ts';
import { chooseFace } from './choose-face.ts';
import { type FinishedPortrait, type NeuralFinish, prepareFinish } from './neural-finish.ts';
import { type NeuralFrame, type NeuralSourceFrame, type NeuralTake, planNeuralFrames } from './neural-plan.ts';

/** What a neural talker is made of. */
export interface NeuralTalkerParts {
  readonly face: FaceModelAssets;
  readonly portrait: LivePortraitWeights;
  readonly speech: PcTalkWeights;
  /** Which operations the warping network may use; `2d` for WebGPU. */
  readonly form: WarpingForm;
  /** Of the networks that draw. Default: `float32`. */
  readonly precision?: 'float32' | 'float16' | undefined;
  readonly warn?: WarningReporter;
  /** Where built graphs are kept. Default: nowhere. */
  readonly cache?: GraphCache;
}

/** Which face of a source, and what to call it. */
export interface NeuralSourceOptions {
  /** Which face, from the left; may be left out when there is one. */
  readonly faceIndex?: number | undefined;
  /** Names the source in messages. */
  readonly where: string;
}

/** The networks of the neural path, loaded. Who creates it disposes it. */
export class NeuralTalker {
  readonly #analyser: FaceAnalyser;
  readonly #portrait: LivePortrait;
  readonly #motion: PcTalkMotion;

  private constructor(analyser: FaceAnalyser, portrait: LivePortrait, motion: PcTalkMotion) {
    this.#analyser = analyser;
    this.#portrait = portrait;
    this.#motion = motion;
  }

  /** @throws `model-invalid`, `device-missing`. @param faceRuntime small networks run there; a CPU is best. */
  static async create(
    runtime: TensorRuntime,
    faceRuntime: TensorRuntime,
    parts: NeuralTalkerParts,
  ): Promise<NeuralTalker> {
    const { warn, cache } = parts;
    const analyser = await createFaceAnalyser(faceRuntime, parts.face);
    const portrait = await LivePortrait.load(parts.portrait, runtime, {
      form: parts.form,
      ...(parts.precision === undefined ? {} : { precision: parts.precision }),
      ...(warn !== undefined && { warn }),
      ...(cache !== undefined && { cache }),
    });
    return new NeuralTalker(analyser, portrait, await PcTalkMotion.load(parts.speech, faceRuntime, warn, cache));
  }

  /**
   * Looks at every frame of a source: one for a still.
   * @throws `no-face`, `several-faces`, `face-too-small`, `value-out-of-range`
   */
  async analyse(
    pictures: AsyncIterable<RgbaImage> | Iterable<RgbaImage>,
    options: NeuralSourceOptions,
  ): Promise<NeuralSourceFrame[]> {
    const frames: NeuralSourceFrame[] = [];
    let landmarks: FaceLandmarks | undefined;
    for await (const picture of pictures) {
      const before = landmarks;
      landmarks =
        before === undefined ? await this.#find(picture, options) : await this.#analyser.track(picture, before);
      landmarks ??= before!; // A face lost for a frame is where it was.
      const region = faceCropRegion(landmarks.points, { maxTilt: 0 });
      const openness = faceOpenness(landmarks.points);
      frames.push({ region, openness, ...(await this.#portrait.analyse(portraitTensor(drawCrop(picture, region)))) });
    }
    return frames;
  }

  /** Plans every frame of a take. @param waveform 16 kHz mono. */
  plan(source: readonly NeuralSourceFrame[], waveform: Float32Array, take: NeuralTake): Promise<NeuralFrame[]> {
    return planNeuralFrames(this.#motion, source, waveform, take);
  }

  /**
   * All that drawing needs of one frame of the source.
   * @param finish how keypoints are finished; as the release unless given. @param first of a source video, its first frame.
   */
  async prepare(
    picture: RgbaImage,
    frame: NeuralSourceFrame,
    finish: NeuralFinish & Pick<NeuralTake, 'relative'> = {},
    first?: NeuralSourceFrame,
  ): Promise<FinishedPortrait> {
    const portrait = await this.#portrait.prepare(portraitTensor(drawCrop(picture, frame.region)), frame);
    return prepareFinish(portrait, frame, first, finish, this.#portrait);
  }

  /** Draws one frame of a plan. @returns 512 × 512. */
  async draw(portrait: FinishedPortrait, frame: NeuralFrame): Promise<RgbaImage> {
    const keypoints = await this.#portrait.finish(portrait, frame.keypoints, portrait.finish(frame));
    return planesToImage(await this.#portrait.draw(portrait, keypoints), PORTRAIT_FRAME_SIZE);
  }

  /** Puts a drawn frame into its picture. @param out as large as the picture, and at first a copy of it. */
  paste(frame: RgbaImage, picture: RgbaImage, source: NeuralSourceFrame, out: Uint8ClampedArray): void {
    pastePortrait(frame, picture, source.region, out);
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#analyser.dispose(), this.#portrait.dispose(), this.#motion.dispose()]);
  }

  async #find(picture: RgbaImage, options: NeuralSourceOptions): Promise<FaceLandmarks> {
    const face = chooseFace(await this.#analyser.detect(picture), options.faceIndex, options.where);
    return this.#analyser.landmarks(picture, face.region);
  }
}
