import type { FaceAnalyser } from '../face/face-analyser.ts';
import { DEFAULT_PERFORMANCE, type Performance } from '../formats/performance.ts';
import type { SourceTrack } from '../formats/source-track.ts';
import type { Picture, RgbaImage } from '../image.ts';
import { createFullEarDriver, type EarAssets } from '../models/ear/full-ear-driver.ts';
import { createEmotionDriver, type EmotionDriver } from '../models/emotion/emotion-driver.ts';
import { createFaceAnalyser } from '../models/face-analyser.ts';
import type { FaceModelAssets } from '../models/face-assets.ts';
import { createLipDriver, type LipAssets, type LipDriver } from '../models/lac/lip-driver.ts';
import { createPersonSegmenter, type PersonSegmenter } from '../models/person-matte/person-matte.ts';
import { createSpeechDriver, type SpeechDriver, type SpeechFrame } from '../models/speech/speech-driver.ts';
import { createArticulationEditor } from '../motion/articulation.ts';
import { type MeshBasis, readMeshBasis } from '../motion/mesh-basis.ts';
import { createMeshMotionSpace } from '../motion/mesh-motion-space.ts';
import type { SourceTick } from '../motion/motion-space.ts';
import { createMeshRenderer } from '../render/mesh-renderer.ts';
import type { Renderer, RendererOptions } from '../render/renderer.ts';
import type { TensorRuntime } from '../tensor-runtime.ts';
import { type AlignedWord, type AlignWordsOptions, alignWords } from './align-words.ts';
import { ClipDub, type ClipFrame, readClipParts } from './clip-dub.ts';
import { Director } from './director.ts';
import { clipFrameAt, type WhenShort } from './frame-order.ts';
import { personOfSeed } from './person.ts';
import { Session, type SessionFrame, type SessionOptions, speak } from './session.ts';
import { type PrepareStillOptions, prepareStill, type StillSource } from './still-source.ts';
import { VideoSource, type VideoSourceOptions } from './video-source.ts';
import { type TrackOptions, VideoTracker } from './video-tracker.ts';

/** What a talker is made of: bytes the platform has read. */
export interface TalkerAssets {
  /** Networks of face analysis, from `@mediapipe/face_mesh`. */
  readonly face: FaceModelAssets;
  /** assets/mesh-basis.bin */
  readonly basis: Uint8Array;
  /** assets/speech-lips.onnx */
  readonly speech: Uint8Array;
  /** The full ear, to hear lips with; without it the speech model hears them alone. */
  readonly ear?: EarAssets | undefined;
  readonly lips: LipAssets;
  /** assets/emotion.onnx; without it emotions are held still instead of moving with the voice. */
  readonly emotion?: Uint8Array | undefined;
  /** `selfie_segmentation.tflite`, see `buildMatteNetwork`; without it the background near the head moves with it. */
  readonly matte?: Uint8Array | undefined;
}

/** Makes portraits talk, on any platform. Who creates it disposes it. */
export class TalkerCore {
  readonly analyser: FaceAnalyser;
  readonly basis: MeshBasis;
  readonly #speech: SpeechDriver;
  readonly #lips: LipDriver;
  readonly #emotion: EmotionDriver | undefined;
  readonly #segmenter: PersonSegmenter | undefined;

  private constructor(
    analyser: FaceAnalyser,
    basis: MeshBasis,
    speech: SpeechDriver,
    lips: LipDriver,
    emotion: EmotionDriver | undefined,
    segmenter: PersonSegmenter | undefined,
  ) {
    this.analyser = analyser;
    this.basis = basis;
    this.#speech = speech;
    this.#lips = lips;
    this.#emotion = emotion;
    this.#segmenter = segmenter;
  }

  /** Loads the networks. @throws `model-invalid`, `device-missing` */
  static async create(runtime: TensorRuntime, assets: TalkerAssets): Promise<TalkerCore> {
    const [analyser, speech, lips, emotion, segmenter] = await Promise.all([
      createFaceAnalyser(runtime, assets.face),
      assets.ear ? createFullEarDriver(runtime, assets.speech, assets.ear) : createSpeechDriver(runtime, assets.speech),
      createLipDriver(runtime, assets.lips),
      assets.emotion && createEmotionDriver(runtime, assets.emotion),
      assets.matte && createPersonSegmenter(runtime, assets.matte),
    ]);
    return new TalkerCore(analyser, readMeshBasis(assets.basis), speech, lips, emotion, segmenter);
  }

