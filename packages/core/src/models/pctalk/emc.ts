/** EMC, emotion control: what an emotion adds to every keypoint while a voice speaks. */

import { EMOTIONS, type Emotion } from '../../motion/emotions.ts';
import { IMPLICIT_KEYPOINT_COUNT } from '../../motion/implicit/keypoints.ts';
import type { TensorRuntime } from '../../tensor-runtime.ts';
import type { BuildNetworkOptions, StateDict } from '../released/build-network.ts';
import { ReleasedScope } from '../released/released-scope.ts';
import { AUDIO_FEATURE_SIZE } from './audio-encoder.ts';
import { AutoregressiveDecoder, DECODER_WIDTH, type DecoderLayout, describeDecoder, joinRows } from './decoder.ts';
import { EmbeddingTable } from './embedding-table.ts';
import type { DecoderFacts } from './lac.ts';
import { defaultOverlap, planWindows } from './windows.ts';

/** Numbers of an EMC frame, `[3 × 21]`: x of all keypoints, then y, then z. */
export const EMOTION_MOTION_SIZE = 3 * IMPLICIT_KEYPOINT_COUNT;

const FORMER = 'audio_emo_former';

/** EMC's weights, as `readEmcCheckpoint` finds them. */
export interface EmcWeights extends DecoderFacts {
  readonly model: StateDict;
  /** The person table has a bias. */
  readonly personBias: boolean;
}

/**
 * EMC's graphs for B emotions side by side: a decoder that gives speech an emotion (512 numbers a frame), and one that
 * turns this into motion. This is type 3 of the release, its default.
 */
export function describeEmc(
  { period, persons, personBias }: DecoderFacts & { readonly personBias: boolean },
  batch: number,
) {
  const scope = new ReleasedScope();
  const former = scope.scope(FORMER);
  const table = (name: string, width: number, own: ReleasedScope, bias: boolean) => {
    own.scope(name).require('weight', [DECODER_WIDTH, width]);
    if (bias) own.scope(name).require('bias', [DECODER_WIDTH]);
  };
  table('obj_vector', persons, scope, personBias);
  table('emo_feature_map', EMOTIONS.length, former, true);
  table('audio_feature_map', AUDIO_FEATURE_SIZE, scope, true); // in the file, but type 3 does not use it
  const feeling: DecoderLayout = {
    embed: 'audio_feature_map',
    out: 'audio_map_r',
    memory: 'audio_feature_map',
    layers: 2,
    outputs: DECODER_WIDTH,
    period,
  };
  const motion: DecoderLayout = {
    embed: 'vertice_map',
    out: 'vertice_map_r',
    memory: `${FORMER}.map_output`,
    layers: 1,
    outputs: EMOTION_MOTION_SIZE,
    period,
  };
  return {
    feeling: { layout: feeling, networks: describeDecoder('pctalk_emc_feeling', feeling, batch, former) },
    motion: { layout: motion, networks: describeDecoder('pctalk_emc_motion', motion, batch, scope) },
  };
}

/** What emotions are predicted for. */
export interface PredictEmotionsOptions {
  /** Row of the person table. Default: 0, as the release. */
  readonly person?: number;
  readonly overlap?: number;
}

/** EMC with released weights for a fixed set of emotions, predicted side by side. Who loads it disposes it. */
export class Emc {
  readonly emotions: readonly Emotion[];
  readonly #feeling: AutoregressiveDecoder;
  readonly #motion: AutoregressiveDecoder;
  readonly #persons: EmbeddingTable;
  readonly #emotionTable: EmbeddingTable;

  private constructor(
    emotions: readonly Emotion[],
    decoders: readonly [AutoregressiveDecoder, AutoregressiveDecoder],
    model: StateDict,
  ) {
    this.emotions = emotions;
    [this.#feeling, this.#motion] = decoders;
    this.#persons = new EmbeddingTable(model, 'obj_vector');
    this.#emotionTable = new EmbeddingTable(model, `${FORMER}.emo_feature_map`);
  }

  /** @param emotions what `predict` will give, in this order. @throws `model-invalid` if the weights do not fit. */
  static async load(
    weights: EmcWeights,
    emotions: readonly Emotion[],
    runtime: TensorRuntime,
    options: BuildNetworkOptions,
  ): Promise<Emc> {
    const { feeling, motion } = describeEmc(weights, emotions.length);
    const { model } = weights;
    const load = (part: typeof feeling, positions: string, own: BuildNetworkOptions) =>
      AutoregressiveDecoder.load(part.networks, part.layout, emotions.length, model, positions, runtime, own);
    const first = await load(motion, 'PPE.pe', options);
    const second = await load(feeling, `${FORMER}.PPE.pe`, { where: options.where });
    return new Emc(emotions, [second, first], model);
  }

  /**
   * Predicts the motion of each emotion over a clip, before neutral is taken away.
   * @param audio features `[512]`, one a frame.
   * @returns for each emotion one `[21 × 3]` a frame.
   */
  async predict(audio: readonly Float32Array[], options: PredictEmotionsOptions = {}): Promise<Float32Array[][]> {
    const { period } = this.#motion.layout;
    const person = this.#persons.column(options.person ?? 0);
    const style = joinRows(this.emotions.map(() => person));
    const predicted: Float32Array[] = [];
    for (const { start, end, warm } of planWindows(audio.length, period, options.overlap ?? defaultOverlap(period))) {
      const frames = await this.#motion.decode({
        heard: await this.feel(audio.slice(start, end)),
        frames: end - start,
        style,
        warm: warm === 0 ? [] : predicted.slice(-warm),
      });
      predicted.push(...frames.slice(warm));
    }
    return this.emotions.map((_, b) => predicted.map((frame) => pointMajor(frame, b)));
  }

  /** The first stage over one window: speech with emotion, `[emotions · frames · 512]`; it starts anew in each window. */
  async feel(audio: readonly Float32Array[]): Promise<Float32Array> {
    const frames = await this.#feeling.decode({
      heard: joinRows(this.emotions.flatMap(() => audio)),
      frames: audio.length,
      style: joinRows(this.emotions.map((emotion) => this.#emotionTable.column(EMOTIONS.indexOf(emotion)))),
    });
    return joinRows(
      this.emotions.flatMap((_, b) => frames.map((h) => h.subarray(b * DECODER_WIDTH, (b + 1) * DECODER_WIDTH))),
    );
  }

  async dispose(): Promise<void> {
    await this.#feeling.dispose();
    await this.#motion.dispose();
  }
}

/** Sequence `b` of a frame `[B · 3 · 21]` as `[21 × 3]`. */
function pointMajor(frame: Float32Array, b: number): Float32Array {
  const out = new Float32Array(EMOTION_MOTION_SIZE);
  for (let axis = 0; axis < 3; axis++) {
    for (let k = 0; k < IMPLICIT_KEYPOINT_COUNT; k++) {
      out[k * 3 + axis] = frame[b * EMOTION_MOTION_SIZE + axis * IMPLICIT_KEYPOINT_COUNT + k]!;
    }
  }
  return out;
}
