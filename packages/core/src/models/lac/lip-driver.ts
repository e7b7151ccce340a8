import { COEFFICIENT_COUNT } from '../../motion/coefficients.ts';
import type { TensorRuntime, TensorSession } from '../../tensor-runtime.ts';
import { LipFinisher } from '../speech/finish-lips.ts';
import type { SpeechFrame } from '../speech/speech-driver.ts';
import { LacDecoder } from './lac-decoder.ts';
import { MESH_LAC, writeLacAudio } from './mesh-lac.ts';
import { readStyleTable, type StyleTable } from './style-table.ts';

/** What the lip network is made of: bytes the platform has read. */
export interface LipAssets {
  /** assets/lac.onnx */
  readonly network: Uint8Array;
  /** assets/lac-styles.safetensors */
  readonly styles: Uint8Array;
}

/** Lips that speak what one voice says. Calls must not overlap. */
export interface LipStream {
  /**
   * @param style e_s `[192]` of this frame.
   * @returns D_l `[C]`: closed where closures were heard, at rest in silence; overwritten by the next call.
   */
  next(speech: SpeechFrame, style: Float32Array): Promise<Float32Array>;
}

/** A loaded lip network. Who creates it disposes it. */
export interface LipDriver extends StyleTable {
  createStream(): LipStream;
  dispose(): Promise<void>;
}

/**
 * Loads LAC: autoregressive with cached keys and values, one network step a frame, no lag of its own and no windows.
 * @throws `model-invalid` if the runtime refuses the files.
 */
export async function createLipDriver(runtime: TensorRuntime, assets: LipAssets): Promise<LipDriver> {
  const table = readStyleTable(assets.styles);
  const session = await runtime.load(assets.network);
  return { ...table, createStream: () => new NetworkStream(session), dispose: () => session.dispose() };
}

class NetworkStream implements LipStream {
  readonly #decoder: LacDecoder;
  readonly #audio = new Float32Array(MESH_LAC.audioWidth);
  readonly #lips = new Float32Array(COEFFICIENT_COUNT);
  readonly #finisher = new LipFinisher();
  #before: Float32Array = new Float32Array(MESH_LAC.motionWidth);

  constructor(session: TensorSession) {
    this.#decoder = new LacDecoder(session, MESH_LAC, new Float32Array(MESH_LAC.width));
  }

  async next(speech: SpeechFrame, style: Float32Array): Promise<Float32Array> {
    writeLacAudio(speech, this.#audio);
    this.#decoder.setStyle(style);
    const { output, channels } = await this.#decoder.step(this.#audio, this.#before);
    this.#before = output!;
    this.#finisher.finish(channels!, speech, this.#lips);
    return this.#lips;
  }
}