  /** Seconds between sound and the frame it moves, in live use. */
  get lagSeconds(): number {
    return this.#speech.lagSeconds;
  }

  /** See `prepareStill`. */
  prepare(picture: RgbaImage, options: PrepareStillOptions): Promise<StillSource> {
    return prepareStill(picture, this.analyser, this.basis, { segmenter: this.#segmenter, ...options });
  }

  /** A renderer of the prepared source; the caller disposes it. */
  createRenderer(source: StillSource, options: Pick<RendererOptions, 'backdrop'> = {}): Renderer {
    return createMeshRenderer(source.crop, source.tick, {
      ...options,
      matte: source.matte,
      spectacles: source.spectacles,
    });
  }

  /** A director for one take; its performance may be replaced while frames are drawn. */
  createDirector(performance: Performance): Director {
    return new Director(performance, createArticulationEditor(this.basis), {
      lips: { stream: this.#lips.createStream(), table: this.#lips },
      emotions: this.#emotion?.createStream(personOfSeed(performance.seed ?? 0)),
    });
  }

  /**
   * Drives the source by speech: ceil(duration · 25) frames, the same for any chunking of the sound.
   * @param audio 16 kHz mono, −1 … 1.
   */
  perform(
    source: StillSource,
    audio: AsyncIterable<Float32Array> | Iterable<Float32Array>,
    director: Director,
  ): AsyncGenerator<SessionFrame> {
    return speak(
      this.#openSession(() => source.tick, director),
      audio,
    );
  }

  /**
   * A session of the prepared source: sound may be pushed, interrupted and directed while its frames are read.
   * @param options with a clock it is live
   */
  openSession(source: StillSource, performance: Performance, options: SessionOptions = {}): Session {
    return this.#openSession(() => source.tick, this.createDirector(performance), performance, options);
  }

  #openSession(
    sourceAt: (frameIndex: number) => SourceTick,
    director: Director,
    performance: Performance = DEFAULT_PERFORMANCE,
    options: SessionOptions = {},
  ): Session {
    const space = createMeshMotionSpace(this.basis);
    return new Session({ stream: this.#speech.createStream(), director, space, sourceAt }, performance, options);
  }

  /** What the speech model hears in a whole sound, one entry a frame. @param samples 16 kHz mono, −1 … 1. */
  async hear(samples: Float32Array): Promise<SpeechFrame[]> {
    const stream = this.#speech.createStream();
    return [...(await stream.push(samples)), ...(await stream.end())];
  }

  /** See `alignWords`. @param samples 16 kHz mono, −1 … 1. */
  align(samples: Float32Array, transcript: string, options?: AlignWordsOptions): Promise<AlignedWord[]> {
    return alignWords(this.#speech, samples, transcript, options);
  }

  /** Follows a face through a clip whose frames are pushed one by one. */
  createVideoTracker(options: TrackOptions): VideoTracker {
    return new VideoTracker(this.analyser, options);
  }

  /** A tracked clip as a source. */
  openClip(track: SourceTrack, options: VideoSourceOptions): VideoSource {
    return new VideoSource(track, this.basis, options);
  }

  /** What draws into the clip's frames. @param pictures the clip's frames `source.partFrames`. */
  createClipDub(source: VideoSource, pictures: readonly Picture[]): ClipDub {
    return new ClipDub(readClipParts(source, pictures));
  }

  /**
   * Drives a clip by speech, as `perform` does a still; ends with the speech, or with the clip where that is asked.
   * @param audio 16 kHz mono, −1 … 1.
   */
  async *performClip(
    source: VideoSource,
    audio: AsyncIterable<Float32Array> | Iterable<Float32Array>,
    director: Director,
    whenShort: WhenShort,
  ): AsyncGenerator<ClipFrame> {
    const frames = source.track.frameCount;
    let tick = source.tickAt(0);
    const session = this.#openSession((frameIndex) => {
      tick = source.tickAt(clipFrameAt(frameIndex, frames, whenShort) ?? frames - 1);
      return tick.neutralised;
    }, director);
    for await (const frame of speak(session, audio)) {
      const clipFrame = clipFrameAt(frame.frameIndex, frames, whenShort);
      if (clipFrame === undefined) return;
      yield { clipFrame, tick, performed: frame };
    }
  }

  async dispose(): Promise<void> {
    await Promise.all([
      this.analyser.dispose(),
      this.#speech.dispose(),
      this.#lips.dispose(),
      this.#emotion?.dispose(),
      this.#segmenter?.dispose(),
    ]);
  }
}
