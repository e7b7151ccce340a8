import { checkInUse, PcTalkError, type Tensor, type TensorRuntime, type TensorSession } from '@pctalk/core';
import type { Env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-web';

/** Where a browser can run networks. */
export type WebDevice = 'wasm' | 'webgpu';

/** Options of `createWebRuntime`. */
export interface WebRuntimeOptions {
  /** Asked for and missing is an error; nothing falls back by itself. */
  readonly device?: WebDevice;
  /** Address of the folder that holds onnxruntime-web's .wasm files; by default the bundler's. */
  readonly wasmPaths?: string;
  /** Threads of the wasm device; more than one needs a cross-origin isolated page. */
  readonly threads?: number;
}

/** What `createWebRuntime` does when not told otherwise. */
export const WEB_RUNTIME_DEFAULTS = Object.freeze({ device: 'wasm', threads: 1 }) satisfies WebRuntimeOptions;

type Ort = typeof import('onnxruntime-web');

/**
 * Opens onnxruntime-web. Its wasm settings belong to the whole page (or worker): the first call sets them.
 * @throws device-missing if the browser has no such device
 */
export async function createWebRuntime(options: WebRuntimeOptions = {}): Promise<TensorRuntime> {
  const device = options.device ?? WEB_RUNTIME_DEFAULTS.device;
  const threads = options.threads ?? WEB_RUNTIME_DEFAULTS.threads;
  await checkDevice(device, threads);
  const ort: Ort = device === 'webgpu' ? await import('onnxruntime-web/webgpu') : await import('onnxruntime-web/wasm');
  configure(ort.env, threads, options.wasmPaths);
  const turn = takeTurns();
  return { device, load: (model) => turn(() => load(ort, model, device, turn)) };
}

async function checkDevice(device: WebDevice, threads: number): Promise<void> {
  if (threads > 1 && !globalThis.crossOriginIsolated) {
    throw new PcTalkError(
      'device-missing',
      `onnx-runtime: expected a cross-origin isolated page for ${threads} threads, got one that is not; send the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or ask for 1 thread`,
    );
  }
  if (device !== 'webgpu') return;
  const gpu = (navigator as { readonly gpu?: { requestAdapter(): Promise<unknown> } }).gpu;
  if ((await gpu?.requestAdapter()) == null) {
    throw new PcTalkError(
      'device-missing',
      "onnx-runtime: expected a WebGPU adapter, got none in this browser; try device 'wasm'",
    );
  }
}

function configure(env: Env, threads: number, wasmPaths: string | undefined): void {
  env.logLevel = 'error';
  env.wasm.numThreads = threads;
  env.wasm.proxy = false;
  if (wasmPaths !== undefined) env.wasm.wasmPaths = wasmPaths;
}

type Turn = <T>(action: () => Promise<T>) => Promise<T>;

/** Runs actions one after the other: the WebGPU provider refuses to load or run two models at a time. */
function takeTurns(): Turn {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const result = last.then(action);
    last = result.catch(() => undefined);
    return result;
  };
}

async function load(ort: Ort, model: Uint8Array, device: WebDevice, turn: Turn): Promise<TensorSession> {
  let session: InferenceSession | undefined;
  try {
    session = await ort.InferenceSession.create(model, { executionProviders: [device], logSeverityLevel: 3 });
  } catch (cause) {
    throw new PcTalkError(
      'model-invalid',
      `onnx-runtime: expected an ONNX model that onnxruntime-web can load on ${device}, got a refusal (${reasonOf(cause)}); try another device or a whole file`,
      { cause },
    );
  }
  const open = (): InferenceSession => {
    checkInUse(session, 'network');
    return session;
  };
  return {
    async run(inputs) {
      const outputs = await turn(() => open().run(toFeeds(ort, inputs)));
      return Object.fromEntries(
        await Promise.all(Object.entries(outputs).map(async ([name, tensor]) => [name, await fromOrt(tensor)])),
      ) as Readonly<Record<string, Tensor>>;
    },
    async dispose() {
      const closing = session;
      session = undefined;
      await closing?.release();
    },
  };
}

function toFeeds(ort: Ort, inputs: Readonly<Record<string, Tensor>>): Record<string, OrtTensor> {
  const feeds: Record<string, OrtTensor> = {};
  for (const [name, { data, dims }] of Object.entries(inputs)) feeds[name] = toOrt(ort, data, dims);
  return feeds;
}

function toOrt(ort: Ort, data: Tensor['data'], dims: readonly number[]): OrtTensor {
  if (data instanceof Float32Array) return new ort.Tensor('float32', data, dims);
  if (data instanceof Int32Array) return new ort.Tensor('int32', data, dims);
  if (data instanceof Uint8Array) return new ort.Tensor('uint8', data, dims);
  return new ort.Tensor('int64', data, dims);
}

/** Copies out of the runtime's memory, which the next run may overwrite, and frees a GPU buffer. */
async function fromOrt(tensor: OrtTensor): Promise<Tensor> {
  const data = (await tensor.getData(true)) as Tensor['data'];
  return { dims: [...tensor.dims], data };
}

function reasonOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
}
