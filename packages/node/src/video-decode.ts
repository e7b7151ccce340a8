import { PcTalkError, type RgbaImage } from '@pctalk/core';
import { inputArguments, startFfmpeg } from './ffmpeg.ts';

/** How a video is read. */
export interface VideoDecodeOptions {
  /** Frames a second that come out, other rates resampled by repeating or dropping frames; or the frames as they are. */
  readonly fps: number | 'source';
  readonly signal?: AbortSignal | undefined;
}

/** The frame rate of everything in this project. */
export const VIDEO_DECODE_DEFAULTS: VideoDecodeOptions = Object.freeze({ fps: 25 });

/**
 * Decodes the first video stream of a file, frame by frame and upright. Each frame is new memory.
 * @throws `media-tool-missing`, `image-unreadable` if the file holds no readable video, `cancelled`.
 */
export async function* decodeVideo(
  path: string,
  options: Partial<VideoDecodeOptions> = {},
): AsyncGenerator<RgbaImage, void, void> {
  const { fps, signal } = { ...VIDEO_DECODE_DEFAULTS, ...options };
  // PAM carries its size in a header, so nothing needs to be known of the video before.
  const output = [
    '-map',
    '0:v:0',
    ...(fps === 'source' ? ['-fps_mode', 'passthrough'] : ['-vf', `fps=${fps}`]),
    '-pix_fmt',
    'rgba',
    '-c:v',
    'pam',
    '-f',
    'image2pipe',
    'pipe:1',
  ];
  using ffmpeg = startFfmpeg([...inputArguments(path), '-an', ...output], { signal });
  ffmpeg.stdin.end();
  const reader = new PamReader();
  let frames = 0;
  for await (const chunk of ffmpeg.stdout as AsyncIterable<Buffer>) {
    reader.push(chunk);
    for (let frame = reader.next(); frame; frame = reader.next()) {
      frames++;
      yield frame;
    }
  }
  const { code, log } = await ffmpeg.exit;
  if (signal?.aborted) throw new PcTalkError('cancelled', `${path}: reading was cancelled`, { cause: signal.reason });
  if (code !== 0 || frames === 0) {
    throw new PcTalkError('image-unreadable', `${path}: expected a readable video, got none, try saving it as MP4`, {
      details: { log },
    });
  }
}

/** Cuts a byte stream into PAM pictures with four channels of 8 bits. */
class PamReader {
  #chunks: Buffer[] = [];
  #length = 0;
  #frame: { readonly width: number; readonly height: number } | undefined;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** @returns the next whole picture, if it has arrived. */
  next(): RgbaImage | undefined {
    this.#frame ??= this.#header();
    if (!this.#frame) return undefined;
    const { width, height } = this.#frame;
    const bytes = width * height * 4;
    if (this.#length < bytes) return undefined;
    this.#frame = undefined;
    return { width, height, data: this.#take(bytes) };
  }

  #header(): { width: number; height: number } | undefined {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    const text = this.#chunks[0]?.subarray(0, 256).toString('latin1') ?? '';
    const end = text.indexOf('ENDHDR\n');
    if (end < 0) return undefined;
    this.#take(end + 'ENDHDR\n'.length);
    const read = (name: string) => Number(new RegExp(`${name} (\\d+)`).exec(text)?.[1]);
    return { width: read('WIDTH'), height: read('HEIGHT') };
  }

  #take(bytes: number): Uint8ClampedArray {
    const out = new Uint8ClampedArray(bytes);
    let filled = 0;
    while (filled < bytes) {
      const head = this.#chunks[0]!;
      const part = head.subarray(0, bytes - filled);
      out.set(part, filled);
      filled += part.length;
      if (part.length === head.length) this.#chunks.shift();
      else this.#chunks[0] = head.subarray(part.length);
    }
    this.#length -= bytes;
    return out;
  }
}
