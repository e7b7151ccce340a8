/** EMC, emotion control: what an emotion adds to every keypoint while a voice speaks. */

import { EMOTIONS, type Emotion } from '../../motion/emotions.ts';
import { LIP_KALMAN, smoothRandomWalk } from '../../motion/implicit/kalman-smoother.ts';
import { IMPLICIT_KEYPOINT_COUNT } from '../../motion/implicit/keypoints.ts';
import type { TensorRuntime } from '../../tensor-runtime.ts';
import type { BuildNetworkOptions } from '../released/build-network.ts';
import { ReleasedScope } from '../released/released-scope.ts';
import { AUDIO_FEATURE_SIZE } from './audio-encoder.ts';
import { AutoregressiveDecoder, DECODER_WIDTH, type DecoderLayout, describeDecoder, joinRows } from './decoder.ts';
import { EmbeddingTable } from './embedding-table.ts';
import {
  describeFeelingDecoder,
  describeSpeechEncoder,
  EMOTION_TABLES,
  type EmcType,
  type EmotionalSpeech,
  encodedSpeech,
  feltSpeech,
  MEMORY_KEYS,
  plainSpeech,
} from './emotional-speech.ts';
import type { DecoderFacts, HashedWeights } from './lac.ts';
import { planWindows } from './windows.ts';

/** Numbers of an EMC frame, `[3 × 21]`: x of all keypoints, then y, then z. */
export const EMOTION_MOTION_SIZE = 3 * IMPLICIT_KEYPOINT_COUNT;

/** EMC's weights, as `readEmcCheckpoint` finds them. */
export interface EmcWeights extends EmcFacts, HashedWeights {}

/** What a file says of itself. */
export interface EmcFacts extends DecoderFacts {
  /** The person table has a bias. */
  readonly personBias: boolean;
  /** Default: 3, as the release. */
  readonly type?: EmcType;
}

/** EMC's graphs for B emotions side by side: how speech gets an emotion, and the decoder that turns it into motion. */
export function describeEmc({ period, persons, personBias, type = 3 }: EmcFacts, batch: number) {
  const scope = new ReleasedScope();
  const table = (key: string, width: number, bias: boolean) => {
    scope.require(`${key}.weight`, [DECODER_WIDTH, width]);
    if (bias) scope.require(`${key}.bias`, [DECODER_WIDTH]);
  };
  table('obj_vector', persons, personBias);
  table('audio_feature_map', AUDIO_FEATURE_SIZE, true); // in every file, used by type 1 alone
  table(EMOTION_TABLES[type], EMOTIONS.length, true);
  const layout: DecoderLayout = {
    embed: 'vertice_map',
    out: 'vertice_map_r',
    memory: MEMORY_KEYS[type],
    layers: 1,
    outputs: EMOTION_MOTION_SIZE,
    period,
  };
  return {
    ...(type === 3 && { feeling: describeFeelingDecoder(period, batch, scope.scope('audio_emo_former')) }),
    ...(type === 2 && { encoder: describeSpeechEncoder(period, scope.scope('audio_former')) }),
    motion: { layout, networks: describeDecoder('pctalk_emc_motion', layout, batch, scope) },
  };
}

/** What emotions are predicted for. */
export interface PredictEmotionsOptions {
  /** Row of the person table. Default: 0, as the release. */
  readonly person?: number;
  /** Frames two windows share. Default: a fifth of a window. */
  readonly overlap?: number;
  /** Smooths each prediction over the whole clip, as lips are. Default: false, as the release. */
  readonly smooth?: boolean;
}

/** EMC with released weights for a fixed set of emotions, predicted side by side. Who loads it disposes it. */
export class Emc {
  readonly emotions: readonly Emotion[];
  readonly #speech: EmotionalSpeech;
  readonly #motion: AutoregressiveDecoder;
  readonly #persons: EmbeddingTable;

  private constructor(
    emotions: readonly Emotion[],
    speech: EmotionalSpeech,
    motion: AutoregressiveDecoder,
    persons: EmbeddingTable,
  ) {
    this.emotions = emotions;
    this.#speech = speech;
    this.#motion = motion;
    this.#persons = persons;
  }

  /** @param emotions what `predict` will give, in this order. @throws `model-invalid` if the weights do not fit. */
  static async load(
    weights: EmcWeights,
    emotions: readonly Emotion[],
    runtime: TensorRuntime,
    options: BuildNetworkOptions,
  ): Promise<Emc> {
    const { model, period } = weights;
    const { feeling, encoder, motion } = describeEmc(weights, emotions.length);
    const { networks, layout } = motion;
    const batch = emotions.length;
    const decoder = await AutoregressiveDecoder.load(networks, layout, batch, model, 'PPE.pe', runtime, options);
    const { warn: _, ...quiet } = options; // entries beyond the network's are named once
    const speech =
      feeling !== undefined
        ? await feltSpeech(feeling, model, emotions, runtime, quiet)
        : encoder !== undefined
          ? await encodedSpeech(encoder, period, model, emotions, runtime, quiet)
          : plainSpeech(model, emotions);
    return new Emc(emotions, speech, decoder, new EmbeddingTable(model, 'obj_vector'));
  }

  /**
   * Predicts the motion of each emotion over a clip, before neutral is taken away.
   * @param audio features `[512]`, one a frame.
   * @returns for each emotion one `[21 × 3]` a frame.
   */
  async predict(audio: readonly Float32Array[], options: PredictEmotionsOptions = {}): Promise<Float32Array[][]> {
    const person = this.#persons.column(options.person ?? 0);
    const added = this.#speech.style;
    const style = joinRows(
      this.emotions.map((_, b) => (added === undefined ? person : person.map((value, i) => value + added[b]![i]!))),
    );
    const predicted: Float32Array[] = [];
    let before: readonly Float32Array[] = [];
    for (const { start, end, warm } of planWindows(audio.length, this.#motion.layout.period, options.overlap)) {
      before = await this.#motion.decode({
        heard: await this.feel(audio.slice(start, end)),
        frames: end - start,
        style,
        warm: before.slice(before.length - warm),
      });
      predicted.push(...before.slice(warm));
    }
    const motions = this.emotions.map((_, b) => predicted.map((frame) => pointMajor(frame, b)));
    return options.smooth ? motions.map((frames) => smoothRandomWalk(frames, LIP_KALMAN)) : motions;
  }

  /** The first stage over one window: speech with emotion, `[emotions · frames · 512]`; it starts anew in each window. */
  feel(audio: readonly Float32Array[]): Promise<Float32Array> {
    return this.#speech.feel(audio);
  }

  async dispose(): Promise<void> {
    await this.#speech.dispose();
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
