import { MelStream } from '../../audio/mel.ts';
import { PcTalkError } from '../../errors.ts';
import { COEFFICIENT_COUNT } from '../../motion/coefficients.ts';
import type { Tensor, TensorRuntime, TensorSession } from '../../tensor-runtime.ts';
import { type LipEvidence, LipFinisher } from './finish-lips.ts';
import { FrameMeter, type MeteredFrame } from './frame-meter.ts';
import { BILABIAL_CLASSES, PHONE_CLASSES, PHONE_INDEX, type PhoneClass, VOWEL_CLASSES } from './phone-classes.ts';
import { SPEECH_CHANNELS } from './speech-channels.ts';
import {
  FORESIGHT_FRAMES,
  SPEECH_FEATURE_WIDTH,
  SPEECH_LAG_FRAMES,
  SPEECH_MEL,
  SPEECH_TIMING,
  speechStates,
} from './speech-network.ts';

/** What the speech model heard and the lips it gives for one frame. */
export interface SpeechFrame extends LipEvidence, MeteredFrame {
  /** D_l `[C]`: jaw and mouth coefficients at lip scale 1, all others 0. */
  readonly lips: Float32Array;
  /** `[14]`: what the network itself gives for the lips, not yet closed, stilled or clamped. */
  readonly channels: Float32Array;
  /** Posterior of each of `PHONE_CLASSES`; sums to 1. */
  readonly phones: Float32Array;
  /** e_a `[192]`: what the network makes of the sound for this frame, for models that read speech. */
  readonly features: Float32Array;
  /** Posterior of a vowel, 0–1: syllable nuclei are its peaks. */
  readonly voicing: number;
}

/** Speech into frames: pieces of any size give the same frames. Calls must not overlap. */
export interface SpeechStream {
  /** @param samples 16 kHz mono, −1 … 1, any count. @returns the frames they complete, in order. */
  push(samples: Float32Array): Promise<SpeechFrame[]>;
  /** Ends the sound. @returns the frames left, so that the stream gave ceil(duration · 25) in all. */
  end(): Promise<SpeechFrame[]>;
}

/** A loaded speech model. Who creates it disposes it. */
export interface SpeechDriver {
  /** Frames between the newest sound heard and the frame given: a frame needs the sound up to lagSeconds after its start. */
  readonly lagFrames: number;
  readonly lagSeconds: number;
  createStream(): SpeechStream;
  dispose(): Promise<void>;
}

const FRAME_SAMPLES = SPEECH_TIMING.frameSamples;

/**
 * Loads the speech model: causal with a fixed lag, 25 frames a second from 16 kHz sound.
 *
 * Frame n stands for the time from n/25 s on. One network step a frame with explicit states, so that the frames are
 * bit for bit the same for any chunking.
 *
 * @param model bytes of assets/speech-lips.onnx. @throws `model-invalid` if the runtime refuses them.
 */
export async function createSpeechDriver(runtime: TensorRuntime, model: Uint8Array): Promise<SpeechDriver> {
  const session = await runtime.load(model);
  const rest = await settle(session);
  return {
    lagFrames: SPEECH_LAG_FRAMES,
    lagSeconds: SPEECH_TIMING.lagSamples / SPEECH_MEL.sampleRate,
    createStream: () => new ModelStream(session, rest),
    dispose: () => session.dispose(),
  };
}

type States = Readonly<Record<string, Tensor>>;

/** The states after a second of digital silence, from which every stream starts. */
async function settle(session: TensorSession): Promise<States> {
  const silence = new Float32Array(SPEECH_TIMING.columnsPerFrame * SPEECH_MEL.bands).fill(-4);
  let states: States = Object.fromEntries(
    speechStates().map(({ name, shape }) => [
      name,
      { dims: shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) },
    ]),
  );
  for (let frame = 0; frame < 25; frame++) states = (await step(session, silence, states)).states;
  return states;
}

interface Heard {
  readonly channels: Float32Array;
  readonly phones: Float32Array;
  readonly features: Float32Array;
  readonly foresight: Float32Array;
}

