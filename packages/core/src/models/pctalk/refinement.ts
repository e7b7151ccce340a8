/** The refinement of LAC: a correction of the lips that sees where they stand in the picture, and the sound. */
import { toFloat32 } from '../../formats/stored-tensor.ts';
import { type BuildNetworkOptions, checkEntries, type StateDict } from '../released/build-network.ts';
import { AUDIO_FEATURE_SIZE } from './audio-encoder.ts';
import { LIP_MOTION_SIZE } from './lac.ts';

/**
 * p' = p + W [r + p, a] + b, one 530 → 18 product a frame: too small for a graph of its own.
 *
 * @source PC-Talk release, `models/lip_motion_predictor.py` (refinement: the keypoints come first)
 */
export class Refinement {
  readonly #weight: Float32Array;
  readonly #bias: Float32Array;

  /** @param state `model_ft` of lac.pth. @throws `model-invalid` if entries are missing or have another shape. */
  constructor(state: StateDict, options: BuildNetworkOptions) {
    const inputs = LIP_MOTION_SIZE + AUDIO_FEATURE_SIZE;
    const shapes = new Map([
      ['out_fc.weight', [LIP_MOTION_SIZE, inputs]],
      ['out_fc.bias', [LIP_MOTION_SIZE]],
    ]);
    checkEntries(shapes, state, options);
    this.#weight = toFloat32(state.get('out_fc.weight')!);
    this.#bias = toFloat32(state.get('out_fc.bias')!);
  }

  /**
   * Refines one frame.
   * @param lips p `[3 × 6]`. @param reference r `[3 × 6]`: lip keypoints without expression, in the picture.
   * @param audio a `[512]`.
   * @returns p' `[3 × 6]`, new memory, rounded as the release rounds: to float32 with r added and taken away again.
   */
  refine(lips: Float32Array, reference: Float32Array, audio: Float32Array): Float32Array {
    const refined = new Float32Array(LIP_MOTION_SIZE);
    const width = LIP_MOTION_SIZE + AUDIO_FEATURE_SIZE;
    for (let i = 0; i < LIP_MOTION_SIZE; i++) {
      const row = i * width;
      let sum = this.#bias[i]!;
      for (let k = 0; k < LIP_MOTION_SIZE; k++) sum += this.#weight[row + k]! * Math.fround(reference[k]! + lips[k]!);
      for (let k = 0; k < AUDIO_FEATURE_SIZE; k++) sum += this.#weight[row + LIP_MOTION_SIZE + k]! * audio[k]!;
      const place = Math.fround(Math.fround(reference[i]! + lips[i]!) + sum);
      refined[i] = place - reference[i]!;
    }
    return refined;
  }
}
