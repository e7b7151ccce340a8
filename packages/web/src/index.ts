export * from './audio.ts';
export * from './image.ts';
export * from './onnx-runtime.ts';
export * from './video-encoder.ts';
