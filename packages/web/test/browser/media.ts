import { decodeAudio } from '@pctalk/node';

/** Speech of a file as Node hears it: 16 kHz mono `[N]`. */
export async function readSpeech(file: string | Uint8Array): Promise<Float32Array> {
  const chunks: Float32Array[] = [];
  for await (const chunk of decodeAudio(file)) chunks.push(chunk);
  const all = new Float32Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** What a page posted as floats, in new memory. */
export function floats(bytes: Buffer): Float32Array {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
