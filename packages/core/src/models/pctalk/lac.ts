/** LAC, lip-audio alignment control: lip keypoints from speech in a person's style. */
import type { TensorRuntime } from '../../tensor-runtime.ts';
import type { BuildNetworkOptions, StateDict } from '../released/build-network.ts';
import { ReleasedScope } from '../released/released-scope.ts';
import {
  AutoregressiveDecoder,
  DECODER_WIDTH,
  type DecoderLayout,
  type DecoderNetworks,
  describeDecoder,
  joinRows,
} from './decoder.ts';
import { EmbeddingTable, type PersonStyle } from './embedding-table.ts';
import { Refinement } from './refinement.ts';
import { planWindows } from './windows.ts';

/** Numbers of a LAC frame, `[3 × 6]`: x of the lip keypoints, then y, then z. */
export const LIP_MOTION_SIZE = 18;

/** What a file says of itself. */
export interface DecoderFacts {
  /** T, frames of a window. */
  readonly period: number;
  readonly persons: number;
}

/** Weights of a file. */
export interface HashedWeights {
  readonly model: StateDict;
  /** SHA-256 of the file, where graphs are kept between runs. */
  readonly hash?: string;
}

/** LAC's graphs. */
export function describeLac({ period, persons }: DecoderFacts): DecoderNetworks & { readonly layout: DecoderLayout } {
  const scope = new ReleasedScope();
  scope.require('obj_vector.weight', [DECODER_WIDTH, persons]);
  const layout = {
    embed: 'vertice_map',
    out: 'vertice_map_r',
    memory: 'audio_feature_map',
    layers: 1,
    outputs: LIP_MOTION_SIZE,
    period,
  };
  return { layout, ...describeDecoder('pctalk_lac', layout, 1, scope) };
}

/** Weights of LAC and of its refinement, as `readLacCheckpoint` finds them. */
export interface LacWeights extends DecoderFacts, HashedWeights {
  /** Without it the lips stay as predicted. */
  readonly refinement?: StateDict;
}

/** What lips are predicted for. */
export interface PredictLipsOptions {
  readonly style: PersonStyle;
  /** r `[3 × 6]` a frame: lip keypoints without expression, where they stand in the picture. */
  readonly reference: readonly Float32Array[];
  /** Frames two windows share. Default: a fifth of a window. */
  readonly overlap?: number;
  /** Default: true where the file has a refinement. */
  readonly refine?: boolean;
}

/** LAC with released weights. Who loads it disposes it. */
export class Lac {
  readonly period: number;
  readonly persons: EmbeddingTable;
  readonly #decoder: AutoregressiveDecoder;
  readonly #refinement: Refinement | undefined;

  private constructor(decoder: AutoregressiveDecoder, persons: EmbeddingTable, refinement: Refinement | undefined) {
    this.period = decoder.layout.period;
    this.persons = persons;
    this.#decoder = decoder;
    this.#refinement = refinement;
  }

  /** @throws `model-invalid` if the weights do not fit the network. */
  static async load(weights: LacWeights, runtime: TensorRuntime, options: BuildNetworkOptions): Promise<Lac> {
    const { model, refinement } = weights;
    const { layout, ...networks } = describeLac(weights);
    const decoder = await AutoregressiveDecoder.load(networks, layout, 1, model, 'PPE.pe', runtime, options);
    return new Lac(decoder, new EmbeddingTable(model, 'obj_vector'), refinement && new Refinement(refinement, options));
  }

  /**
   * Predicts the lips of a clip in overlapping windows. Inside a window the network hears its own unrefined output;
   * a later window starts from the last refined frames of the one before, those it had repeated itself included.
   * @param audio features `[512]`, one a frame.
   * @returns D_l, `[3 × 6]` a frame.
   */
  async predict(audio: readonly Float32Array[], options: PredictLipsOptions): Promise<Float32Array[]> {
    const style = this.persons.embed(options.style);
    const total = Math.min(audio.length, options.reference.length);
    const refinement = (options.refine ?? true) ? this.#refinement : undefined;
    const predicted: Float32Array[] = [];
    let before: readonly Float32Array[] = [];
    for (const { start, end, warm } of planWindows(total, this.period, options.overlap)) {
      const frames = await this.#decoder.decode({
        heard: joinRows(audio.slice(start, end)),
        frames: end - start,
        style,
        warm: before.slice(before.length - warm),
      });
      before = frames.map(
        (lips, n) => refinement?.refine(lips, options.reference[start + n]!, audio[start + n]!) ?? lips,
      );
      predicted.push(...before.slice(warm));
    }
    return predicted;
  }

  dispose(): Promise<void> {
    return this.#decoder.dispose();
  }
}
