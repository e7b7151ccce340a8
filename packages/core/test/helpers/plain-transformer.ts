/** PC-Talk's Transformer layers in float64, written out with nothing kept between frames: what tests hold the graphs against. */
import { toFloat32 } from '../../src/formats/stored-tensor.ts';
import type { StateDict } from '../../src/models/released/build-network.ts';

const WIDTH = 512;
const HEADS = 4;

export class PlainTransformer {
  readonly #state: StateDict;
  readonly #arrays = new Map<string, Float32Array>();

  constructor(state: StateDict) {
    this.#state = state;
  }

  array(key: string): Float32Array {
    const known = this.#arrays.get(key);
    if (known !== undefined) return known;
    const data = toFloat32(this.#state.get(key)!);
    this.#arrays.set(key, data);
    return data;
  }

  /** W x + b, with rows `from` to `to` of the layer. */
  linear(x: readonly number[], key: string, from?: number, to?: number): number[] {
    const packed = key.endsWith('in_proj');
    const weight = this.array(packed ? `${key}_weight` : `${key}.weight`);
    const bias = this.array(packed ? `${key}_bias` : `${key}.bias`);
    const out: number[] = [];
    const given = Float64Array.from(x);
    const width = given.length;
    for (let row = from ?? 0; row < (to ?? bias.length); row++) {
      let sum = bias[row]!;
      for (let i = 0; i < width; i++) sum += weight[row * width + i]! * given[i]!;
      out.push(sum);
    }
    return out;
  }

  norm(x: readonly number[], key: string): number[] {
    const mean = x.reduce((a, b) => a + b, 0) / x.length;
    const variance = x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length;
    const [gain, bias] = [this.array(`${key}.weight`), this.array(`${key}.bias`)];
    return x.map((value, i) => ((value - mean) / Math.sqrt(variance + 1e-5)) * gain[i]! + bias[i]!);
  }

  attend(tokens: readonly number[][], key: string, causal: boolean): number[][] {
    const part = (p: number) => tokens.map((x) => this.linear(x, `${key}.in_proj`, p * WIDTH, (p + 1) * WIDTH));
    const [queries, keys, values] = [part(0), part(1), part(2)];
    const size = WIDTH / HEADS;
    return tokens.map((_, n) => {
      const seen = causal ? n + 1 : tokens.length;
      const mixed: number[] = [];
      for (let head = 0; head < HEADS; head++) {
        const own = (x: readonly number[]) => x.slice(head * size, (head + 1) * size);
        const scores = Array.from({ length: seen }, (_, m) => dot(own(queries[n]!), own(keys[m]!)) / Math.sqrt(size));
        const weights = scores.map((score) => Math.exp(score - Math.max(...scores)));
        const total = weights.reduce((a, b) => a + b, 0);
        for (let i = 0; i < size; i++) {
          mixed.push(weights.reduce((sum, weight, m) => sum + weight * values[m]![head * size + i]!, 0) / total);
        }
      }
      return this.linear(mixed, `${key}.out_proj`);
    });
  }

  /** Decoder layers whose cross-attention sees the memory of the same frame. */
  decode(tokens: readonly number[][], memory: readonly number[][], layers: number, key: string): number[][] {
    let x = tokens.map((token) => [...token]);
    for (let l = 0; l < layers; l++) {
      const layer = `${key}.layers.${l}`;
      const mixed = this.attend(x, `${layer}.self_attn`, true);
      x = x.map((token, n) => this.norm(plus(token, mixed[n]!), `${layer}.norm1`));
      const heard = x.map((_, n) => {
        const value = this.linear(memory[n]!, `${layer}.multihead_attn.in_proj`, 2 * WIDTH, 3 * WIDTH);
        return this.linear(value, `${layer}.multihead_attn.out_proj`);
      });
      x = x.map((token, n) => this.norm(plus(token, heard[n]!), `${layer}.norm2`));
      x = x.map((token) => this.norm(plus(token, this.feed(token, layer)), `${layer}.norm3`));
    }
    return x;
  }

  /** Encoder layers that see the whole clip. */
  encode(tokens: readonly number[][], layers: number, key: string): number[][] {
    let x = tokens.map((token) => [...token]);
    for (let l = 0; l < layers; l++) {
      const layer = `${key}.layers.${l}`;
      const mixed = this.attend(x, `${layer}.self_attn`, false);
      x = x.map((token, n) => this.norm(plus(token, mixed[n]!), `${layer}.norm1`));
      x = x.map((token) => this.norm(plus(token, this.feed(token, layer)), `${layer}.norm2`));
    }
    return x;
  }

  feed(token: readonly number[], layer: string): number[] {
    const inner = this.linear(token, `${layer}.linear1`).map((value) => Math.max(0, value));
    return this.linear(inner, `${layer}.linear2`);
  }

  /** Row n of a table of positions. */
  position(n: number, key: string): number[] {
    return [...this.array(key).subarray(n * WIDTH, (n + 1) * WIDTH)];
  }

  /** Column of a linear layer on a one-hot vector, with its bias where it has one. */
  column(index: number, key: string): number[] {
    const { dims } = this.#state.get(`${key}.weight`)!;
    const weight = this.array(`${key}.weight`);
    const bias = this.#state.has(`${key}.bias`) ? this.array(`${key}.bias`) : undefined;
    return Array.from({ length: dims[0]! }, (_, row) => weight[row * dims[1]! + index]! + (bias?.[row] ?? 0));
  }
}

export function plus(...terms: readonly (readonly number[])[]): number[] {
  return terms[0]!.map((_, i) => terms.reduce((sum, term) => sum + term[i]!, 0));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
