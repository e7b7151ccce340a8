/** Speaking styles: a trained person of the file, an embedding of a reference clip, or a mix of such. */
import { PcTalkError } from '../../errors.ts';
import { toFloat32 } from '../../formats/stored-tensor.ts';
import type { StateDict } from '../released/build-network.ts';
import { DECODER_WIDTH } from './decoder.ts';

/** A speaking style: of a trained person of the file, embedded from a clip `[512]`, or a weighted sum of styles. */
export type PersonStyle =
  | { readonly kind: 'person'; readonly person: number }
  | { readonly kind: 'embedding'; readonly values: Float32Array }
  | { readonly kind: 'mix'; readonly parts: readonly { readonly style: PersonStyle; readonly weight: number }[] };

/** A linear layer on a one-hot vector: one embedding a person or an emotion. */
export class EmbeddingTable {
  readonly count: number;
  readonly #weight: Float32Array;
  readonly #bias: Float32Array | undefined;

  /** @param key of the layer, such as `obj_vector`. */
  constructor(state: StateDict, key: string) {
    const weight = state.get(`${key}.weight`)!;
    const bias = state.get(`${key}.bias`);
    this.count = weight.dims[1]!;
    this.#weight = toFloat32(weight);
    this.#bias = bias === undefined ? undefined : toFloat32(bias);
  }

  /**
   * S `[512]` of a style: a column of the table (with its bias), the embedding itself, or the weighted sum.
   * @throws `value-out-of-range` if the table has no such person; `model-invalid` if an embedding has another width.
   */
  embed(style: PersonStyle): Float32Array {
    switch (style.kind) {
      case 'person':
        return this.column(style.person);
      case 'embedding':
        if (style.values.length !== DECODER_WIDTH) {
          throw new PcTalkError(
            'model-invalid',
            `style: expected ${DECODER_WIDTH} numbers, got ${style.values.length}.`,
          );
        }
        return style.values;
      case 'mix': {
        const sum = new Float32Array(DECODER_WIDTH);
        for (const part of style.parts) {
          const values = this.embed(part.style);
          for (let i = 0; i < sum.length; i++) sum[i]! += part.weight * values[i]!;
        }
        return sum;
      }
    }
  }

  /** Column `index` of the table with its bias, `[512]`. @throws `value-out-of-range`. */
  column(index: number): Float32Array {
    if (!Number.isInteger(index) || index < 0 || index >= this.count) {
      throw new PcTalkError(
        'value-out-of-range',
        `style: expected a person from 0 to ${this.count - 1}, got ${index}.`,
      );
    }
    return Float32Array.from(
      { length: DECODER_WIDTH },
      (_, i) => this.#weight[i * this.count + index]! + (this.#bias?.[i] ?? 0),
    );
  }
}
