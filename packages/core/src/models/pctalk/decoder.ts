/**
 * The autoregressive decoder of LAC and of both stages of EMC with released weights, one frame a step.
 *
 * Self-attention sees the frames of the window so far: its period bias is 0 inside a window. Cross-attention is a linear
 * map of the frame's own memory, computed for all frames at once. With keys and values kept, one step costs one frame,
 * and decoding this way is exact.
 *
 * @source PC-Talk release, `models/lip_motion_predictor.py`; Fan et al., FaceFormer (2022), section 3.3
 */
import { add, attend, concat, input, linear, mul, type Value } from '@pctalk/graph';
import { toFloat32 } from '../../formats/stored-tensor.ts';
import type { Tensor, TensorRuntime, TensorSession } from '../../tensor-runtime.ts';
import { type DecoderConfig, decoderLayers, frameAttention, type SelfAttention } from '../lac/decoder.ts';
import type { BuildNetworkOptions, ReleasedNetwork, StateDict } from '../released/build-network.ts';
import { obtainNetwork } from '../released/graph-cache.ts';
import type { ReleasedScope } from '../released/released-scope.ts';

/** D, width of tokens. */
export const DECODER_WIDTH = 512;
const HEADS = 4;
const HEAD_WIDTH = DECODER_WIDTH / HEADS;
const FEED_FORWARD = 1024;
/** Added to the scores of places that hold no frame. */
export const HIDDEN = -1e30;

/** Rows of the table of positions of a decoder with period T. @source PC-Talk release (PeriodicPositionalEncoding) */
export function positionRows(period: number): number {
  return period * (Math.floor(600 / period) + 1);
}

/** Names of the decoder's parts in the file, relative to its scope. */
export interface DecoderLayout {
  /** Linear from what a step put out to its token. */
  readonly embed: string;
  /** Linear from the last layer to what a step puts out. */
  readonly out: string;
  /** Linear from what the decoder hears to its memory, 512 → 512. */
  readonly memory: string;
  readonly layers: number;
  /** M, numbers a step puts out. */
  readonly outputs: number;
  /** T, frames of a window and period of the positions. */
  readonly period: number;
}

/** The two graphs of a decoder. */
export interface DecoderNetworks {
  /** `heard` [rows, 512] to `cross_0`, `cross_1` … [rows, 512], what cross-attention adds in each layer. */
  readonly memory: ReleasedNetwork;
  /** One frame of B sequences; see `AutoregressiveDecoder`. */
  readonly step: ReleasedNetwork;
}

/** Describes a decoder for B sequences side by side. */
export function describeDecoder(
  name: string,
  layout: DecoderLayout,
  batch: number,
  scope: ReleasedScope,
): DecoderNetworks {
  scope.scope('PPE').require('pe', [1, positionRows(layout.period), DECODER_WIDTH]);
  const layers = scope.scope('transformer_decoder');

  const memory = linear(
    input('heard', [1, batch * layout.period, DECODER_WIDTH]),
    DECODER_WIDTH,
    scope.scope(layout.memory),
  );
  const cross = Array.from({ length: layout.layers }, (_, l) => {
    const attention = layers.scope(`layers.${l}.multihead_attn`);
    return [`cross_${l}`, frameAttention(memory, attention)] as const;
  });

  const started = input('started', [1]);
  const embedded = linear(input('previous', [batch, 1, layout.outputs]), DECODER_WIDTH, scope.scope(layout.embed));
  const styled = add(mul(embedded, started), input('style', [batch, 1, DECODER_WIDTH]));
  const token = add(styled, input('position', [1, 1, DECODER_WIDTH]));
  const mask = input('mask', [1, 1, 1, layout.period]);
  const kept: Record<string, Value> = {};
  const attention: SelfAttention = (l, queries, { keys, values }) => {
    const past = (part: string) => input(`${part}_${l}`, [batch, HEADS, layout.period - 1, HEAD_WIDTH]);
    kept[`new_keys_${l}`] = keys;
    kept[`new_values_${l}`] = values;
    const seen = { keys: concat([past('keys'), keys], 2), values: concat([past('values'), values], 2) };
    return attend(queries, seen, mask);
  };
  const added = cross.map(([name]) => input(name, [batch, 1, DECODER_WIDTH]));
  const x = decoderLayers(token, added, configOf(layout), layers, attention);
  const motion = linear(x, layout.outputs, scope.scope(layout.out));
  return {
    memory: { name: `${name}_memory`, outputs: Object.fromEntries(cross), scope },
    step: { name: `${name}_step`, outputs: { motion, ...kept }, scope },
  };
}

function configOf({ layers, period }: DecoderLayout): DecoderConfig {
  return { width: DECODER_WIDTH, heads: HEADS, layers, hidden: FEED_FORWARD, period };
}

/** Feeds a window frame by frame. All arrays hold B sequences one after the other. */
export interface DecodeWindowOptions {
  /** Audio features or memory inputs `[B · frames · 512]`, sequence by sequence. */
  readonly heard: Float32Array;
  readonly frames: number;
  /** S `[B · 512]`, added to every token. */
  readonly style: Float32Array;
  /** Frames `[B · M]` fed back instead of the decoder's own first ones. */
  readonly warm?: readonly Float32Array[];
}

/** A decoder of released weights, loaded for B sequences. Who loads it disposes it. */
export class AutoregressiveDecoder {
  readonly layout: DecoderLayout;
  readonly batch: number;
  readonly #memory: TensorSession;
  readonly #step: TensorSession;
  readonly #positions: Float32Array;
  readonly #caches: readonly { readonly keys: Float32Array; readonly values: Float32Array }[];

