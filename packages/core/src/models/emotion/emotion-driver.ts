import { PcTalkError } from '../../errors.ts';
import { COEFFICIENT_COUNT } from '../../motion/coefficients.ts';
import { EMOTIONS } from '../../motion/emotions.ts';
import type { Tensor, TensorRuntime, TensorSession } from '../../tensor-runtime.ts';
import { PHONE_INDEX } from '../speech/phone-classes.ts';
import type { SpeechFrame } from '../speech/speech-driver.ts';
import { emotionStates, PERSON_CODE } from './emotion-network.ts';
import { VOICE_FEATURES, type Voice, writeVoiceFeatures } from './voice-features.ts';

/** What the network says of one frame, for each of `EMOTIONS` in turn; `[8 × C]`. */
export interface EmotionFrame {
  /** D_e = CPred(e, a) − CPred(neutral, a): 0 for neutral. */
  readonly differences: Float32Array;
  /** CPred(e, a) as it is: speech and the person's own habits included. For ablation only. */
  readonly expressions: Float32Array;
}

/** Emotions that move with one voice. Calls must not overlap. */
export interface EmotionStream {
  next(speech: SpeechFrame, voice: Voice): Promise<EmotionFrame>;
}

/** A loaded emotion model. Who creates it disposes it. */
export interface EmotionDriver {
  /** @param person `[4]`: how this person shows emotion; the average person unless given. */
  createStream(person?: ArrayLike<number>): EmotionStream;
  dispose(): Promise<void>;
}

/** Frames of silence heard before the first: longer than the network's memory. */
const SETTLING = 70;

/**
 * Loads the emotion model: causal, one network step a frame with explicit states, no lag of its own.
 * @param model bytes of assets/emotion.onnx. @throws `model-invalid` if the runtime refuses them.
 */
export async function createEmotionDriver(runtime: TensorRuntime, model: Uint8Array): Promise<EmotionDriver> {
  const session = await runtime.load(model);
  return {
    createStream: (person = new Float32Array(PERSON_CODE)) => new ModelStream(session, Float32Array.from(person)),
    dispose: () => session.dispose(),
  };
}

class ModelStream implements EmotionStream {
  readonly #session: TensorSession;
  readonly #person: Tensor;
  readonly #features = new Float32Array(VOICE_FEATURES);
  #states: Readonly<Record<string, Tensor>> | undefined;

  constructor(session: TensorSession, person: Float32Array) {
    this.#session = session;
    this.#person = { dims: [1, 1, PERSON_CODE], data: person };
  }

  async next(speech: SpeechFrame, voice: Voice): Promise<EmotionFrame> {
    if (this.#states === undefined) await this.#settle();
    writeVoiceFeatures(speech, voice, this.#features);
    return this.#step();
  }

  async #settle(): Promise<void> {
    this.#states = Object.fromEntries(
      emotionStates().map(({ name, shape }) => [
        name,
        { dims: shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) },
      ]),
    );
    this.#features.fill(0);
    this.#features[PHONE_INDEX.SIL] = 1;
    for (let frame = 0; frame < SETTLING; frame++) await this.#step();
  }

  async #step(): Promise<EmotionFrame> {
    const voice: Tensor = { dims: [1, 1, VOICE_FEATURES], data: this.#features };
    const outputs = await this.#session.run({ voice, person: this.#person, ...this.#states });
    this.#states = Object.fromEntries(emotionStates().map(({ name }) => [name, tensorOf(outputs, `next_${name}`)]));
    return { differences: rowsOf(outputs, 'differences'), expressions: rowsOf(outputs, 'expressions') };
  }
}

function rowsOf(outputs: Readonly<Record<string, Tensor>>, name: string): Float32Array {
  const { data } = tensorOf(outputs, name);
  if (data instanceof Float32Array && data.length === EMOTIONS.length * COEFFICIENT_COUNT) return data;
  throw new PcTalkError('model-invalid', `emotion model: '${name}' has another shape; try the shipped file`);
}

function tensorOf(outputs: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const tensor = outputs[name];
  if (tensor !== undefined) return tensor;
  throw new PcTalkError('model-invalid', `emotion model: expected an output '${name}', got none; try the shipped file`);
}
