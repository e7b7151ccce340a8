/**
 * How EMC's first stage gives speech an emotion before the second turns it into motion. The release knows three ways;
 * a file's keys tell which one it was trained for.
 */
import { add, input, linear, slice, type Value } from '@pctalk/graph';
import { EMOTIONS, type Emotion } from '../../motion/emotions.ts';
import type { TensorRuntime, TensorSession } from '../../tensor-runtime.ts';
import type { DecoderConfig } from '../lac/decoder.ts';
import { encoderLayers } from '../lac/style-encoder.ts';
import type { BuildNetworkOptions, ReleasedNetwork, StateDict } from '../released/build-network.ts';
import { obtainNetwork } from '../released/graph-cache.ts';
import type { ReleasedScope } from '../released/released-scope.ts';
import {
  AutoregressiveDecoder,
  DECODER_WIDTH,
  type DecoderLayout,
  type DecoderNetworks,
  describeDecoder,
  HIDDEN,
  joinRows,
  positionRows,
} from './decoder.ts';
import { EmbeddingTable } from './embedding-table.ts';

/**
 * 1: the emotion is added to the person's embedding, speech stays as it is. 2: a Transformer encoder over the window,
 * the emotion added to what it gives. 3: an autoregressive decoder that starts from the emotion; the release's default.
 */
export type EmcType = 1 | 2 | 3;

/** Key of the table of emotions, by type. */
export const EMOTION_TABLES: Readonly<Record<EmcType, string>> = Object.freeze({
  1: 'emo_vector',
  2: 'audio_former.emo_vector',
  3: 'audio_emo_former.emo_feature_map',
});

/** Key of the linear layer that makes the second stage's memory of what the first gives, by type. */
export const MEMORY_KEYS: Readonly<Record<EmcType, string>> = Object.freeze({
  1: 'audio_feature_map',
  2: 'audio_former.vertice_map_r',
  3: 'audio_emo_former.map_output',
});

/** Which type a file is of. */
export function emcTypeOf(model: StateDict): EmcType {
  const types: readonly EmcType[] = [1, 2];
  return types.find((type) => model.has(`${EMOTION_TABLES[type]}.weight`)) ?? 3;
}

/** The first stage of type 3 for B emotions side by side: 512 numbers a frame, heard by itself again. */
export interface FeelingDecoder {
  readonly layout: DecoderLayout;
  readonly networks: DecoderNetworks;
}

/** @param scope of `audio_emo_former`. */
export function describeFeelingDecoder(period: number, batch: number, scope: ReleasedScope): FeelingDecoder {
  const layout: DecoderLayout = {
    embed: 'audio_feature_map',
    out: 'audio_map_r',
    memory: 'audio_feature_map',
    layers: 2,
    outputs: DECODER_WIDTH,
    period,
  };
  return { layout, networks: describeDecoder('pctalk_emc_feeling', layout, batch, scope) };
}

const ENCODER: Omit<DecoderConfig, 'period'> = { width: DECODER_WIDTH, heads: 4, layers: 2, hidden: 1024 };

/**
 * The first stage of type 2: `audio` [1, T, 512] and `mask` [1, 1, 1, T] (0 for frames of the window, else far below 0)
 * to `encoded` [1, T, 512].
 * @param scope of `audio_former`.
 */
export function describeSpeechEncoder(period: number, scope: ReleasedScope): ReleasedNetwork {
  const table = scope.scope('PPE').entry('pe', [1, positionRows(period), DECODER_WIDTH]);
  const heard: Value = linear(input('audio', [1, period, DECODER_WIDTH]), DECODER_WIDTH, scope.scope('vertice_map'));
  const started = add(heard, slice(table, 1, 0, period));
  const mask = input('mask', [1, 1, 1, period]);
  const encoded = encoderLayers(started, { ...ENCODER, period }, scope.scope('transformer_encoder'), { mask });
  return { name: 'pctalk_emc_encoder', outputs: { encoded }, scope };
}

/** What the second stage hears and is told of the emotion, for a fixed list of emotions. */
export interface EmotionalSpeech {
  /** Speech of one window as each emotion has it, `[emotions · frames · 512]`. @param audio features `[512]` a frame. */
  feel(audio: readonly Float32Array[]): Promise<Float32Array>;
  /** What is added to the person's embedding, `[512]` an emotion; undefined for nothing. */
  readonly style: readonly Float32Array[] | undefined;
  dispose(): Promise<void>;
}

/** Type 1. */
export function plainSpeech(model: StateDict, emotions: readonly Emotion[]): EmotionalSpeech {
  return {
    style: columnsOf(model, 1, emotions),
    async feel(audio) {
      return joinRows(emotions.flatMap(() => audio));
    },
    async dispose() {},
  };
}

/** Type 2. The encoder does not know the emotion, so it runs once for all. */
export async function encodedSpeech(
  network: ReleasedNetwork,
  period: number,
  model: StateDict,
  emotions: readonly Emotion[],
  runtime: TensorRuntime,
  options: BuildNetworkOptions,
): Promise<EmotionalSpeech> {
  const session: TensorSession = await runtime.load(await obtainNetwork(network, model, options));
  const columns = columnsOf(model, 2, emotions);
  return {
    style: undefined,
    async feel(audio) {
      const data = new Float32Array(period * DECODER_WIDTH);
      data.set(joinRows(audio));
      const mask = Float32Array.from({ length: period }, (_, n) => (n < audio.length ? 0 : HIDDEN));
      const { encoded } = await session.run({
        audio: { dims: [1, period, DECODER_WIDTH], data },
        mask: { dims: [1, 1, 1, period], data: mask },
      });
      const speech = (encoded!.data as Float32Array).subarray(0, audio.length * DECODER_WIDTH);
      return joinRows(columns.map((column) => speech.map((value, i) => value + column[i % DECODER_WIDTH]!)));
    },
    dispose: () => session.dispose(),
  };
}

/** Type 3. The decoder starts anew in each window, without a warm start. */
export async function feltSpeech(
  { layout, networks }: FeelingDecoder,
  model: StateDict,
  emotions: readonly Emotion[],
  runtime: TensorRuntime,
  options: BuildNetworkOptions,
): Promise<EmotionalSpeech> {
  const batch = emotions.length;
  const positions = 'audio_emo_former.PPE.pe';
  const decoder = await AutoregressiveDecoder.load(networks, layout, batch, model, positions, runtime, options);
  const style = joinRows(columnsOf(model, 3, emotions));
  return {
    style: undefined,
    async feel(audio) {
      const heard = joinRows(emotions.flatMap(() => audio));
      const frames = await decoder.decode({ heard, frames: audio.length, style });
      return joinRows(
        emotions.flatMap((_, b) => frames.map((h) => h.subarray(b * DECODER_WIDTH, (b + 1) * DECODER_WIDTH))),
      );
    },
    dispose: () => decoder.dispose(),
  };
}

function columnsOf(model: StateDict, type: EmcType, emotions: readonly Emotion[]): Float32Array[] {
  const table = new EmbeddingTable(model, EMOTION_TABLES[type]);
  return emotions.map((emotion) => table.column(EMOTIONS.indexOf(emotion)));
}
