export * from './audio-decode.ts';
export * from './ffmpeg.ts';
export * from './output-file.ts';
export * from './video-encode.ts';
