import type { TensorRuntime, TensorSession } from '@pctalk/core';

/** Features of the recogniser at one place. */
export const RECOGNISER_WIDTH = 288;
/** Samples between features, and the middle of the first one's sound: three convolutions, 127/64, 7/3, 3/2. */
export const RECOGNISER_HOP = 384;
/** Samples from the start of the sound to the middle of the first row. */
export const RECOGNISER_CENTRE = 447;

/**
 * The encoder of Moonshine tiny, an English speech recogniser: what it makes of a sound, every 24 ms. It hears the
 * whole clip at once and serves training only.
 *
 * @source Jeffries et al. 2024, "Moonshine: Speech Recognition for Live Transcription and Voice Commands"; English
 * weights, MIT licence, in the npm package @moonshine-ai/moonshine-js (dist/model/tiny/quantized/encoder_model.onnx).
 */
export class Recogniser {
  readonly #session: TensorSession;

  private constructor(session: TensorSession) {
    this.#session = session;
  }

  static async create(runtime: TensorRuntime, model: Uint8Array): Promise<Recogniser> {
    return new Recogniser(await runtime.load(model));
  }

  /** @param samples 16 kHz. @returns `[rows × 288]`; row k is centred on sample 447 + 384 k. */
  async hear(samples: Float32Array): Promise<Float32Array> {
    const feeds = { input_values: { dims: [1, samples.length], data: samples } };
    const { last_hidden_state: state } = await this.#session.run(feeds);
    return state!.data as Float32Array;
  }

  dispose(): Promise<void> {
    return this.#session.dispose();
  }
}
