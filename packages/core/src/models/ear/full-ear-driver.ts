import { COEFFICIENT_COUNT } from '../../motion/coefficients.ts';
import type { TensorRuntime, TensorSession } from '../../tensor-runtime.ts';
import { LipFinisher } from '../speech/finish-lips.ts';
import { createSpeechDriver, type SpeechDriver, type SpeechFrame, type SpeechStream } from '../speech/speech-driver.ts';
import { FORESIGHT_FRAMES, SPEECH_TIMING } from '../speech/speech-network.ts';
import { createEar, EAR_FEATURE_WIDTH, type EarStream } from './ear-driver.ts';
import type { EarFiles } from './ear-weights.ts';

/** The full ear and the heads behind it. */
export interface EarAssets extends EarFiles {
  /** assets/ear-heads.onnx */
  readonly heads: Uint8Array;
}

/**
 * Loads the speech model with the full ear beside it: lips and foresight come of both, all else of the speech model; the lag
 * is the same.
 * @throws `model-invalid` if the runtime refuses a file.
 */
export async function createFullEarDriver(
  runtime: TensorRuntime,
  speechModel: Uint8Array,
  assets: EarAssets,
): Promise<SpeechDriver> {
  const [speech, ear, heads] = await Promise.all([
    createSpeechDriver(runtime, speechModel),
    createEar(runtime, assets),
    runtime.load(assets.heads),
  ]);
  return {
    lagFrames: speech.lagFrames,
    lagSeconds: speech.lagSeconds,
    createStream: () => new FullEarStream(speech.createStream(), ear.createStream(), heads),
    dispose: async () => void (await Promise.all([speech.dispose(), ear.dispose(), heads.dispose()])),
  };
}

class FullEarStream implements SpeechStream {
  readonly #speech: SpeechStream;
  readonly #ear: EarStream;
  readonly #heads: TensorSession;
  readonly #finisher = new LipFinisher();

  constructor(speech: SpeechStream, ear: EarStream, heads: TensorSession) {
    this.#speech = speech;
    this.#ear = ear;
    this.#heads = heads;
  }

  async push(samples: Float32Array): Promise<SpeechFrame[]> {
    return this.#join(await this.#speech.push(samples), await this.#ear.push(samples));
  }

  async end(): Promise<SpeechFrame[]> {
    const silence = new Float32Array(SPEECH_TIMING.lagSamples + SPEECH_TIMING.frameSamples);
    return this.#join(await this.#speech.end(), await this.#ear.push(silence));
  }

  async #join(frames: readonly SpeechFrame[], heard: readonly Float32Array[]): Promise<SpeechFrame[]> {
    const joined: SpeechFrame[] = [];
    for (const [i, frame] of frames.entries()) joined.push(await this.#hear(frame, heard[i]!));
    return joined;
  }

  async #hear(frame: SpeechFrame, ear: Float32Array): Promise<SpeechFrame> {
    const { channels, foresight } = await this.#heads.run({
      features: { dims: [1, frame.features.length], data: frame.features },
      ear: { dims: [1, EAR_FEATURE_WIDTH], data: ear },
    });
    const coming = foresight!.data as Float32Array;
    const heard = {
      ...frame,
      channels: (channels!.data as Float32Array).slice(),
      comingClosures: coming.slice(0, FORESIGHT_FRAMES),
      comingSilences: coming.slice(FORESIGHT_FRAMES),
      lips: new Float32Array(COEFFICIENT_COUNT),
    };
    this.#finisher.finish(heard.channels, heard, heard.lips);
    return heard;
  }
}
