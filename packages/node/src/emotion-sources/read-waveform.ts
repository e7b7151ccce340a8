import { decodeAudio } from '../audio-decode.ts';

/** Reads a whole sound. @param sound a file, or the pieces of one. @returns 16 kHz mono */
export async function readWaveform(sound: string | AsyncIterable<Float32Array>): Promise<Float32Array> {
  const chunks: Float32Array[] = [];
  for await (const samples of typeof sound === 'string' ? decodeAudio(sound) : sound) chunks.push(samples);
  const waveform = new Float32Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    waveform.set(chunk, offset);
    offset += chunk.length;
  }
  return waveform;
}
