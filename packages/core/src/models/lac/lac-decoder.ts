/** Driving a step network (`lacStepNetwork`) frame after frame. */
import type { Tensor, TensorSession } from '../../tensor-runtime.ts';
import { type DecoderConfig, ringPosition } from './decoder.ts';
import { type LacConfig, lacCaches } from './network.ts';

/** Decodes one window at a time. It holds the caches of the window, not the session, which stays the caller's. */
export class LacDecoder {
  readonly #session: TensorSession;
  readonly #config: LacConfig;
  #style: Tensor;
  #caches: Readonly<Record<string, Tensor>> = {};
  #position = 0;

  /** @param style [D]. */
  constructor(session: TensorSession, config: LacConfig, style: Float32Array) {
    this.#session = session;
    this.#config = config;
    this.#style = { dims: [1, config.width], data: style };
    this.start();
  }

  /** Frames decoded since `start`. */
  get position(): number {
    return this.#position;
  }

  /** Begins a window: earlier frames are forgotten. */
  start(): void {
    this.#position = 0;
    this.#caches = emptyCaches(this.#config);
  }

  /** Another style [D] from the next frame on. */
  setStyle(style: Float32Array): void {
    this.#style = { dims: this.#style.dims, data: style };
  }

  /**
   * Decodes the next frame.
   * @param audio [A] @param before motion [M] of the frame before; not used for the first frame of a window.
   * @returns [M], new memory.
   */
  async next(audio: Float32Array, before: Float32Array): Promise<Float32Array> {
    return (await this.step(audio, before))['output']!;
  }

  /** As `next`, with everything the network gives but its caches, by name. */
  async step(audio: Float32Array, before: Float32Array): Promise<Readonly<Record<string, Float32Array>>> {
    const outputs = await this.#session.run({
      audio: { dims: [1, this.#config.audioWidth], data: audio },
      motion: { dims: [1, this.#config.motionWidth], data: before },
      style: this.#style,
      position: { dims: [1], data: BigInt64Array.of(BigInt(ringPosition(this.#position, this.#config.period))) },
      ...this.#caches,
    });
    this.#position++;
    this.#caches = Object.fromEntries(Object.keys(this.#caches).map((name) => [name, outputs[`next_${name}`]!]));
    const given = Object.entries(outputs).filter(([name]) => !name.startsWith('next_'));
    return Object.fromEntries(given.map(([name, { data }]) => [name, data as Float32Array]));
  }
}

function emptyCaches(config: DecoderConfig): Record<string, Tensor> {
  return Object.fromEntries(
    lacCaches(config).map(({ name, shape }) => {
      const size = shape.reduce((product, n) => product * n, 1);
      return [name, { dims: shape, data: new Float32Array(size) }];
    }),
  );
}
