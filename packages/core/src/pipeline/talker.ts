import type { FaceAnalyser } from '../face/face-analyser.ts';
import type { Performance } from '../formats/performance.ts';
import type { RgbaImage } from '../image.ts';
import { createFaceAnalyser } from '../models/face-analyser.ts';
import type { FaceModelAssets } from '../models/face-assets.ts';
import { createSpeechDriver, type SpeechDriver } from '../models/speech/speech-driver.ts';
import { createArticulationEditor } from '../motion/articulation.ts';
import { type MeshBasis, readMeshBasis } from '../motion/mesh-basis.ts';
import { createMeshMotionSpace } from '../motion/mesh-motion-space.ts';
import { createMeshRenderer } from '../render/mesh-renderer.ts';
import type { Renderer } from '../render/renderer.ts';
import type { TensorRuntime } from '../tensor-runtime.ts';
import { Director } from './director.ts';
import { drive, type PerformedFrame } from './drive.ts';
import { type PrepareStillOptions, prepareStill, type StillSource } from './still-source.ts';

/** What a talker is made of: bytes the platform has read. */
export interface TalkerAssets {
  /** Networks of face analysis, from `@mediapipe/face_mesh`. */
  readonly face: FaceModelAssets;
  /** assets/mesh-basis.bin */
  readonly basis: Uint8Array;
  /** assets/speech-lips.onnx */
  readonly speech: Uint8Array;
}

/** Makes portraits talk, on any platform. Who creates it disposes it. */
export class TalkerCore {
  readonly analyser: FaceAnalyser;
  readonly basis: MeshBasis;
  readonly #speech: SpeechDriver;

  private constructor(analyser: FaceAnalyser, basis: MeshBasis, speech: SpeechDriver) {
    this.analyser = analyser;
    this.basis = basis;
    this.#speech = speech;
  }

  /** Loads the networks. @throws `model-invalid`, `device-missing` */
  static async create(runtime: TensorRuntime, assets: TalkerAssets): Promise<TalkerCore> {
    const [analyser, speech] = await Promise.all([
      createFaceAnalyser(runtime, assets.face),
      createSpeechDriver(runtime, assets.speech),
    ]);
    return new TalkerCore(analyser, readMeshBasis(assets.basis), speech);
  }

  /** Seconds between sound and the frame it moves, in live use. */
  get lagSeconds(): number {
    return this.#speech.lagSeconds;
  }

  /** See `prepareStill`. */
  prepare(picture: RgbaImage, options: PrepareStillOptions): Promise<StillSource> {
    return prepareStill(picture, this.analyser, this.basis, options);
  }

  /** A renderer of the prepared source; the caller disposes it. */
  createRenderer(source: StillSource): Renderer {
    return createMeshRenderer(source.crop, source.tick);
  }

  /** A director for one take; its performance may be replaced while frames are drawn. */
  createDirector(performance: Performance): Director {
    return new Director(performance, createArticulationEditor(this.basis));
  }

  /**
   * Drives the source by speech: ceil(duration · 25) frames, the same for any chunking of the sound.
   * @param audio 16 kHz mono, −1 … 1.
   */
  perform(
    source: StillSource,
    audio: AsyncIterable<Float32Array> | Iterable<Float32Array>,
    director: Director,
  ): AsyncGenerator<PerformedFrame> {
    return drive(audio, {
      stream: this.#speech.createStream(),
      director,
      space: createMeshMotionSpace(this.basis),
      sourceAt: () => source.tick,
    });
  }

  async dispose(): Promise<void> {
    await Promise.all([this.analyser.dispose(), this.#speech.dispose()]);
  }
}
