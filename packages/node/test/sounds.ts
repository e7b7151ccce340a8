import { execFileSync } from 'node:child_process';
import { findFfmpeg } from '../src/ffmpeg.ts';

/** A mono 16-bit WAV file of the samples, in [-1, 1]. */
export function wave(samples: Float32Array, sampleRate: number): Buffer {
  const file = Buffer.alloc(44 + samples.length * 2);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + samples.length * 2, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(sampleRate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(samples.length * 2, 40);
  for (let n = 0; n < samples.length; n++) file.writeInt16LE(Math.round(samples[n]! * 32_767), 44 + n * 2);
  return file;
}

/** A 440 Hz tone. */
export function tone(seconds: number, sampleRate: number): Float32Array {
  return Float32Array.from(
    { length: Math.round(seconds * sampleRate) },
    (_, n) => 0.5 * Math.sin((2 * Math.PI * 440 * n) / sampleRate),
  );
}

/** Runs ffmpeg to its end and returns what it wrote to stdout. */
export function ffmpegSync(args: readonly string[]): Buffer {
  return execFileSync(findFfmpeg(), ['-v', 'error', '-nostdin', '-y', ...args], { maxBuffer: 1 << 28 });
}
