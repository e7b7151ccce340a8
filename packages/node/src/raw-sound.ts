/** Bytes of a file, fewer at its end. */
export type ReadBytes = (offset: number, length: number) => Promise<Buffer>;

/** PCM of a WAVE file by format tag and bits: the raw demuxer of ffmpeg. @source Microsoft, mmreg.h */
const RAW_FORMATS: Readonly<Record<string, string>> = {
  '1:8': 'u8',
  '1:16': 's16le',
  '1:24': 's24le',
  '1:32': 's32le',
  '3:32': 'f32le',
  '3:64': 'f64le',
};
/** The tag stands in the first two bytes of a GUID at 24. */
const EXTENSIBLE = 0xfffe;

/**
 * How ffmpeg reads an RF64 file whose `ds64` was never filled in, as from a pipe: it finds no samples there, so that they
 * are read as what they are, PCM from here to the end.
 * @param start of the samples, bytes
 * @returns options before `-i`, or undefined when it is no PCM
 */
export async function unfilledRf64(read: ReadBytes, start: number): Promise<readonly string[] | undefined> {
  for (let offset = 12; offset < start; ) {
    const header = await read(offset, 48);
    const length = header.readUInt32LE(4);
    if (header.toString('latin1', 0, 4) === 'fmt ' && length >= 16) {
      const tag = header.readUInt16LE(8);
      const raw = RAW_FORMATS[`${tag === EXTENSIBLE ? header.readUInt16LE(32) : tag}:${header.readUInt16LE(22)}`];
      const [channels, rate] = [header.readUInt16LE(10), header.readUInt32LE(12)];
      return raw === undefined
        ? undefined
        : ['-f', raw, '-ar', `${rate}`, '-ac', `${channels}`, '-skip_initial_bytes', `${start}`];
    }
    offset += 8 + length + (length & 1);
  }
  return undefined;
}
