export * from './audio.ts';
export * from './image.ts';
export * from './onnx-runtime.ts';
export * from './player.ts';
export * from './provenance.ts';
export * from './signing-key.ts';
export * from './talker.ts';
export type { SourceWarning, TalkerFrame, WebTalkerAssets } from './talker-protocol.ts';
export * from './video-encoder.ts';
