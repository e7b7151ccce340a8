/** onnxruntime-node with its telemetry off: it would keep a device number on disk and report to its makers. */
export async function importOnnxRuntime(): Promise<typeof import('onnxruntime-node')> {
  process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
  return import('onnxruntime-node');
}
