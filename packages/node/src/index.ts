export * from './audio-decode.ts';
export * from './face-models.ts';
export * from './ffmpeg.ts';
export * from './image.ts';
export * from './onnx-runtime.ts';
export * from './output-file.ts';
export * from './video-decode.ts';
export * from './video-encode.ts';
