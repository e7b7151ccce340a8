export * from './onnx.ts';
