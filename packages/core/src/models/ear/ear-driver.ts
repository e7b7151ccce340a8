import { PcTalkError } from '../../errors.ts';
import type { Tensor, TensorRuntime, TensorSession } from '../../tensor-runtime.ts';
import { SPEECH_TIMING } from '../speech/speech-network.ts';
import { EarMemory } from './ear-memory.ts';
import { EAR_GRID, EAR_STEP, EAR_WIDTH } from './ear-network.ts';
import { buildEar, type EarFiles } from './ear-weights.ts';

/** Rows of the ear that a frame is given: at its middle, and that many rows (72 ms) later, which tells what comes. */
const ROWS_AHEAD = [0, 3] as const;

/** Length of what the ear says of a frame: a row at the frame's middle, then one 72 ms later. */
export const EAR_FEATURE_WIDTH = ROWS_AHEAD.length * EAR_WIDTH;

/** Sound into rows: pieces of any size give the same frames. Calls must not overlap. */
export interface EarStream {
  /** @param samples 16 kHz mono, −1 … 1, any count. @returns `[576]` of each frame they complete, in order. */
  push(samples: Float32Array): Promise<Float32Array[]>;
}

/** A loaded ear. Who creates it disposes it. */
export interface Ear {
  createStream(): EarStream;
  dispose(): Promise<void>;
}

/**
 * Loads the full ear: 25 frames a second, frame n from the sound up to `SPEECH_TIMING.lagSamples` after its start, as the
 * speech model's.
 * @throws `model-invalid` if it is another file or the runtime refuses it.
 */
export async function createEar(runtime: TensorRuntime, files: EarFiles): Promise<Ear> {
  const session = await runtime.load(buildEar(files));
  return { createStream: () => new RowStream(session), dispose: () => session.dispose() };
}

const STEP_SAMPLES = EAR_STEP.groups * EAR_GRID.columnSamples;

class RowStream implements EarStream {
  readonly #session: TensorSession;
  readonly #memory = new EarMemory();
  /** Sound not left behind yet; its first sample is number `#start`. */
  #pending = new Float32Array(0);
  #start = 0;
  #frame = 0;
  #rows: Float32Array = new Float32Array(0);

  constructor(session: TensorSession) {
    this.#session = session;
  }

  async push(samples: Float32Array): Promise<Float32Array[]> {
    const grown = new Float32Array(this.#pending.length + samples.length);
    grown.set(this.#pending);
    grown.set(samples, this.#pending.length);
    this.#pending = grown;
    const frames: Float32Array[] = [];
    const { frameSamples, lagSamples } = SPEECH_TIMING;
    for (;;) {
      const known = frameSamples * this.#frame + lagSamples;
      if (this.#start + this.#pending.length < known) break;
      const newest = Math.floor((known - EAR_GRID.fieldSamples) / EAR_GRID.rowSamples);
      while (this.#memory.newest < newest) await this.#step(newest);
      frames.push(this.#pick(this.#frame++));
    }
    const kept = Math.min(this.#pending.length, Math.max(0, firstSample(this.#memory.newest) - this.#start));
    this.#pending = this.#pending.slice(kept);
    this.#start += kept;
    return frames;
  }

  async #step(newest: number): Promise<void> {
    const row = Math.min(newest, this.#memory.newest + EAR_STEP.newRows);
    const inputs = this.#memory.begin(row);
    const samples = new Float32Array(STEP_SAMPLES);
    const from = firstSample(row) - this.#start;
    for (let i = 0; i < STEP_SAMPLES - 1; i++) samples[i] = this.#pending[from + i] ?? 0; // silence before the sound
    const sound: Tensor = { dims: [EAR_STEP.groups, EAR_GRID.columnSamples], data: samples };
    const outputs = await this.#session.run({ ...inputs, samples: sound });
    this.#memory.keep(outputs);
    this.#rows = output(outputs, 'rows');
  }

  /** The rows of a frame, between the two that lie nearest. */
  #pick(frame: number): Float32Array {
    const { frameSamples } = SPEECH_TIMING;
    const middle = (frameSamples * (frame + 0.5) - EAR_GRID.centreSample) / EAR_GRID.rowSamples;
    const picked = new Float32Array(EAR_FEATURE_WIDTH);
    ROWS_AHEAD.forEach((ahead, part) => {
      const place = Math.max(0, middle + ahead) - (this.#memory.newest - EAR_STEP.activeRows + 1);
      const before = Math.floor(place);
      const share = place - before;
      for (let i = 0; i < EAR_WIDTH; i++) {
        const at = before * EAR_WIDTH + i;
        picked[part * EAR_WIDTH + i] = (1 - share) * this.#rows[at]! + share * this.#rows[at + EAR_WIDTH]!;
      }
    });
    return picked;
  }
}

/** Number of the first sample of the columns that a step up to `row` computes: those of its last four half-rows. */
function firstSample(row: number): number {
  return EAR_GRID.rowSamples * row - 3 * EAR_GRID.columnSamples;
}

/** An output of the step. @throws `model-invalid` where the model has none of that name. */
function output(outputs: Readonly<Record<string, Tensor>>, name: string): Float32Array {
  const tensor = outputs[name];
  if (tensor === undefined) {
    throw new PcTalkError('model-invalid', `ear: expected an output '${name}', got none, try the shipped file`);
  }
  return tensor.data as Float32Array;
}
