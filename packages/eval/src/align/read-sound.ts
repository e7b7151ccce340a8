import { decodeAudio } from '@pctalk/node';

/** The whole sound of a file, 16 kHz mono. */
export async function readSound(path: string): Promise<Float32Array> {
  const pieces: Float32Array[] = [];
  let length = 0;
  for await (const piece of decodeAudio(path)) {
    pieces.push(piece.slice());
    length += piece.length;
  }
  const samples = new Float32Array(length);
  let at = 0;
  for (const piece of pieces) {
    samples.set(piece, at);
    at += piece.length;
  }
  return samples;
}
