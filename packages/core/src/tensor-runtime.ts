/** A dense array. `data` is row-major; float32 unless the model says otherwise. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array | BigInt64Array;
}

/** What loads and runs ONNX models: onnxruntime-node in packages/node, onnxruntime-web in packages/web. */
export interface TensorRuntime {
  /** Which execution provider runs, for reports: 'cpu', 'wasm', 'webgpu', 'cuda'. */
  readonly device: string;
  /** @param model a serialised ONNX `ModelProto`. @throws `model-invalid` if the runtime refuses it. */
  load(model: Uint8Array): Promise<TensorSession>;
}

/** A loaded model. Who loads it disposes it; after that every call throws. */
export interface TensorSession {
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
  dispose(): Promise<void>;
}
