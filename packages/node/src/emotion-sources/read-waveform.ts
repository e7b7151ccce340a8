/** Reads a whole sound. @param sound its pieces, 16 kHz mono. @returns the same as one */
export async function readWaveform(sound: AsyncIterable<Float32Array>): Promise<Float32Array> {
  const chunks: Float32Array[] = [];
  for await (const samples of sound) chunks.push(samples);
  const waveform = new Float32Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    waveform.set(chunk, offset);
    offset += chunk.length;
  }
  return waveform;
}
