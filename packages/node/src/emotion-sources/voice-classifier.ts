import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AROUSAL_RATE,
  type Felt,
  feltOfClasses,
  PcTalkError,
  type Tensor,
  type TensorRuntime,
  type TensorSession,
} from '@pctalk/core';
import { SPEECH_RATE } from '../audio-decode.ts';
import { type ClassifierFolder, readClassifierFolder, readJson } from './classifier-folder.ts';

/** Tells what a voice feels. Who creates it disposes it. */
export interface VoiceClassifier {
  readonly name: string;
  /** @param waveform 16 kHz mono. @returns what is felt, `AROUSAL_RATE` times a second */
  classify(waveform: Float32Array): Promise<Felt[]>;
  dispose(): Promise<void>;
}

/** What the network hears at once, and how far it moves on, seconds. */
const WINDOW = 3;
const STEP = 1;
/** Windows below this level hold no voice, dB. */
const SILENT_DB = -50;

/**
 * Opens a wav2vec2-type classifier of emotional speech: ONNX with an input `input_values` `[1, N]` (16 kHz) and an output
 * `logits` `[1, K]`, beside it config.json with K labels and, if there is one, preprocessor_config.json. It is run once on
 * silence, so that a file that does not fit is refused before anything is made.
 * @throws `model-missing`, `model-invalid`
 */
export async function createVoiceClassifier(folder: string, runtime: TensorRuntime): Promise<VoiceClassifier> {
  const facts = await readClassifierFolder(folder);
  const normalise = await readPreprocessor(folder);
  const session = await runtime.load(await readFile(join(folder, facts.model)));
  try {
    await probabilitiesOf(new Float32Array(WINDOW * SPEECH_RATE), session, facts);
  } catch (error) {
    await session.dispose();
    throw error;
  }
  return {
    name: facts.name,
    dispose: () => session.dispose(),
    async classify(waveform) {
      const windows: Felt[] = [];
      for (let start = 0; start === 0 || start + WINDOW * SPEECH_RATE <= waveform.length; start += STEP * SPEECH_RATE) {
        const piece = new Float32Array(WINDOW * SPEECH_RATE); // Zeros follow a shorter sound.
        piece.set(waveform.subarray(start, start + piece.length));
        if (levelOf(piece) < SILENT_DB) windows.push({});
        else {
          if (normalise) standardise(piece);
          windows.push(feltOfClasses(facts.emotions, await probabilitiesOf(piece, session, facts)));
        }
      }
      const count = Math.ceil((waveform.length / SPEECH_RATE) * AROUSAL_RATE);
      return Array.from({ length: count }, (_, n) => between(windows, (n / AROUSAL_RATE - WINDOW / 2) / STEP));
    },
  };
}

/** @returns whether sounds are to have mean 0 and variance 1 */
async function readPreprocessor(folder: string): Promise<boolean> {
  const path = join(folder, 'preprocessor_config.json');
  const found = await readJson(path).catch((error) => {
    if ((error as PcTalkError).code === 'model-missing') return {};
    throw error;
  });
  const { sampling_rate: rate = SPEECH_RATE, do_normalize: normalise = true } = found as Record<string, unknown>;
  if (rate === SPEECH_RATE) return normalise !== false;
  throw new PcTalkError(
    'model-invalid',
    `${path}: expected a sampling_rate of ${SPEECH_RATE}, got ${rate}; try a classifier of 16 kHz speech`,
  );
}

async function probabilitiesOf(sound: Float32Array, session: TensorSession, facts: ClassifierFolder) {
  const count = facts.emotions.length;
  const refuse = (got: string, cause?: unknown) =>
    new PcTalkError(
      'model-invalid',
      `${join(facts.folder, facts.model)}: expected an input input_values [1, N] and an output logits [1, ${count}] (as many as id2label has), got ${got}; export the classifier for audio-classification`,
      { cause },
    );
  const input: Tensor = { dims: [1, sound.length], data: sound };
  const outputs = await session.run({ input_values: input }).catch((cause) => {
    throw refuse((cause as Error).message, cause);
  });
  const logits = outputs['logits'];
  if (logits === undefined) throw refuse(`outputs ${Object.keys(outputs).join(', ')}`);
  const { data, dims } = logits;
  if (!(data instanceof Float32Array) || data.length !== count) throw refuse(`logits [${dims.join(', ')}]`);
  if (!data.every(Number.isFinite)) throw refuse('logits that are not finite');
  return facts.exclusive ? softmax(data) : data.map((x) => 1 / (1 + Math.exp(-x)));
}

function softmax(logits: Float32Array): Float32Array {
  const top = Math.max(...logits);
  const powers = logits.map((x) => Math.exp(x - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => x / sum);
}

/** What is felt between two windows, at a place counted in windows. */
function between(windows: readonly Felt[], place: number): Felt {
  const at = Math.min(windows.length - 1, Math.max(0, place));
  const [a = {}, b = {}] = [windows[Math.floor(at)], windows[Math.ceil(at)]];
  const share = at - Math.floor(at);
  const names = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof Felt>;
  return Object.fromEntries([...names].map((name) => [name, (a[name] ?? 0) * (1 - share) + (b[name] ?? 0) * share]));
}

function levelOf(sound: Float32Array): number {
  return 10 * Math.log10(sound.reduce((sum, x) => sum + x * x, 0) / sound.length + 1e-10);
}

function standardise(sound: Float32Array): void {
  const mean = sound.reduce((sum, x) => sum + x, 0) / sound.length;
  const variance = sound.reduce((sum, x) => sum + (x - mean) ** 2, 0) / sound.length;
  const scale = 1 / Math.sqrt(variance + 1e-7);
  for (let n = 0; n < sound.length; n++) sound[n] = (sound[n]! - mean) * scale;
}