async function step(session: TensorSession, mel: Float32Array, states: States) {
  const dims = [1, SPEECH_TIMING.columnsPerFrame, SPEECH_MEL.bands];
  const outputs = await session.run({ mel: { dims, data: mel }, ...states });
  const next = Object.fromEntries(Object.keys(states).map((name) => [name, output(outputs, `next_${name}`)]));
  return {
    states: next as States,
    channels: output(outputs, 'channels').data as Float32Array,
    phones: output(outputs, 'phones').data as Float32Array,
    features: output(outputs, 'features').data as Float32Array,
    foresight: output(outputs, 'foresight').data as Float32Array,
  };
}

function output(outputs: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const tensor = outputs[name];
  if (tensor === undefined) {
    throw new PcTalkError(
      'model-invalid',
      `speech model: expected an output '${name}', got none, try the shipped file`,
    );
  }
  return tensor;
}

class ModelStream implements SpeechStream {
  readonly #session: TensorSession;
  readonly #mel = new MelStream(SPEECH_MEL);
  readonly #columns: Float32Array[];
  readonly #meter = new FrameMeter();
  readonly #metered: MeteredFrame[] = [];
  readonly #finisher = new LipFinisher();
  #states: States;
  #length = 0;
  #steps = 0;

  constructor(session: TensorSession, rest: States) {
    this.#session = session;
    this.#states = rest;
    // Column 0 is the second of its group: the grid is shifted so that the lag stays below 160 ms.
    const silence = new Float32Array(SPEECH_MEL.bands).fill(-4);
    this.#columns = Array.from({ length: SPEECH_TIMING.columnShift }, () => silence);
  }

  async push(samples: Float32Array): Promise<SpeechFrame[]> {
    this.#length += samples.length;
    this.#metered.push(...this.#meter.push(samples));
    this.#columns.push(...this.#mel.push(samples));
    return this.#drain();
  }

  async end(): Promise<SpeechFrame[]> {
    const frames = Math.ceil(this.#length / FRAME_SAMPLES);
    const padding = (frames + SPEECH_LAG_FRAMES + 1) * FRAME_SAMPLES - this.#length;
    const result = await this.push(new Float32Array(padding));
    const given = Math.max(0, this.#steps - SPEECH_LAG_FRAMES);
    return result.slice(0, Math.max(0, result.length - (given - frames)));
  }

  async #drain(): Promise<SpeechFrame[]> {
    const group = SPEECH_TIMING.columnsPerFrame;
    const frames: SpeechFrame[] = [];
    while (this.#columns.length >= group) {
      const mel = new Float32Array(group * SPEECH_MEL.bands);
      for (let column = 0; column < group; column++) mel.set(this.#columns[column]!, column * SPEECH_MEL.bands);
      this.#columns.splice(0, group);
      const { states, ...heard } = await step(this.#session, mel, this.#states);
      this.#states = states;
      if (this.#steps++ >= SPEECH_LAG_FRAMES)
        frames.push(frameOf(heard, this.#metered.shift() ?? NOTHING, this.#finisher));
    }
    return frames;
  }
}

const NOTHING: MeteredFrame = { levelDb: -100, pitch: Number.NaN, tiltDb: 0 };

function frameOf(
  { channels, phones, features, foresight }: Heard,
  metered: MeteredFrame,
  finisher: LipFinisher,
): SpeechFrame {
  const lips = new Float32Array(COEFFICIENT_COUNT);
  const heard: LipEvidence = {
    closure: posterior(phones, BILABIAL_CLASSES),
    silence: posterior(phones, ['SIL']),
    comingClosures: foresight.slice(0, FORESIGHT_FRAMES),
    comingSilences: foresight.slice(FORESIGHT_FRAMES, 2 * FORESIGHT_FRAMES),
  };
  finisher.finish(channels, heard, lips);
  return {
    ...heard,
    lips,
    channels: channels.slice(0, SPEECH_CHANNELS.length),
    phones: phones.slice(0, PHONE_CLASSES.length),
    features: features.slice(0, SPEECH_FEATURE_WIDTH),
    voicing: posterior(phones, VOWEL_CLASSES),
    ...metered,
  };
}

function posterior(phones: Float32Array, classes: readonly PhoneClass[]): number {
  return classes.reduce((sum, name) => sum + (phones[PHONE_INDEX[name]] as number), 0);
}
