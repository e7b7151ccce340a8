import { checkInUse, PcTalkError, type Tensor, type TensorRuntime, type TensorSession } from '@pctalk/core';
import type { InferenceSession } from 'onnxruntime-node';
import { importOnnxRuntime } from './import-onnx-runtime.ts';

/** How networks run on this machine. */
export interface NodeRuntimeOptions {
  /** Threads inside one operation; 0 = the runtime's choice. */
  readonly threads: number;
  readonly device: NodeDevice;
}

/** Execution providers of onnxruntime-node that are used here. */
export const NODE_DEVICES = ['cpu', 'cuda', 'webgpu'] as const;
export type NodeDevice = (typeof NODE_DEVICES)[number];

/** One thread: the networks of this project are small, and frames are drawn beside them. */
export const NODE_RUNTIME_DEFAULTS: NodeRuntimeOptions = Object.freeze({ threads: 1, device: 'cpu' });

/**
 * onnxruntime-node behind the project's interface; the library is loaded with the first model.
 * @throws `device-missing` (on load) if the device is not there; it never falls back to another.
 */
export function createNodeRuntime(options: Partial<NodeRuntimeOptions> = {}): TensorRuntime {
  const { threads, device } = { ...NODE_RUNTIME_DEFAULTS, ...options };
  return {
    device,
    async load(model) {
      const ort = await importOnnxRuntime();
      try {
        const session = await ort.InferenceSession.create(model, {
          executionProviders: [device],
          intraOpNumThreads: threads,
          interOpNumThreads: 1,
          logSeverityLevel: 4, // what fails is told by the error alone; names of a stranger's nodes reach no terminal
          extra: { session: { intra_op: { allow_spinning: '0' } } },
        });
        return new NodeSession(ort, session);
      } catch (cause) {
        throw loadError(cause, device);
      }
    },
  };
}

function loadError(cause: unknown, device: string): PcTalkError {
  const text = cause instanceof Error ? cause.message : String(cause);
  if (device !== 'cpu' && /provider|backend|cuda|webgpu|adapter/i.test(text)) {
    const advice = 'try --device cpu or install its libraries';
    return new PcTalkError('device-missing', `tensor runtime: device ${device} is not available, ${advice}`, { cause });
  }
  return new PcTalkError('model-invalid', `tensor runtime: expected a valid ONNX model, got: ${text}`, { cause });
}

class NodeSession implements TensorSession {
  readonly #ort: typeof import('onnxruntime-node');
  #session: InferenceSession | undefined;

  constructor(ort: typeof import('onnxruntime-node'), session: InferenceSession) {
    this.#ort = ort;
    this.#session = session;
  }

  async run(inputs: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>> {
    checkInUse(this.#session, 'network');
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, { data, dims }]) => [name, this.#tensor(data, dims)]),
    );
    const results = await this.#session.run(feeds);
    return Object.fromEntries(
      Object.entries(results).map(([name, { data, dims }]) => [name, { data: data as Tensor['data'], dims }]),
    );
  }

  async dispose(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.release();
  }

  #tensor(data: Tensor['data'], dims: readonly number[]) {
    const { Tensor } = this.#ort;
    if (data instanceof Float32Array) return new Tensor('float32', data, dims);
    if (data instanceof Int32Array) return new Tensor('int32', data, dims);
    if (data instanceof BigInt64Array) return new Tensor('int64', data, dims);
    return new Tensor('uint8', data, dims);
  }
}