  private constructor(
    layout: DecoderLayout,
    batch: number,
    sessions: readonly TensorSession[],
    positions: Float32Array,
  ) {
    this.layout = layout;
    this.batch = batch;
    [this.#memory, this.#step] = sessions as [TensorSession, TensorSession];
    this.#positions = positions;
    const size = batch * HEADS * (layout.period - 1) * HEAD_WIDTH;
    this.#caches = Array.from({ length: layout.layers }, () => ({
      keys: new Float32Array(size),
      values: new Float32Array(size),
    }));
  }

  /** @param positions key of the table of positions in the file. @throws `model-invalid` as `buildNetwork` does. */
  static async load(
    networks: DecoderNetworks,
    layout: DecoderLayout,
    batch: number,
    state: StateDict,
    positions: string,
    runtime: TensorRuntime,
    options: BuildNetworkOptions,
  ): Promise<AutoregressiveDecoder> {
    const { warn: _, ...quiet } = options; // entries beyond the network's are named once
    const memory = await runtime.load(await obtainNetwork(networks.memory, state, quiet));
    const step = await runtime.load(await obtainNetwork(networks.step, state, options));
    return new AutoregressiveDecoder(layout, batch, [memory, step], toFloat32(state.get(positions)!));
  }

  /** Decodes one window. @returns one array `[B · M]` a frame, the warm frames included. */
  async decode(options: DecodeWindowOptions): Promise<Float32Array[]> {
    const { frames, style, warm = [] } = options;
    const { batch } = this;
    const { outputs, period } = this.layout;
    const cross = await this.#crossAttention(options);
    for (const { keys, values } of this.#caches) {
      keys.fill(0);
      values.fill(0);
    }
    const mask = new Float32Array(period).fill(HIDDEN);
    mask[period - 1] = 0; // the frame itself stands last
    const decoded: Float32Array[] = [];
    for (let n = 0; n < frames; n++) {
      const previous = n === 0 ? new Float32Array(batch * outputs) : (warm[n - 1] ?? decoded[n - 1]!);
      const inputs: Record<string, Tensor> = {
        previous: { dims: [batch, 1, outputs], data: previous },
        started: { dims: [1], data: Float32Array.of(n === 0 ? 0 : 1) },
        style: { dims: [batch, 1, DECODER_WIDTH], data: style },
        position: {
          dims: [1, 1, DECODER_WIDTH],
          data: this.#positions.subarray(n * DECODER_WIDTH, (n + 1) * DECODER_WIDTH),
        },
        mask: { dims: [1, 1, 1, period], data: mask },
      };
      this.#caches.forEach(({ keys, values }, l) => {
        const dims = [batch, HEADS, period - 1, HEAD_WIDTH];
        inputs[`keys_${l}`] = { dims, data: keys };
        inputs[`values_${l}`] = { dims, data: values };
        inputs[`cross_${l}`] = { dims: [batch, 1, DECODER_WIDTH], data: this.#rowOfFrame(cross[l]!, n, frames) };
      });
      const result = await this.#step.run(inputs);
      decoded.push(result['motion']!.data as Float32Array);
      if (n < period - 1) {
        mask[n] = 0;
        this.#keep(result, n);
      }
    }
    return decoded;
  }

  async dispose(): Promise<void> {
    await this.#memory.dispose();
    await this.#step.dispose();
  }

  /** What cross-attention adds in each layer `[B · frames · 512]`. */
  async #crossAttention({ heard, frames }: DecodeWindowOptions): Promise<Float32Array[]> {
    const rows = this.batch * this.layout.period;
    const padded = new Float32Array(rows * DECODER_WIDTH);
    padded.set(heard.subarray(0, this.batch * frames * DECODER_WIDTH));
    const result = await this.#memory.run({ heard: { dims: [1, rows, DECODER_WIDTH], data: padded } });
    return this.#caches.map((_, l) => result[`cross_${l}`]!.data as Float32Array);
  }

  #rowOfFrame(cross: Float32Array, frame: number, frames: number): Float32Array {
    const start = (b: number) => (b * frames + frame) * DECODER_WIDTH;
    if (this.batch === 1) return cross.subarray(start(0), start(0) + DECODER_WIDTH);
    const rows = new Float32Array(this.batch * DECODER_WIDTH);
    for (let b = 0; b < this.batch; b++)
      rows.set(cross.subarray(start(b), start(b) + DECODER_WIDTH), b * DECODER_WIDTH);
    return rows;
  }

  /** Stores the keys and values of frame `n` in its place of every head. */
  #keep(result: Readonly<Record<string, Tensor>>, n: number): void {
    const places = this.layout.period - 1;
    this.#caches.forEach(({ keys, values }, l) => {
      const newKeys = result[`new_keys_${l}`]!.data as Float32Array;
      const newValues = result[`new_values_${l}`]!.data as Float32Array;
      for (let head = 0; head < this.batch * HEADS; head++) {
        const from = head * HEAD_WIDTH;
        const to = (head * places + n) * HEAD_WIDTH;
        keys.set(newKeys.subarray(from, from + HEAD_WIDTH), to);
        values.set(newValues.subarray(from, from + HEAD_WIDTH), to);
      }
    });
  }
}

/** Arrays one after the other. @returns new memory. */
export function joinRows(rows: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0));
  let at = 0;
  for (const row of rows) {
    out.set(row, at);
    at += row.length;
  }
  return out;
}
