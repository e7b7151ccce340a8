import { execFileSync } from 'node:child_process';

/** Whole sound of a file as 16 kHz mono, −1 … 1; needs ffmpeg on PATH. */
export function readAudio(path: string): Float32Array {
  const arguments_ = ['-v', 'error', '-i', path, '-ac', '1', '-ar', '16000', '-f', 's16le', '-'];
  const bytes = execFileSync('ffmpeg', arguments_, { maxBuffer: 1 << 30 });
  const integers = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return Float32Array.from(integers, (x) => x / 32768);
}
